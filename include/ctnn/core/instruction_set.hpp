#pragma once
/// @file
/// For which instruction set a unit is compiled. Kernels, plans and networks are other code and of
/// other sizes for each, so their names differ too: they stand in an inline namespace called
/// CTNN_INSTRUCTION_SET. Units that are compiled with different -march can then be linked into one
/// program; without it the linker would keep one unit's functions for all.

/// @cond
#if defined(__AVX512F__)
#define CTNN_INSTRUCTION_SET avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define CTNN_INSTRUCTION_SET avx2
#elif defined(__AVX2__)
#define CTNN_INSTRUCTION_SET avx2_without_fma
#elif defined(__AVX__)
#define CTNN_INSTRUCTION_SET avx
#elif defined(__SSE4_2__)
#define CTNN_INSTRUCTION_SET sse4_2
#elif defined(__SSE2__)
#define CTNN_INSTRUCTION_SET sse2
#elif defined(__aarch64__)
#define CTNN_INSTRUCTION_SET neon
#else
#define CTNN_INSTRUCTION_SET generic
#endif
/// @endcond
