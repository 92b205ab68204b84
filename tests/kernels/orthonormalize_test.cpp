// Vectors made orthogonal, against the plain process, and the quantiles of normal numbers.

#include "support/catch.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/orthonormalize.hpp>

using namespace ctnn;
using namespace ctnn::kernels;

namespace {

/// Gram-Schmidt as it is taught.
std::vector<long double> gram_schmidt(std::size_t count, std::size_t length,
                                      const std::vector<double>& vectors) {
  std::vector<long double> result(vectors.begin(), vectors.end());
  const auto at = [&](std::size_t v, std::size_t i) -> long double& {
    return result[v * length + i];
  };
  const auto dot = [&](std::size_t a, std::size_t b) {
    long double sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += at(a, i) * at(b, i);
    return sum;
  };
  for (std::size_t v = 0; v < count; ++v) {
    for (std::size_t before = 0; before < v; ++before) {
      const long double share = dot(before, v);
      for (std::size_t i = 0; i < length; ++i) at(v, i) -= share * at(before, i);
    }
    const long double norm = std::sqrt(dot(v, v));
    for (std::size_t i = 0; i < length; ++i) at(v, i) /= norm;
  }
  return result;
}

} // namespace

TEST_CASE("orthonormalize: the vectors are those of the plain process") {
  for (const std::size_t count : {0u, 1u, 2u, 8u, 31u, 32u, 33u, 70u})
    for (const std::size_t length : {72u, 80u}) {
      const auto start = test::random_values<double>(count * length, 3);
      test::ExactBuffer<double> vectors(start, 1);
      orthonormalize::run(count, length, vectors.data());
      CHECK(test::error(vectors, gram_schmidt(count, length, start), 1) < 1e-12);
      CHECK(vectors.start_untouched());
    }
}

TEST_CASE("orthonormalize: as many vectors as dimensions") {
  constexpr std::size_t n = 64;
  test::ExactBuffer<double> vectors(test::random_values<double>(n * n, 4));
  orthonormalize::run(n, n, vectors.data());
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < n; ++i) product += vectors[a * n + i] * vectors[b * n + i];
      REQUIRE(std::abs(product - (a == b ? 1 : 0)) < 1e-12);
    }
}
