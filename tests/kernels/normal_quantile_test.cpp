// Quantiles of normal numbers against mpmath's, to the digits that a double has.

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>

#include <ctnn/kernels/normal_quantile.hpp>

using namespace ctnn::kernels;

TEST_CASE("normal_quantile: known values from tail to tail") {
  const struct {
    double p, z;
  } known[]{{0x1p-54, -8.2923610758135955},   {1e-300, -37.047096299361199},
            {1e-20, -9.2623400897984076},     {1e-10, -6.3613409024040562},
            {1e-4, -3.7190164854556806},      {0.01, -2.3263478740408411},
            {0.07, -1.4757910281791707},      {0.075, -1.4395314709384559},
            {0.1, -1.2815515655446004},       {0.3, -0.52440051270804082},
            {0.499, -0.0025066308995717662},  {0.5, 0},
            {0.6, 0.25334710313579974},       {0.925, 1.4395314709384562},
            {0.93, 1.4757910281791711},       {0.999, 3.0902323061678133},
            {1 - 0x1p-53, 8.2095361516013869}};
  for (const auto& [p, z] : known) CHECK(std::abs(normal_quantile(p) - z) <= 1e-15 * std::abs(z));
}

TEST_CASE("normal01: the ends and the middle of its bits, and its sign") {
  constexpr std::uint32_t all = 0xffff'ffff;
  CHECK(normal01(0, 0) == normal_quantile(0x1p-54));
  CHECK(normal01(0, 1) == -normal_quantile(0x1p-54));
  CHECK(std::abs(normal01(all, all - 1)) < 1e-15);
  CHECK(normal01(0x8000'0000, 0) < 0);
  CHECK(normal01(0x8000'0000, 0) == -normal01(0x8000'0000, 1));
}

TEST_CASE("truncated_normal: goes from one limit to the other and not beyond") {
  for (const double a : {-40., -3., -0.5, 0.25, 5., 40.}) {
    const double b = a + 0.75;
    double last = truncated_normal(0, 0.1, 0.9, a, b);
    // Counted from the end that is further out, which lies at u = 0.
    const bool falls = a > 0.1;
    CHECK(std::abs(last - (falls ? b : a)) < (std::abs(a) < 10 ? 1e-9 : 1));
    for (double u = 0.01; u < 1; u += 0.01) {
      const double next = truncated_normal(u, 0.1, 0.9, a, b);
      CHECK((falls ? next <= last : next >= last));
      CHECK((a <= next && next <= b));
      last = next;
    }
  }
}
