#pragma once
/// @file
/// The only file that spells xsimd: vectors of the instruction set that the translation unit is
/// compiled for, with what xsimd 8.1 lacks (a fused multiply-add on AVX-512, partial vectors).

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push // g++ 12 takes _mm512_undefined_ps() for an oversight (PR 105593)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#if defined(__AVX2__)
#include <immintrin.h>
#endif
#include <xsimd/xsimd.hpp>

#include <ctnn/core/instruction_set.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace ctnn::simd::inline CTNN_INSTRUCTION_SET {

template <class T>
using vec = xsimd::batch<T>;

/// lanes is the number of elements of T in one vector.
template <class T>
inline constexpr std::size_t lanes = vec<T>::size;

/// registers is the number of vector registers.
inline constexpr std::size_t registers = lanes<float> == 16 ? 32 : 16;

/// instruction_set is what the unit is compiled for, for people to read.
inline constexpr const char* instruction_set =
#if defined(__AVX512F__)
    "AVX-512";
#elif defined(__AVX2__)
    "AVX2";
#elif defined(__AVX__)
    "AVX";
#elif defined(__SSE4_2__)
    "SSE4.2";
#elif defined(__aarch64__)
    "NEON";
#else
    "SSE2";
#endif

template <class T>
inline vec<T> load(const T* p) {
  return vec<T>::load_unaligned(p);
}
template <class T>
inline void store(T* p, vec<T> v) {
  v.store_unaligned(p);
}

/// prefetch asks for the cache line at `p`, which need not be readable.
inline void prefetch(const void* p) { __builtin_prefetch(p); }

/// prefetch_to_write asks for it as one that will be written. g++ 12 makes of __builtin_prefetch(p, 1) what
/// prefetch() is, unless it is told of an instruction that all x86-64 have, if only to do nothing.
inline void prefetch_to_write(const void* p) {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(p)));
#else
  __builtin_prefetch(p, 1);
#endif
}

/// `v`, in a register from here on. g++ otherwise repeats its load in each multiply-add that uses it,
/// and a tile of four rows waits for the load ports: 75 % of the FMA peak instead of 93.
template <class T>
[[gnu::always_inline]] inline vec<T> in_register(vec<T> v) {
  typename vec<T>::register_type r = v;
#if defined(__aarch64__)
  asm("" : "+w"(r));
#else
  asm("" : "+v"(r));
#endif
  return r;
}

/// load_first is the first `count` elements at `p`, zeros behind them; nothing past them is read.
/// Needs 0 < count <= lanes<T>.
template <class T>
inline vec<T> load_first(const T* p, std::size_t count) {
  if (count == lanes<T>) return load(p);
#if defined(__AVX512F__)
  const auto mask = (1u << count) - 1u;
  if constexpr (std::is_same_v<T, float>)
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), p);
  else
    return _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), p);
#elif defined(__AVX2__)
  if constexpr (std::is_same_v<T, float>) {
    const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    return _mm256_maskload_ps(p, mask);
  } else {
    const __m256i mask = _mm256_cmpgt_epi64(_mm256_set1_epi64x(static_cast<long long>(count)),
                                            _mm256_setr_epi64x(0, 1, 2, 3));
    return _mm256_maskload_pd(p, mask);
  }
#else
  alignas(64) T whole[lanes<T>]{};
  for (std::size_t i = 0; i < count; ++i) whole[i] = p[i];
  return vec<T>::load_aligned(whole);
#endif
}

/// store_first stores the first `count` elements of `v`; nothing past them is written. 0 < count <=
/// lanes<T>.
template <class T>
inline void store_first(T* p, vec<T> v, std::size_t count) {
  if (count == lanes<T>) return store(p, v);
#if defined(__AVX512F__)
  const auto mask = (1u << count) - 1u;
  if constexpr (std::is_same_v<T, float>)
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>(mask), v);
  else
    _mm512_mask_storeu_pd(p, static_cast<__mmask8>(mask), v);
#else
  alignas(64) T whole[lanes<T>];
  v.store_aligned(whole);
  for (std::size_t i = 0; i < count; ++i) p[i] = whole[i];
#endif
}

