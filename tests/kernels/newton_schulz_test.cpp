// Newton and Schulz's iteration against the plain one, and what it is for.

#include "support/catch.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/newton_schulz.hpp>
#include <ctnn/kernels/reference/newton_schulz.hpp>

using namespace ctnn;
using namespace ctnn::kernels;

namespace {

template <class T>
test::ExactBuffer<T> run(std::size_t rows, std::size_t columns, const std::vector<T>& start,
                         std::size_t steps) {
  test::ExactBuffer<T> matrix(start, 1);
  test::ExactBuffer<T> scratch(newton_schulz<T>::scratch_size(rows, columns), 1);
  newton_schulz<T>::run(rows, columns, matrix.data(), steps, scratch.data());
  REQUIRE(matrix.start_untouched());
  REQUIRE(scratch.start_untouched());
  return matrix;
}

} // namespace

TEMPLATE_TEST_CASE("newton_schulz: is the plain iteration, whichever way the matrix lies", "",
                   float, double) {
  using T = TestType;
  // Less than a vector and more, a panel and more, more than the 256 rows that stay in cache.
  constexpr std::pair<std::size_t, std::size_t> sizes[]{
      {1, 1}, {1, 9}, {16, 9}, {9, 16}, {17, 5}, {32, 32}, {33, 70}, {70, 33}, {6, 300}, {530, 7}};
  for (const auto& [rows, columns] : sizes)
    for (const std::size_t steps : {0u, 1u, 5u}) {
      INFO(rows << " x " << columns << ", steps: " << steps);
      const auto start = test::random_values<T>(rows * columns, 3);
      std::vector<double> expected(start.begin(), start.end());
      reference::newton_schulz(rows, columns, expected.data(), steps);
      CHECK(test::error(run(rows, columns, start, steps), expected, 1) <
            (sizeof(T) == 4 ? 1e-5 : 1e-13));
    }
}

TEST_CASE("newton_schulz: the rows become nearly orthogonal and of length 1") {
  constexpr std::size_t rows = 20, columns = 100;
  const auto x = run(rows, columns, test::random_values<float>(rows * columns, 5, 1e-6), 5);
  for (std::size_t a = 0; a < rows; ++a)
    for (std::size_t b = 0; b < rows; ++b) {
      double dot = 0;
      for (std::size_t i = 0; i < columns; ++i)
        dot += double(x[a * columns + i]) * double(x[b * columns + i]);
      CHECK(std::abs(dot - (a == b)) < 0.5); // singular values of 0.7 to 1.2
    }
}

TEST_CASE("newton_schulz: nothing stays nothing") {
  const auto x = run<float>(4, 7, std::vector<float>(28, 0), 5);
  CHECK(x.values() == std::vector<float>(28, 0));
}
