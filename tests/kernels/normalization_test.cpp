// Normalisation against its plain formula in double.

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/normalization.hpp>
#include <ctnn/kernels/reference/normalization.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

constexpr NormalizationGeometry plain(NormalizationGeometry g) {
  g.weight = g.bias = false;
  return g;
}
constexpr NormalizationGeometry pixelwise(std::size_t channels, std::size_t pixels) {
  return {channels, pixels, 0, true, true, true};
}
constexpr NormalizationGeometry grouped(std::size_t channels, std::size_t pixels,
                                        std::size_t groups) {
  return {channels, pixels, groups, true, true, true};
}
constexpr NormalizationGeometry rms(std::size_t channels, std::size_t pixels) {
  return {channels, pixels, 0, false, true, false};
}

template <class T, NormalizationGeometry G>
void check_all() {
  using Kernel = normalization<T, G>;
  const double eps = 0.5; // less of it makes more of how x and its mean are rounded
  constexpr std::size_t size = G.size(), channels = G.channels;
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 2; ++offset) {
      auto numbers = test::random_values<T>(n * size, 3, 2);
      for (T& number : numbers) number += 1;
      const ExactBuffer<T> x(numbers, offset);
      const ExactBuffer<T> dy(test::random_values<T>(n * size, 5), offset);
      const ExactBuffer<T> weights(test::random_values<T>(channels, 7), offset);
      const ExactBuffer<T> biases(test::random_values<T>(channels, 8), offset);
      const T* const weight = G.weight ? weights.data() : nullptr;
      const T* const bias = G.bias ? biases.data() : nullptr;
      ExactBuffer<T> y(n * size, offset), dx(n * size, offset), tape(n * G.tape_size(), offset);
      // Gradients are added to what is there.
      ExactBuffer<T> dweight(std::vector<T>(channels, T(2)), offset);
      ExactBuffer<T> dbias(std::vector<T>(channels, T(3)), offset);
      Kernel::forward(n, eps, x.data(), weight, bias, y.data(), tape.data());
      Kernel::backward(n, x.data(), weight, tape.data(), dy.data(), dx.data(),
                       G.weight ? dweight.data() : nullptr, G.bias ? dbias.data() : nullptr);

      std::vector<double> expected_y(n * size), expected_dx(n * size);
      std::vector<double> expected_dweight(channels, 2), expected_dbias(channels, 3);
      for (std::size_t i = 0; i < n; ++i) {
        reference::normalization_forward(G, eps, x.data() + i * size, weight, bias,
                                         expected_y.data() + i * size);
        reference::normalization_backward(G, eps, x.data() + i * size, weight, dy.data() + i * size,
                                          expected_dx.data() + i * size,
                                          G.weight ? expected_dweight.data() : nullptr,
                                          G.bias ? expected_dbias.data() : nullptr);
      }
      const double limit = 20 * std::numeric_limits<T>::epsilon();
      INFO(channels << " channels, " << G.pixels << " pixels, " << G.groups << " groups");
      REQUIRE(test::error(y, expected_y, 1) <= limit);
      REQUIRE(test::error(dx, expected_dx, 1) <= limit);
      REQUIRE(test::error(dweight, expected_dweight) <= limit);
      REQUIRE(test::error(dbias, expected_dbias) <= limit);
      REQUIRE((y.start_untouched() && dx.start_untouched() && tape.start_untouched()));

      // Without a tape, in place, and a sample by itself: the same bits.
      ExactBuffer<T> in_place = x;
      Kernel::forward(n, eps, in_place.data(), weight, bias, in_place.data(), nullptr);
      REQUIRE(test::same(in_place, y));
      in_place = dy;
      ExactBuffer<T> ignored(channels);
      Kernel::backward(n, x.data(), weight, tape.data(), in_place.data(), in_place.data(),
                       G.weight ? ignored.data() : nullptr, G.bias ? ignored.data() : nullptr);
      REQUIRE(test::same(in_place, dx));
      for (std::size_t i = 0; i < n; ++i) {
        ExactBuffer<T> alone(size);
        Kernel::forward(1, eps, x.data() + i * size, weight, bias, alone.data(), nullptr);
        REQUIRE(std::equal(alone.data(), alone.data() + size, y.data() + i * size));
      }
    }
}

template <class T, std::size_t... C>
void check_channels(std::index_sequence<C...>) {
  (check_all<T, pixelwise(C, 5)>(), ...);
  (check_all<T, rms(C, 3)>(), ...);
  (check_all<T, grouped(C, 7, C)>(), ...);
}

} // namespace

TEMPLATE_TEST_CASE("normalization: channel counts around the vector width", "", float, double) {
  constexpr std::size_t lanes = simd::lanes<TestType>;
  check_channels<TestType>(std::index_sequence<1, 3, lanes - 1, lanes, lanes + 1, 6 * lanes + 1>{});
}

