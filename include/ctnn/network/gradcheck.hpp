#pragma once
/// @file
/// The law that every layer keeps: its backward is the derivative of its forward.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/names.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/network/rounds.hpp>
#include <ctnn/network/workspace.hpp>

namespace ctnn {

/// GradcheckOptions are the arguments of gradcheck. A derivative agrees with a central difference if
/// they differ by at most atol + rtol * the absolute value of the larger one.
struct GradcheckOptions {
  std::size_t samples = 3;         ///< how many go through the network, at most a chunk of it
  double step = 1e-5;              ///< distance that a coordinate is moved each way: PyTorch's eps
  double rtol = 1e-6;              ///< relative tolerance (PyTorch's is 1e-3)
  double atol = 1e-8;              ///< absolute tolerance (PyTorch's is 1e-5)
  std::size_t coordinates = 2'000; ///< about how many of each tensor are checked, evenly spread
  std::uint64_t seed = 1;          ///< decides inputs, parameters and the gradient of the output
};

namespace detail::inline CTNN_INSTRUCTION_SET {

/// A Gradcheck is a network in double with what gradcheck needs to run it.
template <class Net>
class Gradcheck {
  using Network = ctnn::Network<Net, double>;
  using Program = plan::TrainingProgram<Net, double>;
  using Pass = detail::Pass<Program>;
  using Buffers = detail::Buffers<Program, plan::Mode::input_gradient>;
  /// sees_batch is whether the samples of a batch, or of a group of it, are to mix.
  static constexpr bool sees_batch = plan::detail::sees_batch<Net>;

public:
  explicit Gradcheck(const GradcheckOptions& options)
      : options_(options), net_(options.seed), x_(options.samples * Net::input_shape.size()),
        dy_(options.samples * Net::output_shape.size()) {
    // Distinct inputs, far apart compared with the step and none of them 0, so that no kink of a
    // rectifier or a maximum lies between two evaluations.
    std::vector<std::uint32_t> order(x_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
    kernels::shuffle(kernels::RandomKey{options.seed, 1}, 0, std::span<std::uint32_t>(order));
    for (std::size_t i = 0; i < x_.size(); ++i)
      x_[i] = (2.0 * order[i] + 1) / static_cast<double>(x_.size()) - 1 +
              0.01 / static_cast<double>(x_.size());
    for (std::size_t i = 0; i < dy_.size(); ++i) {
      const auto words = kernels::random_block(kernels::RandomKey{options.seed, 2}, i, 0);
      dy_[i] = 2 * kernels::uniform01<double>(words[0], words[1]) - 1;
    }
    // Parameters that start as a constant, such as a gain of 1, would hide mistakes.
    net_.modify([&](auto& tensors) {
      std::uint64_t i = 0;
      for (auto& tensor : tensors)
        for (double& element : tensor) {
          const auto words = kernels::random_block(kernels::RandomKey{options.seed, 3}, i++, 0);
          element += 0.2 * kernels::uniform01<double>(words[0], words[1]) - 0.1;
        }
    });
  }

  /// find_disagreement is the first one that is found, or empty.
  std::string find_disagreement() {
    if (options_.samples == 0 || options_.samples > Program::chunk)
      return "samples: expected 1 to the network's chunk of " + std::to_string(Program::chunk) +
             ", found " + std::to_string(options_.samples);
    const double value = loss();
    if (!std::isfinite(value)) return "forward does not assign all of y";
    if constexpr (!sees_batch)
      if (std::string report = check_samples(); !report.empty()) return report;

    std::vector<double> dx(x_.size());
    std::vector<double> gradients(Program::parameters.size);
    if (std::string report = backward(dx, gradients); !report.empty()) return report;

    if (std::string report = compare("dx", x_, dx, [](auto&&) {}); !report.empty()) return report;
    for (std::size_t p = 0; p < Network::tensors; ++p) {
      if (!Net::graph.parameters[p].trained) continue;
      const auto gradient = Pass::tensor(gradients.data(), p);
      const std::vector<double> analytic(gradient.begin(), gradient.end());
      std::vector<double> values(net_.tensor(p).begin(), net_.tensor(p).end());
      const auto apply = [&](const std::vector<double>& changed) {
        net_.modify([&](auto& all) { std::copy(changed.begin(), changed.end(), all[p].begin()); });
      };
      const std::string name(Net::graph.parameters[p].name.view());
      if (std::string report = compare("gradient of " + name, values, analytic, apply);
          !report.empty())
        return report;
    }
    return {};
  }

private:
  static constexpr Chunk chunk(std::size_t first, std::size_t n) {
    return {.samples = n, .training = true, .seed = 7, .first_sample = 11 + first};
  }

  /// loss is the sum of y * dy for samples [first, first + n), every buffer poisoned before.
  double loss(std::size_t first, std::size_t n) {
    if constexpr (sees_batch) return go<0>();
    poison(worker_.workspace.activations());
    Pass::write_input(n, x_.data() + first * Net::input_shape.size(), worker_.workspace);
    Pass::forward(chunk(first, n), net_.weights(), worker_.workspace);
    return sum_outputs(first, n, worker_.workspace);
  }
  double loss() { return loss(0, options_.samples); }

  double sum_outputs(std::size_t first, std::size_t n, const Buffers& buffers) {
    std::vector<double> y(n * Net::output_shape.size());
    Pass::read_output(n, buffers, y.data());
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i)
      sum += y[i] * dy_[first * Net::output_shape.size() + i];
    return sum;
  }

