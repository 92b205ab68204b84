#pragma once
/// @file
/// The door to xtensor: the only file that spells it. Tensors are what users hand in and get back;
/// typed views show them the parameters.

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

#if __has_include(<xtensor/containers/xtensor.hpp>) // its place since xtensor 0.26
#include <xtensor/containers/xstorage.hpp>
#else
#include <xtensor/xstorage.hpp>
#endif

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

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xfixed.hpp>
#include <xtensor/containers/xtensor.hpp>
#include <xtensor/core/xnoalias.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xtensor.hpp>
#endif

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// A Tensor is dense and row-major, of `Rank` extents: `Tensor<float, 4>` is a batch of images.
template <class T, std::size_t Rank>
using Tensor = xt::xtensor<T, Rank>;

namespace detail {

/// tensor_view is a view of `S.size()` elements at `data` with the extents of S as its type.
template <Shape S, class T>
auto tensor_view(T* data) {
  return [&]<std::size_t... Axis>(std::index_sequence<Axis...>) {
    // A prvalue: adapt() of an lvalue pointer keeps a reference to the pointer itself.
    return xt::adapt(static_cast<T*>(data), xt::xshape<S[Axis]...>{});
  }
  (std::make_index_sequence<S.rank>{});
}

/// batch_tensor is an uninitialised tensor for `samples` samples of shape S.
template <class T, Shape S>
auto batch_tensor(std::size_t samples) {
  typename Tensor<T, S.rank + 1>::shape_type shape;
  shape[0] = samples;
  for (std::size_t axis = 0; axis < S.rank; ++axis) shape[axis + 1] = S[axis];
  return Tensor<T, S.rank + 1>::from_shape(shape);
}

/// Evaluated is the tensor of elements T that a reference to can be bound to an expression of `Rank`
/// axes: the expression's own type where it is one already. xtensor would convert any rank to any.
template <class T, std::size_t Rank, class Expression>
using Evaluated =
    std::conditional_t<std::is_same_v<Expression, Tensor<T, Rank>>, Expression, Tensor<T, Rank>>;

/// Strided is xtensor's type for elements that somebody else owns, at any distances from each other.
template <class T, std::size_t Rank>
using Strided = xt::xtensor_adaptor<
    xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>, Rank,
    xt::layout_type::dynamic>;

/// An Assignable is a Strided whose elements can be assigned. xtensor's own assignment makes a
/// temporary of another layout first, and takes over that layout.
template <class T, std::size_t Rank>
class Assignable : public Strided<T, Rank> {
public:
  using Strided<T, Rank>::Strided;

  template <class E>
  void operator=(const xt::xexpression<E>& expression) {
    xt::noalias(static_cast<Strided<T, Rank>&>(*this)) = expression;
  }
  template <class E>
  void operator+=(const xt::xexpression<E>& expression) {
    xt::noalias(static_cast<Strided<T, Rank>&>(*this)) += expression;
  }
};

/// strided_view is a view of elements at given distances.
template <class T, std::size_t Rank>
auto strided_view(T* data, const std::array<std::size_t, Rank>& shape,
                  std::array<std::ptrdiff_t, Rank> strides) {
  std::size_t size = 1;
  for (std::size_t axis = 0; axis < Rank; ++axis) {
    size *= shape[axis];
    if (shape[axis] == 1) strides[axis] = 0; // as xtensor wants it, for broadcasting
  }
  using View = std::conditional_t<std::is_const_v<T>, Strided<T, Rank>, Assignable<T, Rank>>;
  return View(typename View::storage_type(data, size), shape, strides);
}

/// batch_view is a view of samples of shape S that are stored channels-last, with logical indices:
/// {samples, channels, height, width} or what S has.
template <Shape S, class T>
auto batch_view(T* data, std::size_t samples) {
  std::array<std::size_t, S.rank + 1> shape{samples};
  std::array<std::ptrdiff_t, S.rank + 1> strides{static_cast<std::ptrdiff_t>(S.size()), 1};
  std::size_t distance = S.channels(); // of pixels: the channels lie innermost
  for (std::size_t axis = S.rank; axis > 1; --axis) {
    strides[axis] = static_cast<std::ptrdiff_t>(distance);
    distance *= S[axis - 1];
  }
  for (std::size_t axis = 0; axis < S.rank; ++axis) shape[axis + 1] = S[axis];
  return strided_view(data, shape, strides);
}

/// elements_view is a view of elements that lie one behind the other, row-major.
template <class T, std::size_t Rank>
auto elements_view(T* data, const std::array<std::size_t, Rank>& shape) {
  std::array<std::ptrdiff_t, Rank> strides;
  std::size_t distance = 1;
  for (std::size_t axis = Rank; axis-- > 0; distance *= shape[axis])
    strides[axis] = static_cast<std::ptrdiff_t>(distance);
  return strided_view(data, shape, strides);
}

/// require_shape throws `Error(bad_argument)`, with both shapes, unless a tensor has the extents of
/// `wanted` from axis `first` on.
template <class Expression>
void require_shape(const Sentence& what, const Expression& tensor, const Shape& wanted,
                   std::size_t first = 0) {
  bool same = tensor.dimension() == wanted.rank + first;
  for (std::size_t axis = 0; same && axis < wanted.rank; ++axis)
    same = tensor.shape(axis + first) == wanted[axis];
  if (same) return;
  Sentence error = what;
  error << " has shape ";
  for (std::size_t axis = 0; axis < tensor.dimension(); ++axis)
    error << (axis > 0 ? "x" : "") << tensor.shape(axis);
  error << ", expected " << (first > 0 ? "samples x " : "") << wanted;
  fail(ErrorCode::bad_argument, error);
}

} // namespace detail
} // namespace ctnn
