// Batch normalisation by the statistics of the batch against its formula in double: three shards, cut
// into chunks in every way, in buffers of exact size full of NaN.
#include <cstddef>
#include <span>
#include <vector>

#include <ctnn/kernels/batch_statistics.hpp>
#include <ctnn/kernels/reference/batch_statistics.hpp>

#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;
using test::ExactBuffer;

namespace {

constexpr double epsilon = 1e-3;

/// What a kernel makes of a batch that is cut into chunks of some samples, in shards of 5, 7 and 4.
template <class T, std::size_t Channels, std::size_t Pixels, class F>
struct Result {
  using kernel =
      kernels::batch_statistics<T, Channels, Pixels, true, epsilon, kernels::epilogue<1, F>>;
  static constexpr std::size_t sample = Pixels * Channels, samples = 16;
  static constexpr std::size_t begin[]{0, 5, 12, samples};

  ExactBuffer<T> y{samples * sample}, dx{samples * sample}, dweight{Channels}, dbias{Channels};
  ExactBuffer<T> running_mean{std::vector<T>(Channels, T(3))},
      running_var{std::vector<T>(Channels, T(2))};

  Result(const std::vector<T>& x, const std::vector<T>& dy, const std::vector<T>& weight,
         const std::vector<T>& bias, std::size_t chunk) {
    ExactBuffer<T> derived(kernel::derived_size);
    std::vector<ExactBuffer<double>> sums(
        3, ExactBuffer<double>(std::vector<double>(kernel::sums_size)));
    const auto each_chunk = [&](auto&& f) {
      for (std::size_t shard = 0; shard < 3; ++shard)
        for (std::size_t i = begin[shard]; i < begin[shard + 1]; i += chunk) {
          const std::size_t n = std::min(chunk, begin[shard + 1] - i);
          const ExactBuffer<T> own(std::vector<T>(&x[i * sample], &x[i * sample] + n * sample), 1);
          const ExactBuffer<T> own_dy(std::vector<T>(&dy[i * sample], &dy[i * sample] + n * sample),
                                      1);
          f(shard, i, n, own.data(), own_dy.data());
        }
    };
    each_chunk([&](std::size_t shard, std::size_t i, std::size_t n, const T* own, const T*) {
      kernel::observe(n, i - begin[shard], own, sums[shard].data());
    });
    kernel::merge(sums[0].data(), 5, sums[1].data(), 7);
    kernel::merge(sums[0].data(), 12, sums[2].data(), 4);
    const std::vector<const T*> parameters{weight.data(), bias.data()};
    kernel::settle(samples, sums[0].data(), parameters, derived.data());
    each_chunk([&](std::size_t, std::size_t i, std::size_t n, const T* own, const T*) {
      kernel::forward({.n = n,
                       .x = own,
                       .y = y.data() + i * sample,
                       .tape = nullptr,
                       .derived = derived.data(),
                       .scratch = nullptr});
    });

    for (auto& sum : sums) sum = ExactBuffer<double>(std::vector<double>(kernel::sums_size));
    each_chunk([&](std::size_t shard, std::size_t, std::size_t n, const T* own, const T* own_dy) {
      kernel::observe_backward(n, own, own_dy, derived.data(), sums[shard].data());
    });
    kernel::merge_backward(sums[0].data(), sums[1].data());
    kernel::merge_backward(sums[0].data(), sums[2].data());
    ExactBuffer<T> gradient{std::vector<T>(kernel::derived_gradient_size)};
    kernel::settle_backward(samples, sums[0].data(), derived.data(), gradient.data());
    const std::vector<T*> gradients{dweight.data(), dbias.data(), nullptr, nullptr};
    kernel::derive_adjoint(0, gradient.data(), gradients);
    each_chunk([&](std::size_t, std::size_t i, std::size_t n, const T* own, const T* own_dy) {
      kernel::template backward<true, true>({.n = n,
                                             .x = own,
                                             .y = nullptr,
                                             .tape = nullptr,
                                             .derived = derived.data(),
                                             .dy = own_dy,
                                             .dx = dx.data() + i * sample,
                                             .derived_gradient = gradient.data(),
                                             .scratch = nullptr});
    });
    ExactBuffer<double> group{std::vector<double>(kernel::sums_size)};
    kernel::add_group(samples, derived.data(), group.data());
    kernel::update_running(1, 0.1, group.data(), running_mean.data(), running_var.data());
  }
};

/// `offset` is far from 0 in units of the spread, where sums of squares would lose all digits.
template <class T, std::size_t Channels, std::size_t Pixels>
void check(double offset) {
  using Plain = Result<T, Channels, Pixels, kernels::identity>;
  using Rectified = Result<T, Channels, Pixels, kernels::relu>;
  CAPTURE(Channels, Pixels, offset);
  constexpr std::size_t size = Plain::samples * Plain::sample;
  auto x = test::random_values<T>(size, 1);
  for (T& value : x) value += static_cast<T>(offset);
  const auto dy = test::random_values<T>(size, 2), weight = test::random_values<T>(Channels, 3),
             bias = test::random_values<T>(Channels, 4);

  kernels::reference::batch_statistics reference{Channels, epsilon, {}, {}};
  reference.observe(x);
  std::vector<double> dweight, dbias;
  const auto y = reference.forward(x, weight, bias);
  const auto dx = reference.backward(x, weight, dy, dweight, dbias);
  const Plain plain(x, dy, weight, bias, 3);
  // y is factor * x + summand: both round in units of the offset.
  const double limit = (30 + 8 * std::abs(offset)) * std::numeric_limits<T>::epsilon();
  CHECK(test::error(plain.y, y) <= limit);
  CHECK(test::error(plain.dx, dx) <= limit);
  CHECK(test::error(plain.dweight, dweight) <= limit);
  CHECK(test::error(plain.dbias, dbias) <= limit);
  constexpr double elements = Plain::samples * Pixels;
  for (std::size_t c = 0; c < Channels; ++c) {
    CHECK(double(plain.running_mean[c]) ==
          Approx(0.9 * 3 + 0.1 * reference.mean[c]).epsilon(limit));
    CHECK(double(plain.running_var[c]) ==
          Approx(0.9 * 2 + 0.1 * reference.variance[c] * elements / (elements - 1)).epsilon(limit));
  }

  // An activation behind it is the same as one by itself, and how a shard is cut changes no bit.
  auto rectified_y = plain.y.values(), rectified_dy = dy;
  for (std::size_t i = 0; i < size; ++i)
    if (rectified_y[i] <= 0) rectified_y[i] = rectified_dy[i] = 0;
  const Plain behind(x, rectified_dy, weight, bias, 3);
  for (const std::size_t chunk : {1u, 2u, 5u, 64u}) {
    CAPTURE(chunk);
    const Rectified fused(x, dy, weight, bias, chunk);
    CHECK(fused.y.values() == rectified_y);
    CHECK(fused.dx.values() == behind.dx.values());
    CHECK(fused.dweight.values() == behind.dweight.values());
    CHECK(fused.dbias.values() == behind.dbias.values());
    CHECK(fused.running_mean.values() == plain.running_mean.values());
    CHECK(fused.running_var.values() == plain.running_var.values());
  }
}

} // namespace