TEST_CASE("normalization: groups in a vector, of vectors, and across them") {
  using T = float; // in double it is the same code with half of the lanes, which AVX2 has in float
  check_all<T, grouped(6, 5, 2)>();
  check_all<T, grouped(6, 131, 3)>(); // several vectors to a row, more than one sum in double
  check_all<T, grouped(64, 9, 32)>();
  check_all<T, grouped(64, 67, 2)>();
  check_all<T, grouped(80, 3, 5)>();
  check_all<T, grouped(63, 4, 7)>(); // the last vector of a pixel is not full
  check_all<T, grouped(24, 1, 4)>();
  check_all<T, grouped(5, 2, 1)>();
  check_all<T, plain(grouped(6, 5, 2))>();
  check_all<T, plain(pixelwise(20, 3))>();
  check_all<T, plain(pixelwise(3, 20))>();
  check_all<T, plain(rms(20, 3))>();
  check_all<T, NormalizationGeometry{20, 3, 0, true, true, false}>();
  check_all<T, NormalizationGeometry{3, 20, 0, true, true, false}>();
  check_all<T, pixelwise(40, 70)>(); // more than one sum in double for the gradients
}

TEST_CASE("normalization: a large set keeps the digits of its statistics") {
  const auto statistics_are_right = [](auto geometry) {
    constexpr NormalizationGeometry g = decltype(geometry)::value;
    auto x = test::random_values<float>(g.size(), 1);
    for (float& value : x) value += 10;
    std::vector<float> y(g.size()), tape(g.tape_size());
    normalization<float, g>::forward(1, 1e-5, x.data(), nullptr, nullptr, y.data(), tape.data());
    const auto sets = reference::normalization_sets(g, x.data());
    for (std::size_t s = 0; s < g.sets(); ++s) {
      CHECK(static_cast<double>(tape[2 * s]) ==
            Approx(static_cast<double>(sets[s].mean)).epsilon(1e-7));
      CHECK(static_cast<double>(tape[2 * s + 1]) ==
            Approx(1 / std::sqrt(static_cast<double>(sets[s].variance) + 1e-5)).epsilon(5e-7));
    }
  };
  using Image = std::integral_constant<NormalizationGeometry, plain(grouped(3, 224 * 224, 1))>;
  using Vector = std::integral_constant<NormalizationGeometry, plain(pixelwise(200'003, 1))>;
  statistics_are_right(Image{});
  statistics_are_right(Vector{});
}

TEMPLATE_TEST_CASE("normalization: NaN spoils its own set only", "", float, double) {
  using T = TestType;
  const auto spoilt = [](auto geometry, std::size_t place) {
    constexpr NormalizationGeometry g = decltype(geometry)::value;
    auto x = test::random_values<T>(2 * g.size(), 1), y = x, clean = x;
    std::vector<T> tape(2 * g.tape_size()), dx(x.size()), dy = test::random_values<T>(x.size(), 2);
    normalization<T, g>::forward(2, 0.01, x.data(), nullptr, nullptr, clean.data(), nullptr);
    x[place] = std::numeric_limits<T>::quiet_NaN();
    normalization<T, g>::forward(2, 0.01, x.data(), nullptr, nullptr, y.data(), tape.data());
    normalization<T, g>::backward(2, x.data(), nullptr, tape.data(), dy.data(), dx.data(), nullptr,
                                  nullptr);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const bool own = i / g.size() == place / g.size() &&
                       reference::set_of(g, i % g.size()) == reference::set_of(g, place % g.size());
      REQUIRE(std::isnan(y[i]) == own);
      REQUIRE(std::isnan(dx[i]) == own);
      REQUIRE((own || y[i] == clean[i]));
    }
  };
  using Pixels = std::integral_constant<NormalizationGeometry, plain(pixelwise(19, 5))>;
  using Narrow = std::integral_constant<NormalizationGeometry, plain(pixelwise(3, 37))>;
  using Groups = std::integral_constant<NormalizationGeometry, plain(grouped(12, 35, 4))>;
  spoilt(Pixels{}, 40);
  spoilt(Narrow{}, 40);
  spoilt(Groups{}, 40);
}

TEMPLATE_TEST_CASE("normalization: equal elements become the bias", "", float, double) {
  using T = TestType;
  constexpr NormalizationGeometry g = grouped(4, 9, 2);
  const std::vector<T> x(g.size(), T(0.7)), weight(4, T(2)), bias{1, 2, 3, 4};
  std::vector<T> y(g.size());
  normalization<T, g>::forward(1, 0.01, x.data(), weight.data(), bias.data(), y.data(), nullptr);
  for (std::size_t i = 0; i < y.size(); ++i)
    CHECK(std::abs(y[i] - bias[i % 4]) <= 40 * std::numeric_limits<T>::epsilon());
}
