// What parameters start as, against torch.nn.init's moments and limits.
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <ctnn/infer.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

/// Numbers that start as `initial` says, in tensors of this shape, a million or so.
template <class T>
std::vector<T> drawn(const Shape& shape, const detail::Initial& initial,
                     std::size_t at_least = 1'000'000) {
  std::vector<T> all;
  for (std::uint32_t stream = 0; all.size() < at_least; ++stream) {
    std::vector<T> tensor(shape.size());
    detail::initialize(std::span<T>(tensor), shape, initial, kernels::RandomKey{5, stream});
    all.insert(all.end(), tensor.begin(), tensor.end());
  }
  return all;
}

Shape shape_of(const nlohmann::json& list) {
  Shape shape;
  for (const auto& extent : list) shape.extent[shape.rank++] = extent;
  return shape;
}

template <class T>
void has_pytorchs_moments(const std::string& name, const detail::Initial& initial) {
  static const auto file = test::reference("init.json");
  const auto& stated = file["cases"][name];
  INFO(name);
  const auto values = drawn<T>(shape_of(stated["shape"]), initial);
  const auto n = static_cast<double>(values.size());
  const double mean = stated["mean"], deviation = stated["std"];
  double sum = 0, squares = 0, lowest = 1e9, highest = -1e9;
  for (const T value : values) {
    const auto v = static_cast<double>(value);
    sum += v;
    squares += (v - mean) * (v - mean);
    lowest = std::min(lowest, v);
    highest = std::max(highest, v);
  }
  CHECK(std::abs(sum / n - mean) < 5 * deviation / std::sqrt(n));
  CHECK(std::sqrt(squares / n) == Approx(deviation).epsilon(5 / std::sqrt(n)));
  if (stated["low"].is_null()) {
    CHECK(highest - mean > 4 * deviation); // a million normal numbers come to 4.9
    CHECK(mean - lowest > 4 * deviation);
    CHECK(highest - mean < 6.5 * deviation);
  } else {
    const double low = stated["low"], high = stated["high"];
    const double rounding = std::numeric_limits<T>::epsilon() * std::max(-low, high);
    CHECK(lowest >= low - rounding);
    CHECK(highest <= high + rounding);
  }
}

/// The largest difference from `gain`² · identity of the products of the rows, or of the columns if
/// they are fewer.
template <class T>
double from_orthogonal(const std::vector<T>& weight, std::size_t rows, double gain) {
  const std::size_t columns = weight.size() / rows;
  const bool by_rows = rows <= columns;
  const std::size_t count = std::min(rows, columns), length = std::max(rows, columns);
  const auto element = [&](std::size_t vector, std::size_t i) {
    return static_cast<double>(by_rows ? weight[vector * columns + i]
                                       : weight[i * columns + vector]);
  };
  double largest = 0;
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < length; ++i) product += element(a, i) * element(b, i);
      largest = std::max(largest, std::abs(product - (a == b ? gain * gain : 0)));
    }
  return largest;
}

} // namespace

TEMPLATE_TEST_CASE("a start has the moments and limits of torch.nn.init's", "", float, double) {
  using T = TestType;
  using namespace init;
  has_pytorchs_moments<T>("kaiming_uniform_fan_in", kaiming_uniform());
  has_pytorchs_moments<T>("kaiming_uniform_fan_out", kaiming_uniform(fan_out));
  has_pytorchs_moments<T>("kaiming_normal_fan_in", kaiming_normal(fan_in, init::relu));
  has_pytorchs_moments<T>("kaiming_normal_fan_out", kaiming_normal(fan_out));
  has_pytorchs_moments<T>("kaiming_normal_linear", kaiming_normal(linear));
  has_pytorchs_moments<T>("kaiming_normal_sigmoid", kaiming_normal(init::sigmoid));
  has_pytorchs_moments<T>("kaiming_normal_tanh", kaiming_normal(init::tanh));
  has_pytorchs_moments<T>("kaiming_normal_selu", kaiming_normal(selu));
  has_pytorchs_moments<T>("kaiming_normal_leaky_relu", kaiming_normal(init::leaky_relu(0.2)));
  has_pytorchs_moments<T>("xavier_uniform", xavier_uniform());
  has_pytorchs_moments<T>("xavier_uniform_tanh", xavier_uniform(init::tanh));
  has_pytorchs_moments<T>("xavier_normal", xavier_normal());
  has_pytorchs_moments<T>("xavier_normal_tanh", xavier_normal(5. / 3));
  has_pytorchs_moments<T>("uniform", uniform(-1, 3));
  has_pytorchs_moments<T>("normal", normal(0.5, 0.02));
  has_pytorchs_moments<T>("trunc_normal", trunc_normal());
  has_pytorchs_moments<T>("trunc_normal_wide", trunc_normal(0, 0.02));
  has_pytorchs_moments<T>("trunc_normal_narrow", trunc_normal(1, 2, -0.5, 1.5));
  has_pytorchs_moments<T>("trunc_normal_above", trunc_normal(0, 1, 2.5, 4));
  has_pytorchs_moments<T>("trunc_normal_below", trunc_normal(0, 1, -4, -2.5));
}

