#pragma once
// What a layer's forward and backward are handed: views of its tensors, and a few numbers.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <ctnn/core/shape.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/tensor.hpp>

namespace ctnn::detail {

/// A chunk of samples of one shape. Indices are logical, `x(sample, channel, row, column)`; in
/// memory the channels are last: a sample is height * width * channels elements without gaps.
template <class T, Shape S>
struct View {
  T* data;
  std::size_t samples;

  static constexpr Shape shape = S;
  std::size_t size() const { return samples * S.size(); }

  /// Element i in memory, whose channel is i % channels.
  T& operator[](std::size_t i) const { return data[i]; }

  T& operator()(std::size_t sample, std::size_t channel, std::size_t row,
                std::size_t column) const {
    return data[((sample * S.height() + row) * S.width() + column) * S.channels() + channel];
  }
  /// For shapes of two extents, such as {channels, time}.
  T& operator()(std::size_t sample, std::size_t channel, std::size_t column) const {
    return (*this)(sample, channel, 0, column);
  }
  /// For vectors.
  T& operator()(std::size_t sample, std::size_t feature) const {
    return (*this)(sample, feature, 0, 0);
  }

  /// The same as a tensor of xtensor, {samples, channels, height, width} or what the shape has:
  /// `c.y.tensor() = xt::maximum(c.x.tensor(), 0)`. Assigning makes no temporary.
  auto tensor() const { return batch_view<S>(data, samples); }
};

/// The elements of one parameter, or of the gradient by it, in PyTorch's order: a std::span.
template <class T>
struct ParameterView : std::span<T> {
  using std::span<T>::span;
  constexpr ParameterView(std::span<T> elements) : std::span<T>(elements) {}

  /// The same as a tensor of xtensor with the extents given, which must hold all elements; with none,
  /// a vector: `gain.tensor(channels, 1, 1)` broadcasts over an image.
  template <std::integral... Extents>
  auto tensor(Extents... extents) const {
    if constexpr (sizeof...(extents) == 0)
      return elements_view(this->data(), std::array{this->size()});
    else
      return elements_view(this->data(), std::array{static_cast<std::size_t>(extents)...});
  }
};

/// What both directions are handed. T is float or double.
template <class T, Shape In, Shape Out, std::size_t Tensors>
struct Context {
  using value_type = T;
  static constexpr Shape input_shape = In;
  static constexpr Shape output_shape = Out;

  std::size_t samples;        ///< in this chunk
  std::uint64_t first_sample; ///< a number for the first one; no two samples of a run share one
  bool training;
  kernels::RandomKey random_key; ///< its own for each layer

  std::array<ParameterView<const T>, Tensors> parameters; ///< in the order the layer declares them
  const T* derived; ///< what the layer's kernel derived from them, if it has one
  T* tape;          ///< tape_size(in) elements a sample, for backward; null in inference
  T* scratch;       ///< the kernel's scratch_size elements, of no meaning between calls
};

/// What forward is handed.
template <class T, Shape In, Shape Out, std::size_t Tensors>
struct ForwardContext : Context<T, In, Out, Tensors> {
  View<const T, In> x;
  View<T, Out> y; ///< to be assigned, all of it
};

/// What backward is handed.
template <class T, Shape In, Shape Out, std::size_t Tensors, bool NeedsDx>
struct BackwardContext : Context<T, In, Out, Tensors> {
  static constexpr bool needs_dx = NeedsDx; ///< false for a first layer: dx may be left alone

  View<const T, In> x;   ///< valid if the layer's backward_reads says input
  View<const T, Out> y;  ///< valid if it says output
  View<const T, Out> dy; ///< gradient of the loss by y
  View<T, In> dx;        ///< to be assigned, all of it
  std::array<ParameterView<T>, Tensors> gradients; ///< by the parameters: to be added to
  T* derived_gradient; ///< by the derived parameters, for layers with such a kernel: likewise
};

} // namespace ctnn::detail
