#pragma once
// The nodes of a network that run as one, in a network of their own: checked, and ready to be timed.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "reference.hpp"

namespace ctnn::bench {

/// Calls f(i) with the first node of every operation of Net, a constant; forks and joins are none.
template <class Net, class F>
void for_each_group(F&& f) {
  using Program = plan::Program<Net, float>;
  ctnn::detail::for_each_index<Program::size>([&f](auto i) {
    constexpr std::size_t first = Program::operations[i].first;
    if constexpr (Net::graph.nodes[first].is_layer())
      f(std::integral_constant<std::size_t, first>{});
  });
}

/// The operation of Net that begins at a node.
template <class Net>
constexpr auto group_at(std::size_t first) {
  std::size_t i = 0;
  while (plan::Program<Net, float>::operations[i].first != first) ++i;
  return plan::Program<Net, float>::operations[i];
}

/// Whether a node is inside of a Frozen, as far as it matters there.
template <class Net, std::size_t I>
constexpr bool
    is_frozen = Net::graph.nodes[I].trained_count < Net::graph.nodes[I].parameter_count ||
                (ctnn::detail::sees_batch<typename plan::Program<Net, float>::template leaf<I>> &&
                 !Net::graph.nodes[I].sees_batch);

template <class Net, std::size_t I>
struct member {
  using leaf = typename plan::Program<Net, float>::template leaf<I>;
  using type = std::conditional_t<is_frozen<Net, I>, Frozen<leaf>, leaf>;
};

/// The network of only those nodes.
template <class Net, plan::Operation G, class Axes, class Nodes>
struct alone;
template <class Net, plan::Operation G, std::size_t... Axis, std::size_t... I>
struct alone<Net, G, std::index_sequence<Axis...>, std::index_sequence<I...>> {
  static constexpr Shape in = Net::graph.nodes[G.first].input_shape;
  using type =
      Sequential<Input<static_cast<int>(in[Axis])...>, typename member<Net, G.first + I>::type...>;
};

/// The group that begins at node First, as such a network. (A struct, because g++ 12 crashes on an alias.)
template <class Net, std::size_t First>
struct group_of {
  static constexpr plan::Operation group = group_at<Net>(First);
  using type =
      typename alone<Net, group, std::make_index_sequence<Net::graph.nodes[First].input_shape.rank>,
                     std::make_index_sequence<group.count>>::type;
  static constexpr bool needs_dx = Net::graph.values[Net::graph.input_of(First)].wants_gradient;
};

/// Never 0 and never tiny. Whole: -2, -1, 1 or 2, whose sums of products are exact in a float.
/// Otherwise of all bits, because multiplying round numbers takes less power and so less time.
enum class Numbers { whole, any };
inline void fill(std::span<float> values, Numbers numbers, std::mt19937& random) {
  std::uniform_real_distribution<float> magnitude(0.25f, 1.f);
  for (float& value : values) {
    const auto bits = random();
    value = numbers == Numbers::whole ? static_cast<float>(1 + bits % 2) : magnitude(random);
    if (bits & 2) value = -value;
  }
}

/// A group in a network of its own. (It is told by that alone, so that equal blocks of a network are
/// compiled once.) Layers that run in place get their own output as the next input, which changes nothing:
/// ReLU and LogSoftmax leave such values as they are.
template <class Own_, bool NeedsDx, std::size_t Samples>
class Group {
public:
  using Own = Own_;
  static constexpr std::size_t samples = Samples;
  static constexpr bool needs_dx = NeedsDx;
  static constexpr plan::Mode mode = needs_dx ? plan::Mode::input_gradient : plan::Mode::training;

  /// Its result is checked, and its data are ready.
  Group() {
    fill_all(Numbers::whole);
    run_reference();
    run();
    error_ = check();
    problem_ = chain_[0];
    fill_all(Numbers::any);
    run();
  }
  const std::string& error() const { return error_; }

  /// What the first layer computed when it was checked, for a rival to be checked as well.
  const Chunk<float>& problem() const { return problem_; }

  void forward() { Pass::forward(chunk, net_.weights(), workspace_); }
  void backward() {
    if constexpr (loses_dy)
      std::ranges::copy(chain_.back().dy, workspace_.gradient(Program::output));
    Pass::backward(chunk, net_.weights(), workspace_, gradients_.data());
  }

private:
  using Program = plan::Program<Own, float>;
  using Pass = ctnn::detail::Pass<Program>;
  static constexpr ctnn::detail::Chunk chunk{.samples = Samples, .training = true};
  template <std::size_t I>
  using OracleOf =
      Reference<typename Program::template leaf<I>, Own::graph.nodes[I].input_shape, float>;
  static_assert(samples <= Program::chunk);
  static_assert(needs_dx || Own::trainable_count > 0,
                "a group that nothing goes back through, as in front of what is trained");

