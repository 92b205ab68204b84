#pragma once
// The door to xtensor: the only file that spells it. Tensors are what users hand in and get back;
// typed views show them the parameters.

#include <cstddef>
#include <utility>

#include <xtensor/xstorage.hpp>

#if defined(__clang__) && __clang_major__ >= 19
// xtensor 0.24's partial specialisations of rebind_container are ambiguous to compilers with
// relaxed matching of template template arguments (P0522); these full ones settle it.
namespace xt {
template <>
struct rebind_container<std::ptrdiff_t, svector<std::size_t>> {
  using type = svector<std::ptrdiff_t>;
};
template <>
struct rebind_container<std::size_t, svector<std::size_t>> {
  using type = svector<std::size_t>;
};
template <>
struct rebind_container<std::size_t, svector<std::ptrdiff_t>> {
  using type = svector<std::size_t>;
};
} // namespace xt
#endif

#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xtensor.hpp>

#include <ctnn/core/shape.hpp>

namespace ctnn {

/// A dense tensor of `Rank` extents, row-major: `Tensor<float, 4>` for a batch of images.
template <class T, std::size_t Rank>
using Tensor = xt::xtensor<T, Rank>;

/// A view of `S.size()` elements at `data` with the extents of S as its type.
template <Shape S, class T>
auto tensor_view(T* data) {
  return [&]<std::size_t... Axis>(std::index_sequence<Axis...>) {
    // A prvalue: adapt() of an lvalue pointer keeps a reference to the pointer itself.
    return xt::adapt(static_cast<T*>(data), xt::xshape<S[Axis]...>{});
  }
  (std::make_index_sequence<S.rank>{});
}

/// An uninitialised tensor for `samples` samples of shape S.
template <class T, Shape S>
auto batch_tensor(std::size_t samples) {
  typename Tensor<T, S.rank + 1>::shape_type shape;
  shape[0] = samples;
  for (std::size_t axis = 0; axis < S.rank; ++axis) shape[axis + 1] = S[axis];
  return Tensor<T, S.rank + 1>::from_shape(shape);
}

/// Whether these are samples of shape S.
template <Shape S, class T>
bool is_batch_of(const Tensor<T, S.rank + 1>& tensor) {
  for (std::size_t axis = 0; axis < S.rank; ++axis)
    if (tensor.shape(axis + 1) != S[axis]) return false;
  return true;
}

} // namespace ctnn
