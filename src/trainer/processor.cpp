// Compiled for any x86-64, unlike the rest: what it finds must come before the first instruction that
// this processor lacks. Static objects of CLI11 and iostreams are made before main, hence a constructor
// of the first priority; and no function template of the standard library, whose code the linker might
// take from a unit compiled for more.

#include "processor.hpp"

#include <cstddef>

#include <unistd.h>

#if defined(__x86_64__)

namespace trainer {
namespace {

bool same(const char* a, const char* b) {
  for (; *a != '\0' && *a == *b; ++a) ++b;
  return *a == *b;
}

/// Whether the processor has what `need` names; the compiler wants each name as a literal.
bool has(const char* need) {
  const struct {
    const char* name;
    bool has;
  } sets[] = {
      {"sse3", __builtin_cpu_supports("sse3") != 0},
      {"ssse3", __builtin_cpu_supports("ssse3") != 0},
      {"sse4.1", __builtin_cpu_supports("sse4.1") != 0},
      {"sse4.2", __builtin_cpu_supports("sse4.2") != 0},
      {"popcnt", __builtin_cpu_supports("popcnt") != 0},
      {"avx", __builtin_cpu_supports("avx") != 0},
      {"avx2", __builtin_cpu_supports("avx2") != 0},
      {"fma", __builtin_cpu_supports("fma") != 0},
      {"bmi", __builtin_cpu_supports("bmi") != 0},
      {"bmi2", __builtin_cpu_supports("bmi2") != 0},
      {"avx512f", __builtin_cpu_supports("avx512f") != 0},
      {"avx512bw", __builtin_cpu_supports("avx512bw") != 0},
      {"avx512cd", __builtin_cpu_supports("avx512cd") != 0},
      {"avx512dq", __builtin_cpu_supports("avx512dq") != 0},
      {"avx512vl", __builtin_cpu_supports("avx512vl") != 0},
      {"avx512ifma", __builtin_cpu_supports("avx512ifma") != 0},
      {"avx512vbmi", __builtin_cpu_supports("avx512vbmi") != 0},
      {"avx512vbmi2", __builtin_cpu_supports("avx512vbmi2") != 0},
      {"avx512vnni", __builtin_cpu_supports("avx512vnni") != 0},
      {"avx512bitalg", __builtin_cpu_supports("avx512bitalg") != 0},
      {"avx512vpopcntdq", __builtin_cpu_supports("avx512vpopcntdq") != 0},
      {"gfni", __builtin_cpu_supports("gfni") != 0},
  };
  for (const auto& set : sets)
    if (same(set.name, need)) return set.has;
  return false;
}

void print(const char* text) {
  const char* end = text;
  while (*end != '\0') ++end;
  // Nobody is left to tell if this fails.
  if (write(STDERR_FILENO, text, static_cast<std::size_t>(end - text)) < 0) return;
}

[[gnu::constructor(101)]] void require_processor() {
  __builtin_cpu_init();
  const char* separator = CTNN_PROGRAM ": error: this processor lacks ";
  for (const char* const* need = processor_needs; *need != nullptr; ++need)
    if (!has(*need)) {
      print(separator);
      print(*need);
      separator = ", ";
    }
  if (same(separator, ", ")) {
    print(", for which the program was built; build it with a smaller CTNN_ARCH, such as "
          "x86-64-v2\n");
    _exit(8); // ExitCode::wrong_processor
  }
}

} // namespace
} // namespace trainer

#endif
