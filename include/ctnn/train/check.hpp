#pragma once
/// @file
/// What is wrong with the parts that are handed to a Trainer, one sentence each.

#include <cstddef>
#include <cstdint>

#include <ctnn/core/layer.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/losses.hpp>
#include <ctnn/train/optimizers.hpp>

namespace ctnn::detail {

/// loss_error is what keeps L from being a loss for elements T, or nothing.
template <class L, class T>
constexpr Sentence loss_error() {
  Sentence error;
  if constexpr (!Loss<L, T>) {
    error << type_name<L>();
    if constexpr (Optimizer<L, T>)
      error << " is an optimizer: a Trainer takes the network, the loss, the optimizer";
    else if constexpr (!requires { bool(L::class_targets); })
      error << " is not a loss: it lacks static constexpr bool class_targets";
    else if constexpr (!requires(Shape out) { L::check(out); })
      error << " is not a loss: it lacks static constexpr Sentence check(Shape out)";
    else
      error << " is not a loss: it lacks template <class T> static double sum(n, out, const T* y, "
               "const Target* targets, double scale, T* dy)";
  }
  return error;
}

/// optimizer_error is what keeps O from being an optimizer for elements T, or nothing.
template <class O, class T>
constexpr Sentence optimizer_error() {
  Sentence error;
  if constexpr (!Optimizer<O, T>) {
    error << type_name<O>();
    if constexpr (Loss<O, T>)
      error << " is a loss: a Trainer takes the network, the loss, the optimizer";
    else if constexpr (!requires { O::state_names.size(); })
      error << " is not an optimizer: it lacks static constexpr std::array<StringView, N> "
               "state_names";
    else if constexpr (!requires(const O& optimizer) { double(optimizer.lr); })
      error << " is not an optimizer: it lacks double lr";
    else
      error << " is not an optimizer: it lacks template <class T> void update(step, count, T* w, "
               "const "
               "T* g, const std::array<T*, N>& state) const";
  }
  return error;
}

/// dataset_error is what keeps D from giving samples of shape `input` to a network in T that is trained
/// with L, or nothing.
template <class D, class L, class T>
constexpr Sentence dataset_error(const Shape& input) {
  Sentence error;
  if constexpr (!Dataset<D, T>) {
    error << type_name<D>() << " is not a data set: it lacks ";
    if constexpr (!requires(const D& data) { std::size_t(data.size()); })
      error << "std::size_t size() const";
    else
      error << "void read(std::size_t i, T* x) const, T as the network has it";
  } else if constexpr (L::class_targets && !LabelledDataset<D, T>) {
    error << type_name<L>() << " wants classes, and " << type_name<D>()
          << " has no std::uint32_t label(std::size_t i) const";
  } else if constexpr (!L::class_targets && !TargetDataset<D, T>) {
    error << type_name<L>() << " wants target tensors, and " << type_name<D>()
          << " has no void read_target(std::size_t i, T* y) const";
  } else if constexpr (requires {
                         { D::sample_shape } -> std::same_as<const Shape&>;
                       }) {
    if (D::sample_shape != input)
      error << "the data set gives " << D::sample_shape << ", the network takes " << input;
  }
  return error;
}

} // namespace ctnn::detail
