#pragma once
// exp and tanh of a vector, without g++ 12's false warnings: its AVX-512 intrinsics start from an
// undefined register, which -Wmaybe-uninitialized takes for a mistake of whoever inlines them.

namespace ctnn::kernels::detail {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

/// Relative error at most 1.1 epsilon. A result that would be subnormal is 0; from 88.37 (float) or
/// 709.4 (double) up it is infinite.
template <class V>
inline V vector_exp(V x) {
  return exp(x);
}

/// Relative error at most 2 epsilon.
template <class V>
inline V vector_tanh(V x) {
  return tanh(x);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

} // namespace ctnn::kernels::detail