  void fill_all(Numbers numbers) {
    std::mt19937 random(1);
    fill(chain_.front().x, numbers, random);
    fill(chain_.back().dy, numbers, random);
    for (std::size_t p = 0; p < Own::graph.parameters.size(); ++p) {
      std::vector<float>& tensor = of_node(p, &Chunk<float>::parameters);
      fill(tensor, numbers, random);
      if (Own::graph.parameters[p].name.view().contains("running_var"))
        for (float& variance : tensor) variance = std::abs(variance);
    }
    net_.modify([&](auto& tensors) {
      for (std::size_t p = 0; p < tensors.size(); ++p)
        std::ranges::copy(of_node(p, &Chunk<float>::parameters), tensors[p].begin());
    });
  }

  /// Where rounding might decide otherwise, dy becomes 0: the gradients are then the same for
  /// either decision.
  void run_reference() {
    std::vector<bool> undecided(chain_.back().y.size());
    ctnn::detail::for_each_index<Own::node_count>([&](auto i) {
      OracleOf<i>::forward(chain_[i]);
      // Before a pooling nothing needs to be marked: elements near 0 are then ties of the pooling.
      if constexpr (i > 0 && Own::graph.nodes[i].output_shape == Own::output_shape &&
                    requires { &OracleOf<i>::mark_undecided; })
        OracleOf<i>::mark_undecided(
            chain_[i], 2 * tolerance * std::max(largest(chain_[0].y), largest(chain_[i].x)),
            undecided);
      if (i + 1 < Own::node_count) chain_[i + 1].x = chain_[i].y;
    });
    for (std::size_t i = 0; i < undecided.size(); ++i)
      if (undecided[i]) chain_.back().dy[i] = 0;
    ctnn::detail::for_each_index<Own::node_count>([&](auto reversed) {
      constexpr std::size_t i = Own::node_count - 1 - reversed;
      OracleOf<i>::backward(chain_[i]);
      if constexpr (i > 0) chain_[i - 1].dy = chain_[i].dx;
    });
  }

  void run() {
    std::ranges::copy(chain_.front().x, workspace_.value(Program::input));
    forward();
    const float* const y = workspace_.value(Program::output);
    y_.assign(y, y + chain_.back().y.size());
    std::ranges::copy(chain_.back().dy, workspace_.gradient(Program::output));
    backward();
  }

  std::string check() {
    std::string error = difference("y", y_, chain_.back().y, tolerance);
    const Chunk<float>& first = chain_.front();
    if constexpr (needs_dx)
      if (error.empty())
        error = difference("dx", {workspace_.gradient(Program::input), first.dx.size()}, first.dx,
                           tolerance);
    std::vector<float> block(Program::parameters.size);
    Pass::gather(net_.weights(), gradients_.data(), block.data());
    for (std::size_t p = 0; p < Own::graph.parameters.size() && error.empty(); ++p)
      if (Own::graph.parameters[p].trained)
        error = difference(Own::graph.parameters[p].name.view(), Pass::tensor(block.data(), p),
                           of_node(p, &Chunk<float>::gradients), tolerance);
    return error;
  }

  /// Parameter p's own tensor in the chunk of its node.
  std::vector<float>& of_node(std::size_t p,
                              std::vector<std::vector<float>> Chunk<float>::*tensors) {
    const std::size_t node = Own::graph.parameters[p].node;
    return (chain_[node].*tensors)[p - Own::graph.nodes[node].first_parameter];
  }

  /// Whether a gradient further down is laid where dy was. (One in place is the same once more.)
  static constexpr bool loses_dy = [] {
    const auto at = Workspace<Own, float, mode>::plan.gradient;
    const auto size = [](std::size_t i) {
      const Shape& shape = i == 0 ? Own::input_shape : Program::graph.nodes[i - 1].output_shape;
      return Program::chunk * shape.size();
    };
    constexpr std::size_t last = Program::output;
    for (std::size_t i = needs_dx ? 0 : 1; i < last; ++i)
      if (at[i] != at[last] && at[i] < at[last] + size(last) && at[last] < at[i] + size(i))
        return true;
    return false;
  }();

  static constexpr double tolerance = [] {
    double largest = 0;
    ctnn::detail::for_each_index<Own::node_count>(
        [&](auto i) { largest = std::max(largest, OracleOf<i>::tolerance); });
    return largest;
  }();

  Network<Own> net_;
  Workspace<Own, float, mode> workspace_;
  ctnn::detail::AlignedBlock<float> gradients_{Program::offsets.gradient_size};
  std::vector<Chunk<float>> chain_ = [] {
    std::vector<Chunk<float>> chain;
    for (std::size_t i = 0; i < Own::node_count; ++i) chain.emplace_back(Own::graph, i, samples);
    return chain;
  }();
  Chunk<float> problem_{Own::graph, 0, 0};
  std::vector<float> y_;
  std::string error_;
};

/// The group that begins at node First of Net.
template <class Net, std::size_t First, std::size_t Samples = plan::Program<Net, float>::chunk>
using OneGroup =
    Group<typename group_of<Net, First>::type, group_of<Net, First>::needs_dx, Samples>;

} // namespace ctnn::bench