  /// go takes all samples forward, and back through so many operations, as one batch, every buffer poisoned
  /// before, assigns the gradients of `shard_`, and returns the loss.
  template <std::size_t Operations>
  double go() {
    std::vector<double> derived(Program::offsets.derived_size);
    Pass::derive(net_.weights().parameters, derived.data());
    poison(worker_.workspace.activations());
    poison(rounds_.store());
    const Chunk all = chunk(0, options_.samples);
    double sum = 0;
    rounds_.template go<Operations>(
        {.samples = all.samples,
         .shards = 1,
         .seed = all.seed,
         .first_sample = all.first_sample,
         .parameters = net_.weights().parameters,
         .derived = derived.data(),
         .gradients = shard_.data()},
        Alone{}, &worker_,
        [&](const auto& piece, Worker&, const Buffers& buffers) {
          Pass::write_input(piece.samples, x_.data(), buffers);
        },
        [&](const auto& piece, Worker&, const Buffers& buffers) {
          sum = sum_outputs(0, piece.samples, buffers);
          to_inner_order<Net::output_shape>(piece.samples, dy_.data(),
                                            buffers.gradient(Program::output));
        });
    return sum;
  }

  static void poison(std::span<double> block) {
    std::ranges::fill(block, std::numeric_limits<double>::quiet_NaN());
  }

  std::string check_samples() {
    double apart = 0;
    for (std::size_t i = 0; i < options_.samples; ++i) apart += loss(i, 1);
    const double together = loss();
    if (std::abs(apart - together) <= 1e-10 * (1 + std::abs(together))) return {};
    return "the samples of a chunk are not independent";
  }

  std::string backward(std::vector<double>& dx, std::vector<double>& gradients) {
    poison(shard_); // the first chunk of a shard assigns them
    if constexpr (sees_batch)
      go<Program::size>();
    else
      go_backward(/*opens_shard=*/true);
    Pass::gather(net_.weights(), shard_.data(), gradients.data());
    if constexpr (!sees_batch) {
      // Others are added to what is there: start from something, and take it off again.
      std::ranges::fill(shard_, 0.5);
      std::vector<double> start(gradients.size()), added(gradients.size());
      Pass::gather(net_.weights(), shard_.data(), start.data());
      go_backward(/*opens_shard=*/false);
      Pass::gather(net_.weights(), shard_.data(), added.data());
      for (std::size_t p = 0; p < Network::tensors; ++p)
        for (std::size_t k = 0; k < Net::graph.parameters[p].shape.size(); ++k) {
          const std::size_t i = Program::parameters.offset[p] + k;
          if (!Net::graph.parameters[p].trained ||
              std::abs(added[i] - start[i] - gradients[i]) <= 1e-9 * (1 + std::abs(gradients[i])))
            continue;
          return "gradient of " + std::string(Net::graph.parameters[p].name.view()) + '[' +
                 std::to_string(k) + "]: backward does not add it to what is there";
        }
    }
    from_inner_order<Net::input_shape>(
        options_.samples, rounds_.at(worker_.workspace, 0).gradient(Program::input), dx.data());
    return {};
  }

