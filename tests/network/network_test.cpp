#include <algorithm>
#include <cmath>
#include <span>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

using Net =
    Sequential<Input<2, 6, 5>, Named<"conv", Conv2d<3, 3>>, ReLU, Flatten, Named<"fc", Linear<4>>>;

Tensor<float, 4> images(std::size_t count) {
  auto x = detail::batch_tensor<float, Net::input_shape>(count);
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>(i * 37 % 101) / 50.f - 1.f;
  return x;
}

} // namespace

TEST_CASE("a network predicts batches of any size alike") {
  const Network<Net> net(3);
  const auto x = images(150); // more than two chunks
  const auto y = net.predict(x);
  REQUIRE(y.shape(0) == 150);
  REQUIRE(y.shape(1) == 4);
  Workspace<Net> workspace;
  for (const std::size_t i : {0u, 63u, 64u, 149u}) {
    auto one = detail::batch_tensor<float, Net::input_shape>(1);
    std::copy_n(x.data() + i * Net::input_shape.size(), Net::input_shape.size(), one.data());
    const auto alone = net.predict(one, workspace);
    for (std::size_t k = 0; k < 4; ++k) CHECK(alone(0, k) == y(i, k));
  }
}

TEST_CASE("a batch of another shape is refused") {
  const Network<Net> net;
  auto x = Tensor<float, 4>::from_shape({1, 2, 5, 6});
  CHECK_THROWS_WITH(net.predict(x), "predict: x has shape 1x2x5x6, expected samples x 2x6x5");
}

TEST_CASE("parameters are seen in PyTorch's shape and can be replaced") {
  Network<Net> net(1);
  auto weight = Tensor<float, 4>::from_shape({3, 2, 3, 3});
  for (std::size_t i = 0; i < weight.size(); ++i) weight.data()[i] = static_cast<float>(i);
  net.assign<"conv.weight">(weight);
  CHECK(net.parameter<"conv.weight">()(2, 1, 0, 2) == weight(2, 1, 0, 2));

  // A convolution with all-zero weights gives its bias: the kernels see the new values too.
  weight.fill(0.f);
  net.assign<"conv.weight">(weight);
  Tensor<float, 1> bias = Tensor<float, 1>::from_shape({3});
  bias.fill(-1.f); // and ReLU nothing
  net.assign<"conv.bias">(bias);
  const auto y = net.predict(images(1));
  for (std::size_t k = 0; k < 4; ++k) CHECK(y(0, k) == net.parameter<"fc.bias">()(k));

  CHECK_THROWS_WITH(net.assign<"fc.bias">(bias), "assign: fc.bias has shape 3, expected 4");
}

TEST_CASE("initialization has PyTorch's distribution and follows the seed") {
  const auto facts = test::reference("initialisation.json");
  const Network<Sequential<Input<16, 3, 3>, Conv2d<32, 3>>> conv(1), same(1), other(2);
  CHECK(std::ranges::equal(conv.tensor(0), same.tensor(0)));
  CHECK(!std::ranges::equal(conv.tensor(0), other.tensor(0)));

  const auto check = [](std::span<const float> values, double bound, double deviation) {
    double sum = 0, squares = 0, largest = 0;
    for (const float v : values) {
      sum += v;
      squares += static_cast<double>(v) * v;
      largest = std::max(largest, std::abs(static_cast<double>(v)));
    }
    const auto n = static_cast<double>(values.size());
    CHECK(largest <= bound * (1 + 1e-7)); // rounded to float
    CHECK(largest > 0.99 * bound);
    CHECK(std::abs(sum / n) < 5 * deviation / std::sqrt(n));
    CHECK(std::sqrt(squares / n) == Approx(deviation).epsilon(5 / std::sqrt(n)));
  };
  check(conv.tensor(0), facts["Conv2d"]["weight_bound"], facts["Conv2d"]["std"]);
  const Network<Sequential<Input<4096>, Linear<50>>> linear(1);
  check(linear.tensor(0), facts["Linear"]["weight_bound"], facts["Linear"]["std"]);
  for (const float v : linear.tensor(1))
    CHECK(std::abs(v) <= facts["Linear"]["bias_bound"].get<float>());
}
