#pragma once
// Which layers run as one. A scan over values finds the groups; a type is made for each only then.

#include <array>
#include <cstddef>
#include <type_traits>

#include <ctnn/kernels/geometry.hpp>
#include <ctnn/layers/affine.hpp>
#include <ctnn/layers/elementwise.hpp>
#include <ctnn/layers/max_pool2d.hpp>

namespace ctnn::detail {

/// What fusion wants to know of a layer.
struct Part {
  bool affine = false;     ///< begins a group
  std::size_t pool = 0;    ///< ends one: the side of its windows
  bool activation = false; ///< ends one
  bool commutes = false;   ///< … and may stand before the pooling
  bool can_pool[2]{};      ///< an affine one: by the next layer, by the one after the next
};

/// Layers [first, first + count) run as one; the positions of the pool and of the activation among
/// them are 0 if there is none.
struct Group {
  std::size_t first = 0, count = 1, pool = 0, activation = 0;
};

template <std::size_t Layers>
struct Groups {
  std::array<Group, Layers> group{};
  std::size_t count = 0;
};

/// An affine layer takes a pooling and an activation with it, in this order, or an activation that
/// commutes and a pooling.
template <std::size_t Layers>
constexpr Groups<Layers> find_groups(const std::array<Part, Layers>& parts, bool fusion) {
  Groups<Layers> groups;
  for (std::size_t i = 0; i < Layers;) {
    Group group{i};
    const auto next = [&]() -> Part {
      return i + group.count < Layers ? parts[i + group.count] : Part{};
    };
    if (fusion && parts[i].affine) {
      if (next().pool > 0 && parts[i].can_pool[0]) group.pool = group.count++;
      if (next().activation) {
        const bool commutes = next().commutes;
        group.activation = group.count++;
        if (group.pool == 0 && commutes && next().pool > 0 && parts[i].can_pool[1])
          group.pool = group.count++;
      }
    }
    groups.group[groups.count++] = group;
    i += group.count;
  }
  return groups;
}

template <class L>
inline constexpr std::size_t pool_side = [] {
  if constexpr (std::is_base_of_v<MaxPooling, L>)
    return L::side;
  else
    return std::size_t{0};
}();

template <class L>
concept Activation = requires {
  typename L::function;
}
&&std::is_base_of_v<Elementwise<typename L::function>, L>;

/// An affine layer that runs by one of several algorithms: it says `algorithm` and `can_pool`.
template <class L>
concept ChoosesAlgorithm = std::is_base_of_v<Affine, L> && requires {
  L::algorithm(Shape{}, automatic, 1);
};

template <class L>
constexpr Part part_of(Shape in, ConvolutionAlgorithm of_network, std::size_t next_pool,
                       std::size_t pool_after_next) {
  Part part;
  part.affine = std::is_base_of_v<Affine, L>;
  part.pool = pool_side<L>;
  part.activation = Activation<L>;
  if constexpr (Activation<L>) part.commutes = requires {
      typename L::function;
      requires L::function::commutes_with_max;
    };
  if constexpr (ChoosesAlgorithm<L>) {
    part.can_pool[0] = next_pool > 0 && L::can_pool(in, of_network, next_pool);
    part.can_pool[1] = pool_after_next > 0 && L::can_pool(in, of_network, pool_after_next);
  }
  return part;
}

struct NoFunction {
  using function = kernels::identity;
};

/// The layer that runs a group: an affine one is always run by Fused.
template <class L, class Pool, class F>
struct fused {
  using type = L;
};
template <class L, class Pool, class F>
  requires std::is_base_of_v<Affine, L>
struct fused<L, Pool, F> {
  static constexpr std::size_t pool = std::is_void_v<Pool> ? 1 : pool_side<Pool>;
  using type =
      Fused<L, pool, typename std::conditional_t<std::is_void_v<F>, NoFunction, F>::function>;
};

} // namespace ctnn::detail
