#pragma once
/// @file
/// What BatchNorm1d and BatchNorm2d share.

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/fused.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn::detail {

/// BatchNormalization is the base of what fusion folds into a convolution or linear layer before it.
struct BatchNormalization {};

/// BatchNorm is y = (x - mean) / sqrt(var + eps) * weight + bias, channel by channel.
template <auto... Options>
struct BatchNorm : Fusable, BatchNormalization {
protected:
  using options = OptionList<types<eps, momentum, affine, ghost>, Options...>;

public:
  /// epsilon is what is added to a variance, and is_affine whether there are a weight and a bias.
  static constexpr double epsilon = options::get(eps(1e-5)).value;
  static constexpr bool is_affine = options::get(affine(true)).enabled;
  /// momentum_rate is how far the running statistics move to those of a batch.
  static constexpr double momentum_rate = options::get(momentum(0.1)).value;
  /// ghost_size is the most samples that statistics are taken of; 0 for the whole batch.
  static constexpr std::size_t ghost_size = options::get(ghost(0)).samples;
  static constexpr bool sees_batch = true;

  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    const Shape channels{in.channels()};
    const Parameter mean{"running_mean", channels, constant(0), Role::buffer},
        variance{"running_var", channels, constant(1), Role::buffer};
    if constexpr (is_affine)
      return Array{Parameter{"weight", channels, constant(1)},
                   Parameter{"bias", channels, constant(0)}, mean, variance};
    else
      return Array{mean, variance};
  }

  /// kernel is what runs the layer by itself, with `Epilogue` behind it.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm>
  using kernel =
      kernels::batch_norm<T, In.channels(), In.height() * In.width(), is_affine, epsilon, Epilogue>;

protected:
  static constexpr Sentence check_options(StringView kind) {
    Sentence error = options::check(kind, 0, "eps(1e-3); num_features are inferred");
    if (error.empty() && !(epsilon > 0 && epsilon < 1e9))
      error << "eps must be positive, got " << epsilon;
    if (const double rate = options::get(momentum(0.1)).value;
        error.empty() && !(rate >= 0 && rate <= 1))
      error << "momentum must be 0 to 1, got " << rate;
    if (error.empty() && options::template has<ghost> && ghost_size == 0)
      error << "ghost wants groups of at least 1 sample; without it statistics are the batch's";
    return error;
  }
  static constexpr Sentence describe_as(StringView kind) {
    Sentence text(kind);
    options::describe_alone(text);
    return text;
  }
};

/// BatchStatistics is the batch normalisation `Norm` as it runs where it sees the batch.
template <class Norm>
struct BatchStatistics : Fusable {
  static constexpr bool backward_makes_output = true;
  static constexpr double momentum_rate = Norm::momentum_rate;
  static constexpr bool is_affine = Norm::is_affine;
  static constexpr std::size_t ghost_size = Norm::ghost_size;

  static constexpr Shape output_shape(Shape in) { return in; }
  /// tape_size is room for what the kernel settles, six rows of whole vectors: of a group, which is a
  /// chunk. What it settles of a batch, all chunks share.
  static constexpr std::size_t tape_size(Shape in) {
    constexpr std::size_t longest_vector = 16;
    return ghost_size > 0 ? 6 * (in.channels() + longest_vector) : 0;
  }

  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm>
  using kernel = kernels::batch_statistics<T, In.channels(), In.height() * In.width(), is_affine,
                                           Norm::epsilon, Epilogue>;
};

/// Folded is a convolution or linear layer `L` and the batch normalisation `Norm` behind it as one layer
/// with other parameters, which its kernel derives from theirs.
template <class L, class Norm>
struct Folded : Fusable {
  static constexpr Shape output_shape(Shape in) { return L::output_shape(in); }

  /// kernel is L's, on the parameters of both.
  template <class T, Shape In, class Epilogue, kernels::ConvolutionAlgorithm A>
  using kernel = kernels::folded<T, typename L::template kernel<T, In, Epilogue, A>,
                                 L::parameters(In)[0].shape.size(), L::output_shape(In).channels(),
                                 (L::parameters(In).size() > 1), Norm::is_affine, Norm::epsilon>;
};

} // namespace ctnn::detail