TEST_CASE("normal numbers are normal") {
  const auto values = drawn<double>({1000}, init::normal());
  const auto n = static_cast<double>(values.size());
  const auto share_below = [&](double x) {
    return static_cast<double>(std::ranges::count_if(values, [=](double v) { return v < x; })) / n;
  };
  for (const double x : {-3., -2., -1., -0.3, 0., 0.7, 1.5, 2.5}) {
    const double p = std::erfc(-x / std::sqrt(2.)) / 2;
    CHECK(std::abs(share_below(x) - p) < 5 * std::sqrt(p * (1 - p) / n));
  }
  double lag = 0; // neighbours have nothing to do with each other
  for (std::size_t i = 1; i < values.size(); ++i) lag += values[i] * values[i - 1];
  CHECK(std::abs(lag / n) < 5 / std::sqrt(n));
}

TEST_CASE("a truncated normal keeps its shape, far out too") {
  // Between 8 and 9 deviations it is the tail of a normal: P(x > 8.1) is known.
  const auto values = drawn<double>({1000}, init::trunc_normal(0, 1, 8, 9), 100'000);
  const auto beyond = [](double x) { return std::erfc(x / std::sqrt(2.)) / 2; };
  const double p = (beyond(8.1) - beyond(9)) / (beyond(8) - beyond(9));
  const auto n = static_cast<double>(values.size());
  const auto above =
      static_cast<double>(std::ranges::count_if(values, [](double v) { return v > 8.1; }));
  CHECK(std::abs(above / n - p) < 5 * std::sqrt(p * (1 - p) / n));
  // Where no probability is left, it stays within its limits.
  for (const double v : drawn<double>({100}, init::trunc_normal(0, 1, 50, 51), 100)) {
    CHECK(v >= 50);
    CHECK(v <= 51);
  }
}

TEMPLATE_TEST_CASE("an orthogonal start is orthogonal", "", float, double) {
  using T = TestType;
  const double limit = sizeof(T) == 4 ? 3e-7 : 1e-12;
  for (const Shape& shape : {Shape{7, 20}, Shape{20, 7}, Shape{16, 16}, Shape{100, 100},
                             Shape{8, 3, 3, 3}, Shape{40, 2, 3, 3}, Shape{1, 5}, Shape{5, 1}}) {
    std::vector<T> weight(shape.size());
    detail::initialize(std::span<T>(weight), shape, init::orthogonal(), kernels::RandomKey{1, 2});
    CHECK(from_orthogonal(weight, shape[0], 1) < limit);
    detail::initialize(std::span<T>(weight), shape, init::orthogonal(3), kernels::RandomKey{1, 2});
    CHECK(from_orthogonal(weight, shape[0], 3) < 9 * limit);
  }
}

TEST_CASE("an orthogonal start favours no direction") {
  // Of a random orthogonal 4 x 4 matrix each element has mean 0 and deviation 1/2.
  const auto values = drawn<double>({4, 4}, init::orthogonal(), 160'000);
  const double n = static_cast<double>(values.size()) / 16;
  for (std::size_t e = 0; e < 16; ++e) {
    double sum = 0, squares = 0;
    for (std::size_t i = e; i < values.size(); i += 16) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    CHECK(std::abs(sum / n) < 5 * 0.5 / std::sqrt(n));
    CHECK(squares / n == Approx(0.25).epsilon(0.05));
  }
}

TEST_CASE("a layer's parameters start as its options say, the others as before") {
  using Default = Sequential<Input<2, 5, 5>, Conv2d<4, 3>, Flatten, Linear<3>>;
  using Net = Sequential<Input<2, 5, 5>, Conv2d<4, 3, bias_init(init::zeros())>, Flatten,
                         Linear<3, weight_init(init::normal(0, 0.01)), bias_init(constant(0.5))>>;
  const Network<Default> plain(3);
  const Network<Net> net(3);
  CHECK(std::ranges::equal(net.tensor(0), plain.tensor(0)));
  CHECK(std::ranges::all_of(net.tensor(1), [](float v) { return v == 0.f; }));
  CHECK(!std::ranges::equal(net.tensor(2), plain.tensor(2)));
  CHECK(std::ranges::all_of(net.tensor(3), [](float v) { return v == 0.5f; }));
}

TEST_CASE("a number is a function of seed, parameter and index alone") {
  using Small = Sequential<Input<7>, Linear<3, weight_init(init::normal(0, 0.1))>>;
  using Large = Sequential<Input<7>, Linear<5, weight_init(init::normal(0, 0.1))>>;
  const Network<Small> small(1);
  const Network<Large> large(1), other(2);
  CHECK(std::ranges::equal(small.tensor(0), large.tensor(0).first(21)));
  CHECK(!std::ranges::equal(large.tensor(0), other.tensor(0)));
  const Network<Small, double> in_double(1);
  for (std::size_t i = 0; i < 21; ++i)
    CHECK(small.tensor(0)[i] == static_cast<float>(in_double.tensor(0)[i]));
}