/// load_bytes is the first `count` bytes at `p` as numbers, zeros behind them; nothing past them is read.
/// 0 < count <= lanes<T>.
template <class T>
inline vec<T> load_bytes(const std::uint8_t* p, std::size_t count) {
#if defined(__AVX2__)
  if constexpr (std::is_same_v<T, float>) {
    alignas(16) std::uint8_t some[16]{};
    if (count < lanes<T>) p = static_cast<const std::uint8_t*>(std::memcpy(some, p, count));
#if defined(__AVX512F__)
    return _mm512_cvtepi32_ps(
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
#else
    return _mm256_cvtepi32_ps(
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
#endif
  }
#endif
  alignas(64) T whole[lanes<T>]{};
  for (std::size_t i = 0; i < count; ++i) whole[i] = static_cast<T>(p[i]);
  return vec<T>::load_aligned(whole);
}

/// store_bytes stores the first `count` elements of `v`, whole numbers from 0 to 255, as bytes; nothing past
/// them is written. 0 < count <= lanes<T>. (Of a loop g++ 12 makes one of single elements.)
template <class T>
inline void store_bytes(std::uint8_t* p, vec<T> v, std::size_t count) {
#if defined(__AVX2__)
  if constexpr (std::is_same_v<T, float>) {
#if defined(__AVX512F__)
    const __m128i bytes = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v));
    if (count == lanes<T>) return _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes);
#else
    const __m256i numbers = _mm256_cvtps_epi32(v);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
    const __m128i bytes = _mm_packus_epi16(words, words);
    if (count == lanes<T>) return _mm_storel_epi64(reinterpret_cast<__m128i*>(p), bytes);
#endif
    std::memcpy(p, &bytes, count);
    return;
  }
#endif
  alignas(64) T whole[lanes<T>];
  v.store_aligned(whole);
  for (std::size_t i = 0; i < count; ++i) p[i] = static_cast<std::uint8_t>(whole[i]);
}

/// fma is a * b + c in one rounding where the instruction set has it. xsimd 8.1 falls back to a
/// multiply and an add on AVX-512, which would halve the peak.
template <class T>
inline vec<T> fma(vec<T> a, vec<T> b, vec<T> c) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>)
    return _mm512_fmadd_ps(a, b, c);
  else
    return _mm512_fmadd_pd(a, b, c);
#else
  return xsimd::fma(a, b, c);
#endif
}

/// has_halves is whether half of a vector is a register of its own. Where units of 256 bits work in pairs, as
/// for AVX-512 on Zen 4, it costs half of a whole one.
inline constexpr bool has_halves =
#if defined(__AVX512VL__)
    true;
#else
    false;
#endif

/// A half_vec is such a half, for matrices of few columns. It knows what a tile of sums needs.
template <class T>
struct half_vec;
/// load_half is the first `count` elements at `p`, zeros behind them; nothing past them is read.
template <class T>
half_vec<T> load_half(const T* p, std::size_t count);

#if defined(__AVX512VL__)
template <class T>
struct half_vec {
  using register_type = typename xsimd::batch<T, xsimd::avx2>::register_type;
  register_type value;

  half_vec() = default;
  half_vec(register_type r) : value(r) {}
  explicit half_vec(T number) {
    if constexpr (std::is_same_v<T, float>)
      value = _mm256_set1_ps(number);
    else
      value = _mm256_set1_pd(number);
  }
  friend half_vec operator+(half_vec a, half_vec b) { return a.value + b.value; }

  /// whole is a vector that begins with this half.
  vec<T> whole() const {
    if constexpr (std::is_same_v<T, float>)
      return _mm512_castps256_ps512(value);
    else
      return _mm512_castpd256_pd512(value);
  }
  /// first_of is the first half of a vector, by a shuffle as in reduce_add: g++ 12 warns of a cast.
  static half_vec first_of(vec<T> v) {
    const typename vec<T>::register_type all = v;
    if constexpr (std::is_same_v<T, float>)
      return __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7);
    else
      return __builtin_shufflevector(all, all, 0, 1, 2, 3);
  }
};

template <class T>
inline half_vec<T> load_half(const T* p, std::size_t count) {
  const auto mask = static_cast<__mmask8>((1u << count) - 1u);
  if constexpr (std::is_same_v<T, float>)
    return _mm256_maskz_loadu_ps(mask, p);
  else
    return _mm256_maskz_loadu_pd(mask, p);
}
template <class T>
inline void store_first(T* p, half_vec<T> v, std::size_t count) {
  const auto mask = static_cast<__mmask8>((1u << count) - 1u);
  if constexpr (std::is_same_v<T, float>)
    _mm256_mask_storeu_ps(p, mask, v.value);
  else
    _mm256_mask_storeu_pd(p, mask, v.value);
}
template <class T>
inline half_vec<T> fma(half_vec<T> a, half_vec<T> b, half_vec<T> c) {
  if constexpr (std::is_same_v<T, float>)
    return _mm256_fmadd_ps(a.value, b.value, c.value);
  else
    return _mm256_fmadd_pd(a.value, b.value, c.value);
}
template <class T>
[[gnu::always_inline]] inline half_vec<T> in_register(half_vec<T> v) {
  asm("" : "+v"(v.value));
  return v;
}
#endif

