// Every layer of the seed network by itself, forward and backward, on a chunk of as many samples as
// the network runs at a time: one thread, warm.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <fmt/format.h>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "reference.hpp"

namespace ctnn::bench {
namespace {

/// The network of only L.
template <class L, Shape In, class Axes = std::make_index_sequence<In.rank>>
struct alone;
template <class L, Shape In, std::size_t... Axis>
struct alone<L, In, std::index_sequence<Axis...>> {
  using type = Sequential<Input<static_cast<int>(In[Axis])...>, L>;
};

/// Never 0 and never tiny. Whole: -2, -1, 1 or 2, whose sums of products are exact in a float.
/// Otherwise of all bits, because multiplying round numbers takes less power and so less time.
enum class Numbers { whole, any };
void fill(std::vector<float>& values, Numbers numbers, std::mt19937& random) {
  std::uniform_real_distribution<float> magnitude(0.25f, 1.f);
  for (float& value : values) {
    const auto bits = random();
    value = numbers == Numbers::whole ? static_cast<float>(1 + bits % 2) : magnitude(random);
    if (bits & 2) value = -value;
  }
}

/// Node I of Net in a network of its own. Layers that run in place get their own output as the next
/// input, which changes nothing: ReLU and LogSoftmax leave such values as they are.
template <std::size_t I>
class OneLayer {
public:
  static constexpr const Node& node = Net::graph.nodes[I];
  static constexpr std::size_t samples = Layout<Net, float>::chunk;
  static constexpr bool needs_dx = I > 0;

  /// Its result is checked, and its data are ready.
  OneLayer() {
    run(Numbers::whole);
    error_ = check();
    run(Numbers::any);
  }
  const std::string& error() const { return error_; }

  void forward() { net_.forward(samples, workspace_, {.training = true}); }
  void backward() {
    net_.template backward<needs_dx>(samples, workspace_, gradients_.data(), {.training = true});
  }

private:
  using L = typename Layout<Net, float>::template layer<I>;
  using Alone = typename alone<L, node.input_shape>::type;
  using Oracle = Reference<L, node.input_shape, float>;
  static_assert(
      requires { Oracle::tolerance; }, "a layer is timed only when it is right: give "
                                       "this one a Reference in bench/reference.hpp");
  static_assert(samples <= Layout<Alone, float>::chunk);

  void run(Numbers numbers) {
    std::mt19937 random(I);
    fill(chunk_.x, numbers, random);
    fill(chunk_.dy, numbers, random);
    for (auto& tensor : chunk_.parameters) fill(tensor, numbers, random);
    net_.modify([&](auto& tensors) {
      for (std::size_t p = 0; p < tensors.size(); ++p)
        std::ranges::copy(chunk_.parameters[p], tensors[p].begin());
    });
    std::ranges::copy(chunk_.x, workspace_.value(0));
    forward();
    y_.assign(workspace_.value(1), workspace_.value(1) + chunk_.y.size());
    std::ranges::copy(chunk_.dy, workspace_.gradient(1));
    backward();
  }

  std::string check() {
    Oracle::forward(chunk_);
    Oracle::backward(chunk_);
    std::string error = difference("y", y_, chunk_.y, Oracle::tolerance);
    if (needs_dx && error.empty())
      error = difference("dx", {workspace_.gradient(0), chunk_.dx.size()}, chunk_.dx,
                         Oracle::tolerance);
    std::vector<float> block(Layout<Alone, float>::parameters.size);
    net_.template gather_gradient<0>(gradients_.data(), block.data());
    for (std::size_t p = 0; p < chunk_.gradients.size() && error.empty(); ++p)
      error = difference(Alone::graph.parameters[p].name.view(),
                         std::span(block).subspan(Layout<Alone, float>::parameters.offset[p]),
                         chunk_.gradients[p], Oracle::tolerance);
    return error;
  }

  Network<Alone> net_;
  Workspace<Alone, float, plan::Mode::training> workspace_;
  AlignedBlock<float> gradients_{Layout<Alone, float>::offsets.gradient_size};
  Chunk<float> chunk_{Alone::graph, 0, samples};
  std::vector<float> y_;
  std::string error_;
};

template <std::size_t I, bool Forward>
void layer(benchmark::State& state) {
  static OneLayer<I> one; // kept: Google Benchmark calls this several times
  if (!one.error().empty()) return fail(state, one.error());
  constexpr std::size_t products = Forward ? 1 : one.needs_dx ? 2 : 1;
  const Work work{one.samples, 2.0 * products * static_cast<double>(one.node.multiply_adds)};
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, work, [] {
    if constexpr (Forward)
      one.forward();
    else
      one.backward();
  });
}

template <std::size_t I>
void add_layer() {
  constexpr const Node& node = Net::graph.nodes[I];
  Text name;
  name << node.name << ' ' << node.kind << ' ' << node.input_shape << " -> " << node.output_shape;
  benchmark::RegisterBenchmark(fmt::format("{} forward", name.view()).c_str(), layer<I, true>);
  benchmark::RegisterBenchmark(fmt::format("{} backward", name.view()).c_str(), layer<I, false>);
}

[[maybe_unused]] const bool added = [] {
  for_each_index<Net::node_count>([](auto i) { add_layer<i>(); });
  return true;
}();

} // namespace
} // namespace ctnn::bench
