#pragma once
/// @file
/// Which layers run as one, and by which algorithm: a scan over values. A type is made for an operation
/// only then.

#include <array>
#include <cstddef>
#include <type_traits>

#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/names.hpp>
#include <ctnn/layers/batch_norm.hpp>
#include <ctnn/layers/elementwise.hpp>
#include <ctnn/layers/fused.hpp>
#include <ctnn/layers/max_pool2d.hpp>
#include <ctnn/plan/options.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {

/// Traits are what fusion wants to know of a layer.
struct Traits {
  bool follows = true;  ///< it takes what the layer before it in the graph makes
  bool fusable = false; ///< it can take the next layers along
  bool norm = false;    ///< it is a batch normalisation
  bool sees_batch =
      false;            ///< it is one that uses the statistics of the batch, which cannot be folded
  std::size_t pool = 0; ///< for a max pooling: the side of its windows, which are side by side
  bool activation = false; ///< it is a function of each element
  bool commutes = false;   ///< it may as well come before a max pooling as after

  /// algorithm and can_pool are those of a layer that runs by several algorithms (detail::Fusable).
  kernels::ConvolutionAlgorithm (*algorithm)(Shape, kernels::ConvolutionAlgorithm,
                                             std::size_t) = nullptr;
  bool (*can_pool)(Shape, kernels::ConvolutionAlgorithm, std::size_t) = nullptr;
};

/// An Operation is layers that run as one: those from `first` on, `count` of them. The positions of the
/// normalisation, the pooling and the activation among them are 0 if there is none.
struct Operation {
  std::size_t first = 0, count = 1;
  std::size_t norm = 0, pool = 0, activation = 0;
  kernels::ConvolutionAlgorithm algorithm = automatic; ///< the first layer's, if it has the choice
};

template <std::size_t Layers>
struct Operations {
  std::array<Operation, Layers> operation{};
  std::size_t count = 0;
};

/// operation_at is the operation that begins at layer `first`: a fusable layer takes a batch
/// normalisation with it; then a pooling and an activation, in this order, or an activation that commutes
/// and a pooling.
template <std::size_t Layers>
constexpr Operation operation_at(std::size_t first, const std::array<Shape, Layers>& inputs,
                                 const std::array<Traits, Layers>& layers, RunOptions options) {
  const kernels::ConvolutionAlgorithm of_network = options.algorithm;
  const Traits& layer = layers[first];
  Operation operation{first};
  if (!layer.fusable) return operation;
  const auto next = [&]() -> Traits {
    const std::size_t at = first + operation.count;
    return at < Layers && layers[at].follows ? layers[at] : Traits{};
  };
  const auto take_pool = [&] {
    const std::size_t side = next().pool;
    if (operation.pool == 0 && side > 0 && layer.can_pool != nullptr &&
        layer.can_pool(inputs[first], of_network, side))
      operation.pool = operation.count++;
  };
  if (options.fold && !layer.norm && next().norm && !next().sees_batch)
    operation.norm = operation.count++;
  take_pool();
  if (const Traits taken = next(); taken.activation) {
    operation.activation = operation.count++;
    if (taken.commutes) take_pool();
  }
  if (layer.algorithm != nullptr) {
    const std::size_t side = operation.pool > 0 ? layers[first + operation.pool].pool : 1;
    operation.algorithm = layer.algorithm(inputs[first], of_network, side);
  }
  return operation;
}

/// find_operations is all layers as operations; `inputs` are their inputs' shapes. Without fusion each
/// is one by itself, but for what is folded, by the algorithm that it would have with it, so that the
/// bits are the same.
template <std::size_t Layers>
constexpr Operations<Layers> find_operations(const std::array<Shape, Layers>& inputs,
                                             const std::array<Traits, Layers>& layers,
                                             RunOptions options) {
  Operations<Layers> all;
  for (std::size_t i = 0; i < Layers;) {
    const Operation fused = operation_at(i, inputs, layers, options);
    if (options.fusion) {
      all.operation[all.count++] = fused;
    } else {
      const std::size_t folded = 1 + (fused.norm > 0);
      all.operation[all.count++] = {
          .first = i, .count = folded, .norm = fused.norm, .algorithm = fused.algorithm};
      for (std::size_t k = folded; k < fused.count; ++k)
        all.operation[all.count++] = {.first = i + k};
    }
    i += fused.count;
  }
  return all;
}

namespace detail {

using ctnn::detail::Fusable;
using ctnn::detail::Fused;

template <class L>
concept Activation = requires {
  typename L::function;
}
&&std::is_base_of_v<Elementwise<typename L::function>, L>;

template <class L>
inline constexpr Traits traits_of = [] {
  Traits traits;
  traits.fusable = std::is_base_of_v<Fusable, L>;
  traits.norm = std::is_base_of_v<ctnn::detail::BatchNormalization, L>;
  if constexpr (std::is_base_of_v<ctnn::detail::MaxPooling, L>) traits.pool = L::side;
  if constexpr (Activation<L>) {
    traits.activation = true;
    traits.commutes = requires { requires L::function::is_gate; };
  }
  if constexpr (std::is_base_of_v<Fusable, L> && requires { &L::can_pool; }) {
    traits.algorithm = &L::algorithm;
    traits.can_pool = &L::can_pool;
  }
  return traits;
}();

/// layer_of is the layer that runs an operation: a fusable one is always run by Fused. Norm, Pool and
/// Activation are void where there is none.
template <class L, class Norm, class Pool, class Activation, kernels::ConvolutionAlgorithm A>
struct layer_of {
  using type = L;
};
template <class L, class Norm, class Pool, class Activation, kernels::ConvolutionAlgorithm A>
  requires std::is_base_of_v<Fusable, L>
struct layer_of<L, Norm, Pool, Activation, A> {
  template <class F>
  struct function_of {
    using type = typename F::function;
  };
  template <class F>
    requires std::is_void_v<F>
  struct function_of<F> {
    using type = kernels::identity;
  };
  static constexpr std::size_t side = [] {
    if constexpr (std::is_void_v<Pool>)
      return std::size_t{1};
    else
      return Pool::side;
  }();
  using own = std::conditional_t<std::is_void_v<Norm>, L, ctnn::detail::Folded<L, Norm>>;
  using type = Fused<own, side, typename function_of<Activation>::type, A>;
};

} // namespace detail
} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
