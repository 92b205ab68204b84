#pragma once
/// @file
/// What a layer's forward and backward are handed: views of its tensors, and a few numbers.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/tensor.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A View is a chunk of samples of shape `S`. Indices are logical, `x(sample, channel, row, column)`;
/// in memory the channels are last: a sample is height * width * channels elements without gaps.
template <class T, Shape S>
struct View {
  T* data;             ///< the first sample
  std::size_t samples; ///< the number of samples

  static constexpr Shape shape = S; ///< the shape of one sample
  /// size is the number of elements of all samples.
  std::size_t size() const { return samples * S.size(); }

  /// Returns element `i` in memory, whose channel is i % channels.
  T& operator[](std::size_t i) const { return data[i]; }

  /// Returns the element of an image.
  T& operator()(std::size_t sample, std::size_t channel, std::size_t row,
                std::size_t column) const {
    return data[((sample * S.height() + row) * S.width() + column) * S.channels() + channel];
  }
  /// Returns the element of a sample of two extents, such as {channels, time}.
  T& operator()(std::size_t sample, std::size_t channel, std::size_t column) const {
    return (*this)(sample, channel, 0, column);
  }
  /// Returns the element of a vector.
  T& operator()(std::size_t sample, std::size_t feature) const {
    return (*this)(sample, feature, 0, 0);
  }

  /// tensor is the same as a tensor of xtensor, {samples, channels, height, width} or what the shape
  /// has: `c.y.tensor() = xt::maximum(c.x.tensor(), 0)`. Assigning to it makes no temporary.
  auto tensor() const { return batch_view<S>(data, samples); }
};

/// A ParameterView is a std::span of the elements of one parameter, or of the gradient by it, in
/// PyTorch's order.
template <class T>
struct ParameterView : std::span<T> {
  using std::span<T>::span;
  /// Makes a view of these elements.
  constexpr ParameterView(std::span<T> elements) : std::span<T>(elements) {}

  /// tensor is the same as a tensor of xtensor with the `extents` given, which must hold all elements,
  /// or a vector if none are: `gain.tensor(channels, 1, 1)` broadcasts over an image.
  template <std::integral... Extents>
  auto tensor(Extents... extents) const {
    if constexpr (sizeof...(extents) == 0)
      return elements_view(this->data(), std::array{this->size()});
    else
      return elements_view(this->data(), std::array{static_cast<std::size_t>(extents)...});
  }
};

/// A Context is what a layer is handed in both directions. `T` is float or double, `In` and `Out` are
/// the shapes of x and y, `Tensors` is the number of the layer's parameters.
template <class T, Shape In, Shape Out, std::size_t Tensors>
struct Context {
  using value_type = T;                      ///< float or double
  static constexpr Shape input_shape = In;   ///< of one sample
  static constexpr Shape output_shape = Out; ///< of one sample

  std::size_t samples;           ///< the number of samples in this chunk
  std::uint64_t first_sample;    ///< a number for the first one; no two samples of a run share one
  bool training;                 ///< false when the network predicts, and inside of Frozen
  kernels::RandomKey random_key; ///< for random numbers, another key for each layer

  std::array<ParameterView<const T>, Tensors> parameters; ///< in the order the layer declares them
  const T* derived; ///< what the layer's kernel derived from them, if it has such a kernel
  T* tape;          ///< tape_size(in) elements a sample, for backward; null in inference
  T* scratch;       ///< the kernel's scratch_size elements, of no meaning between calls
};

/// A ForwardContext is what a layer's forward is handed.
template <class T, Shape In, Shape Out, std::size_t Tensors>
struct ForwardContext : Context<T, In, Out, Tensors> {
  View<const T, In> x; ///< the input
  View<T, Out> y;      ///< the output: to be assigned, all of it
};

/// A BackwardContext is what a layer's backward is handed.
template <class T, Shape In, Shape Out, std::size_t Tensors, bool NeedsDx, bool Trained>
struct BackwardContext : Context<T, In, Out, Tensors> {
  static constexpr bool trained =
      Trained; ///< false for a Frozen layer, whose gradients nobody wants
  static constexpr bool needs_dx = NeedsDx; ///< false where nobody wants dx, which is null then

  View<const T, In> x;   ///< the input, valid if the layer's backward_reads says so
  View<const T, Out> y;  ///< the output, valid if the layer's backward_reads says so
  View<const T, Out> dy; ///< the gradient of the loss by y
  View<T, In> dx;        ///< the gradient of the loss by x: to be assigned, all of it
  std::array<ParameterView<T>, Tensors> gradients; ///< those by the parameters: to be added to
  T* derived_gradient; ///< that by `derived`, for layers with such a kernel: to be added to
  bool opens_shard;    ///< for kernels that say assigns_gradient: whether it is to be assigned
};

/// A JoinForwardContext is what a join's forward is handed. `T` is float or double, `Out` is the shape of
/// y, `In` are those of what the branches make.
template <class T, Shape Out, Shape... In>
struct JoinForwardContext {
  using value_type = T; ///< float or double

  std::size_t samples;                ///< the number of samples in this chunk
  std::tuple<View<const T, In>...> x; ///< what the branches make, the first one's first
  View<T, Out> y;                     ///< the output: to be assigned, all of it
};

/// A JoinBackwardContext is what a join's backward is handed. `NeedsDx` is a std::array<bool>, one
/// for each input.
template <class T, auto NeedsDx, Shape Out, Shape... In>
struct JoinBackwardContext {
  using value_type = T;                     ///< float or double
  static constexpr auto needs_dx = NeedsDx; ///< for each input, false where nobody wants its dx

  std::size_t samples;                ///< the number of samples in this chunk
  std::tuple<View<const T, In>...> x; ///< the inputs, valid if the join's backward_reads says so
  View<const T, Out> y;               ///< the output, valid if the join's backward_reads says so
  View<const T, Out> dy;              ///< the gradient of the loss by y
  std::tuple<View<T, In>...> dx;      ///< the gradients by the inputs: to be assigned, all of each
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