/// at_bounded is f(v), where f is constant or infinite beyond ±1000 and turns its lanes into integers
/// on the way, as xsimd's functions do: for a double that is too large for one, or NaN, that is
/// undefined.
template <class T, class F>
inline vec<T> at_bounded(vec<T> v, F f) {
  if constexpr (std::is_same_v<T, float>)
    return f(v); // by an instruction that is defined for all
  else
    return xsimd::select(v == v, f(xsimd::min(xsimd::max(v, vec<T>(-1000)), vec<T>(1000))), v);
}

/// exp is e^v.
template <class T>
inline vec<T> exp(vec<T> v) {
  return at_bounded<T>(v, [](vec<T> x) { return xsimd::exp(x); });
}
/// tanh is the hyperbolic tangent.
template <class T>
inline vec<T> tanh(vec<T> v) {
  return at_bounded<T>(v, [](vec<T> x) { return xsimd::tanh(x); });
}

/// expm1 is e^v - 1, with its digits where v is close to zero.
template <class T>
inline vec<T> expm1(vec<T> v) {
  return at_bounded<T>(v, [](vec<T> x) { return xsimd::expm1(x); });
}
/// log1p_of_unit is log(1 + v) for v in [0, 1], with its digits where v is close to zero.
template <class T>
inline vec<T> log1p_of_unit(vec<T> v) {
  return at_bounded<T>(v, [](vec<T> x) { return xsimd::log1p(x); });
}

/// sqrt is the square root, correctly rounded.
template <class T>
inline vec<T> sqrt(vec<T> v) {
  return xsimd::sqrt(v);
}

#if defined(__AVX2__)
/// sum_of_halves is reduce_add of half a vector of AVX-512, or of a vector of AVX2.
inline float sum_of_halves(__m256 v) {
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
inline double sum_of_halves(__m256d v) {
  const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
  return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}
#endif

/// reduce_add is the sum of the lanes, halves onto halves. (xsimd's hadd makes g++ 12 warn falsely on
/// AVX-512, and adds neighbours.)
template <class T>
inline T reduce_add(vec<T> v) {
#if defined(__AVX512F__)
  // Halves by shuffles, for g++ 12 warns of _mm512_extractf64x4_pd, also where it casts to 256 bits.
  if constexpr (std::is_same_v<T, float>) {
    const __m512 all = v;
    return sum_of_halves(
        _mm256_add_ps(__builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7),
                      __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15)));
  } else {
    const __m512d all = v;
    return sum_of_halves(_mm256_add_pd(__builtin_shufflevector(all, all, 0, 1, 2, 3),
                                       __builtin_shufflevector(all, all, 4, 5, 6, 7)));
  }
#elif defined(__AVX2__)
  return sum_of_halves(v);
#else
  alignas(64) T lane[lanes<T>];
  v.store_aligned(lane);
  for (std::size_t half = lanes<T> / 2; half > 0; half /= 2)
    for (std::size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  return lane[0];
#endif
}

/// reduce_max is the largest lane.
template <class T>
inline T reduce_max(vec<T> v) {
  alignas(64) T lane[lanes<T>];
  v.store_aligned(lane);
  T largest = lane[0];
  for (std::size_t i = 1; i < lanes<T>; ++i) largest = lane[i] > largest ? lane[i] : largest;
  return largest;
}

/// unroll calls f(0), f(1), … f(N-1) with the index as a constant, so that arrays of accumulators
/// indexed by it stay in registers.
template <std::size_t N, class F>
[[gnu::always_inline]] inline void unroll(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<N>{});
}

/// for_each_vector calls f(offset, count) over [0, size) in steps of one vector; only the last count
/// may be less than lanes<T>.
template <class T, class F>
inline void for_each_vector(std::size_t size, F&& f) {
  std::size_t i = 0;
  for (; i + lanes<T> <= size; i += lanes<T>) f(i, lanes<T>);
  if (i < size) f(i, size - i);
}

/// copy copies `size` elements, which do not overlap. (A loop of its own: at -O1 for AVX-512 g++ 12 took
/// eight std::copy_n of a few elements for nothing.)
template <class T>
inline void copy(const T* from, std::size_t size, T* to) {
  for_each_vector<T>(size, [=](std::size_t i, std::size_t part) {
    store_first(to + i, load_first(from + i, part), part);
  });
}

} // namespace ctnn::simd::inline CTNN_INSTRUCTION_SET