TEMPLATE_TEST_CASE("batch statistics: every tail of channels, every tail of a block of pixels", "",
                   float, double) {
  constexpr std::size_t lanes = simd::lanes<TestType>;
  check<TestType, 1, 40>(0);
  check<TestType, lanes - 1, 1>(0);
  check<TestType, lanes, 31>(0);
  check<TestType, 2 * lanes + 3, 65>(0);
  check<TestType, 3, 64>(1000);
}

TEST_CASE("a channel of one value has no variance, and a NaN stays one") {
  using kernel = kernels::batch_statistics<float, 2, 3, false, epsilon,
                                           kernels::epilogue<1, kernels::identity>>;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> x{0.1f, 1, 0.1f, nan, 0.1f, 2};
  std::vector<double> sums(kernel::sums_size);
  std::vector<float> derived(kernel::derived_size), y(x.size());
  kernel::observe(1, 0, x.data(), sums.data());
  kernel::settle(1, sums.data(), {}, derived.data());
  kernel::forward({.n = 1,
                   .x = x.data(),
                   .y = y.data(),
                   .tape = nullptr,
                   .derived = derived.data(),
                   .scratch = nullptr});
  CHECK(std::abs(y[0]) < 1e-5);
  CHECK(std::isnan(y[1]));
}
