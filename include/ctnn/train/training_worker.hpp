#pragma once
/// @file
/// What one thread that trains works with: how samples get into a network, and what its outputs score.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/network/pass.hpp>
#include <ctnn/network/workspace.hpp>
#include <ctnn/plan/program.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/loss.hpp>
#include <ctnn/train/score.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A TrainingWorker is the memory of one thread of a Trainer, and what it does with a sample.
template <class Net, class Loss, class T>
struct TrainingWorker {
  using Program = plan::TrainingProgram<Net, T>;
  using Evaluation = plan::Program<Net, T>;
  using Target = std::conditional_t<Loss::class_targets, std::uint32_t, T>;
  struct Nothing {};

  /// evaluates_apart is whether the network predicts by another program than it trains by.
  static constexpr bool evaluates_apart = !std::is_same_v<Program, Evaluation>;

  /// fuses_loss is whether the loss goes backward as one with the last layer.
  static constexpr bool fuses_loss = [] {
    if constexpr (requires { typename Loss::swallows; })
      return Program::options.fusion && Program::size > 1 &&
             std::is_same_v<typename Loss::swallows,
                            typename Program::template layer<Program::size - 1>>;
    else
      return false;
  }();

  Workspace<Net, T, plan::Mode::training> workspace;
  [[no_unique_address]] std::conditional_t<evaluates_apart, Workspace<Net, T>, Nothing>
      own_evaluation{};
  std::vector<T> sample =
      std::vector<T>(std::max(Net::input_shape.size(), Net::output_shape.size()));
  std::vector<Target> targets =
      std::vector<Target>(std::max(Program::chunk, Evaluation::chunk) *
                          (Loss::class_targets ? 1 : Net::output_shape.size()));

  /// evaluation is where samples are evaluated: where they train, if that is the same program.
  const auto& evaluation() const {
    if constexpr (evaluates_apart)
      return own_evaluation;
    else
      return workspace;
  }

  /// read brings a sample to place `at` of a chunk.
  template <class Data, class Buffers>
  void read(const Data& data, std::size_t index, std::size_t at, const Buffers& buffers) {
    constexpr Shape in = Net::input_shape;
    data.read(index, sample.data());
    to_inner_order<in>(1, sample.data(), buffers.value(Buffers::program::input) + at * in.size());
  }
  /// read_target brings what it is to become to the same place of `targets`.
  template <class Data>
  void read_target(const Loss& loss, const Data& data, std::size_t index, std::size_t at) {
    constexpr Shape out = Net::output_shape;
    if constexpr (Loss::class_targets) {
      targets[at] = class_of(data, index, out.size(), ignored_label(loss));
    } else {
      data.read_target(index, sample.data());
      to_inner_order<out>(1, sample.data(), targets.data() + at * out.size());
    }
  }

  /// score is that of a chunk that has been forward; it assigns `scale` times the gradient of its sum of
  /// losses to dy, if that is not null.
  template <class Buffers>
  Score score(const Loss& loss, std::size_t n, double scale, T* dy, const Buffers& buffers) {
    constexpr Shape out = Net::output_shape;
    const T* y = buffers.value(Buffers::program::output);
    Score score{.samples = n, .classes = Loss::class_targets};
    if constexpr (fuses_loss)
      score.loss_sum = loss.template fused_sum<T>(n, out, y, targets.data(), scale, dy);
    else
      score.loss_sum = loss.template sum<T>(n, out, y, targets.data(), scale, dy);
    if constexpr (Loss::class_targets)
      for (std::size_t i = 0; i < n; ++i, y += out.size()) {
        if (ignores(loss, targets[i]))
          ++score.ignored;
        else if (std::max_element(y, y + out.size()) - y == static_cast<std::ptrdiff_t>(targets[i]))
          ++score.correct;
      }
    if constexpr (WeighsClasses<Loss>)
      if (weighs(loss)) score.weight_sum = weight_sum(loss, std::span(targets).first(n));
    return score;
  }
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