  void go_backward(bool opens_shard) {
    const std::size_t n = options_.samples;
    Chunk all = chunk(0, n);
    all.opens_shard = opens_shard;
    loss();
    to_inner_order<Net::output_shape>(n, dy_.data(), worker_.workspace.gradient(Program::output));
    for_each_index<Program::size>([&](auto index) {
      constexpr std::size_t i = Program::size - 1 - index;
      constexpr const Node& node = Program::graph.nodes[i];
      Pass::template repeat_before<i>(all, net_.weights(), worker_.workspace);
      // Not before: a gradient may lie where something was that has been read by now.
      for (std::size_t k = 0; k < node.inputs; ++k) {
        const std::size_t value = Program::graph.input_of(i, k);
        double* const dx_of_op = worker_.workspace.gradient(value);
        bool holds_dy = false;
        for (std::size_t o = 0; o < node.outputs; ++o)
          holds_dy |= dx_of_op == worker_.workspace.gradient(Program::graph.output_of(i, o));
        if (!holds_dy) poison({dx_of_op, n * Program::graph.values[value].shape.size()});
      }
      Pass::template backward_operation<i>(all, net_.weights(), worker_.workspace.back(),
                                           shard_.data());
    });
  }

  template <class Apply>
  std::string compare(const std::string& what, std::vector<double>& values,
                      const std::vector<double>& analytic, Apply&& apply) {
    const std::size_t stride = std::max<std::size_t>(1, values.size() / options_.coordinates);
    for (std::size_t i = 0; i < values.size(); i += stride) {
      const double centre = values[i];
      values[i] = centre + options_.step;
      apply(values);
      const double above = loss();
      values[i] = centre - options_.step;
      apply(values);
      const double below = loss();
      values[i] = centre;
      apply(values);
      const double numeric = (above - below) / (2 * options_.step);
      const double tolerance =
          options_.atol + options_.rtol * std::max(std::abs(numeric), std::abs(analytic[i]));
      if (!(std::abs(numeric - analytic[i]) <= tolerance)) {
        std::ostringstream report;
        report.precision(10);
        report << what << '[' << i << "] is " << analytic[i] << ", central differences say "
               << numeric;
        return report.str();
      }
    }
    return {};
  }

  struct Worker {
    Workspace<Net, double, plan::Mode::input_gradient> workspace;
  };
  /// Alone is a pool of one.
  struct Alone {
    template <class F>
    void run(std::size_t tasks, F&& f) {
      for (std::size_t task = 0; task < tasks; ++task) f(task, 0);
    }
  };

  GradcheckOptions options_;
  Network net_;
  Worker worker_;
  Rounds<Program, plan::Mode::input_gradient> rounds_;
  std::vector<double> x_, dy_;
  std::vector<double> shard_ = std::vector<double>(Program::offsets.gradient_size); ///< gradients
};

/// checked_network is the network that gradcheck is given: layers, or a network as it runs.
template <class... Layers>
struct checked_network {
  using type = Sequential<Layers...>;
};
template <class Net>
  requires requires { Net::well_formed; }
struct checked_network<Net> {
  using type = Net;
};

} // namespace detail::inline CTNN_INSTRUCTION_SET

inline namespace CTNN_INSTRUCTION_SET {

/// gradcheck puts layers through the law in double precision: `gradcheck<Input<3, 7, 9>, MyLayer>()` is
/// empty, or says what is wrong. It takes a whole network too, as a Sequential or With options of how it
/// runs. torch.autograd.gradcheck
///
/// It checks that forward assigns all of y, that samples do not mix, but in a batch normalisation that
/// is not Frozen, that backward assigns all of dx
/// and adds to the gradients, and that both agree with central differences. Every buffer is filled with
/// NaN before.
template <class... Layers>
std::string gradcheck(const GradcheckOptions& options = {}) {
  using Net = typename detail::checked_network<Layers...>::type;
  if constexpr (detail::is_network<Net>())
    return detail::Gradcheck<Net>(options).find_disagreement();
  else
    return {};
}

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
