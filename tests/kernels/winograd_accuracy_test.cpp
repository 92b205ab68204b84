// Winograd's convolution in float on the seed network: the bounds are those of inputs N(0, 1) and of
// PyTorch's initial weights, of the largest value; pooling and ReLU decide as they do in double.

#include "kernels/winograd_check.hpp"

using namespace check;

namespace {

constexpr auto conv2 = three_by_three(32, 26, 26, 64), conv3 = three_by_three(64, 12, 12, 128),
               conv4 = three_by_three(128, 10, 10, 256);

} // namespace

TEST_CASE("F(4 x 4) in float is as accurate as promised") {
  winograd_is_accurate<float, 4, conv4, epilogue<2, relu>>(2, 1.5e-5);
}

TEST_CASE("F(5 x 5) in float is as accurate as promised") {
  winograd_is_accurate<float, 5, conv3, epilogue<1, relu>>(2, 1e-5);
}

TEST_CASE("F(6 x 6) in float is as accurate as promised") {
  winograd_is_accurate<float, 6, conv2, epilogue<2, relu>>(2, 1.5e-5);
}

TEST_CASE("F(4 x 4, 5 x 5) in float is as accurate as promised") {
  winograd_is_accurate<float, 4, Conv2dGeometry{32, 16, 16, 64, 5, 5, 1, 1, 2, 2},
                       epilogue<1, relu>>(2, 1.5e-5);
}

TEST_CASE("Winograd's parameters are derived part by part") {
  using Kernel = kernels::winograd_conv2d<float, conv3, 5, epilogue<1, relu>>;
  STATIC_REQUIRE(Kernel::derive_tasks > 1);
  const aligned<float> weight(conv3.weight_size(), 1), bias(conv3.out_channels, 1);
  std::vector<int> written(Kernel::derived_size);
  for (std::size_t part = 0; part < Kernel::derive_tasks; ++part) {
    const aligned<float> block(Kernel::derived_size);
    Kernel::derive(part, std::array{weight.data(), bias.data()}, block.data());
    for (std::size_t i = 0; i < written.size(); ++i) written[i] += !std::isnan(block.data()[i]);
  }
  CHECK(std::all_of(written.begin(), written.end(), [](int times) { return times == 1; }));
}
