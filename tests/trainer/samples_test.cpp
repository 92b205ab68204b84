// What the program trains on: statistics, normalisation, crops and flips.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <ctnn/data/image_dataset.hpp>
#include <ctnn/data/transforms.hpp>

#include "support/catch.hpp"
#include "trainer/samples.hpp"

namespace {

using namespace ctnn;
using namespace ctnn::transforms;
using trainer::Augmentation;
using trainer::SampleSet;

constexpr Shape shape{3, 6, 5};
constexpr std::size_t count = 40;

SampleSet pictures() {
  std::vector<std::uint8_t> pixels(count * shape.size());
  for (std::size_t k = 0; k < pixels.size(); ++k)
    pixels[k] = static_cast<std::uint8_t>(k * k % 251 + k % 5);
  return {shape, pixels, std::vector<std::uint32_t>(count), {"only"}};
}

/// Whether a pipeline of the library's makes the same of all samples, bit for bit.
template <class Pipeline>
bool agrees(const Augmentation& augmentation) {
  const SampleSet images = pictures();
  std::vector<float> x(shape.size()), expected(shape.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    augmentation.apply(images, 7, 3, i, x.data());
    Pipeline::apply(images.pixels(i).data(), Random(7, 3, i), expected.data());
    if (x != expected) return false;
  }
  return true;
}

using In = Input<3, 6, 5>;

} // namespace

TEST_CASE("a crop and a flip are the library's, and what follows draws after them") {
  CHECK(agrees<Compose<In, RandomCrop<6, 5, 2>, ToTensor>>({.crop = 2}));
  CHECK(agrees<Compose<In, RandomCrop<6, 5, 9>, ToTensor>>({.crop = 9}));
  CHECK(agrees<Compose<In, RandomHorizontalFlip<>, ToTensor>>({.flip = true}));
  CHECK(agrees<Compose<In, RandomCrop<6, 5, 2>, RandomHorizontalFlip<>, ToTensor>>(
      {.crop = 2, .flip = true}));
  const trainer::Transform erase = [](const std::uint8_t* pixels, const Random& random, float* x) {
    Compose<In, ToTensor, RandomErasing<>>::apply(pixels, random, x);
  };
  CHECK(agrees<Compose<In, ToTensor, RandomErasing<>>>({.transform = erase}));
  CHECK(agrees<Compose<In, RandomCrop<6, 5, 2>, RandomHorizontalFlip<>, ToTensor, RandomErasing<>>>(
      {.transform = erase, .crop = 2, .flip = true}));
}

TEST_CASE("statistics are the mean and the standard deviation of each channel") {
  const SampleSet images = pictures();
  const trainer::Normalization found = images.statistics();
  for (std::size_t c = 0; c < 3; ++c) {
    long double sum = 0, squares = 0;
    const std::size_t plane = 30, n = count * plane;
    const auto each = [&](auto&& visit) {
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < plane; ++k)
          visit(static_cast<long double>(images.pixels(i)[c * plane + k]) / 255);
    };
    each([&](long double x) { sum += x; });
    each([&](long double x) { squares += (x - sum / n) * (x - sum / n); });
    CHECK(found.mean[c] == static_cast<float>(sum / n));
    CHECK(found.std[c] == static_cast<float>(std::sqrt(squares / n)));
  }
}

TEST_CASE(
    "statistics of a table are exact far from zero, and a constant column is not divided by 0") {
  SampleSet table({2}, std::vector<float>{8388609, 5, 8388611, 5, 8388613, 5}, {0, 1, 0});
  const trainer::Normalization found = table.statistics();
  CHECK(found.mean == std::vector<float>{8388611, 5});
  CHECK(found.std == std::vector<float>{static_cast<float>(std::sqrt(8.0 / 3)), 1});
  table.normalize(found);
  float x[2];
  table.read(0, x);
  CHECK(x[0] == -2 / found.std[0]);
  CHECK(x[1] == 0);
}

TEST_CASE("samples are normalised as MNIST's always were") {
  SampleSet images({1, 2, 2}, std::vector<std::uint8_t>{0, 1, 128, 255}, {0});
  const ctnn::Normalization mnist;
  images.normalize({{mnist.mean}, {mnist.std}});
  float x[4], y[4];
  images.read(0, x);
  Augmentation{}.apply(images, 1, 1, 0, y);
  images.normalization().apply(images.sample_shape(), y);
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(x[k] == mnist(images.pixels(0)[k]));
    CHECK(y[k] == x[k]);
  }
}

TEST_CASE("each channel is normalised by its own numbers, as transforms::Normalize does") {
  constexpr std::array mean{0.25, 0.5, 0.75}, std{0.5, 0.25, 2.0};
  SampleSet images = pictures();
  images.normalize({{mean.begin(), mean.end()}, {std.begin(), std.end()}});
  std::vector<float> x(shape.size()), y(shape.size()), expected(shape.size());
  images.read(5, x.data());
  Augmentation{}.apply(images, 1, 1, 5, y.data());
  images.normalization().apply(shape, y.data());
  Compose<In, ToTensor, Normalize<mean, std>>::apply(images.pixels(5).data(), Random(1, 1, 5),
                                                     expected.data());
  CHECK(x == expected);
  CHECK(y == expected);
  SampleSet table({2, 1, 2}, std::vector<float>{1, 2, 3, 4}, {0});
  table.normalize({{1, 4}, {1, 2}});
  table.read(0, x.data());
  CHECK(std::vector<float>(x.begin(), x.begin() + 4) == std::vector<float>{0, 1, -0.5f, 0});
}

TEST_CASE("the last samples become a set of their own") {
  SampleSet images = pictures();
  images.normalize(images.statistics());
  const SampleSet whole = images;
  const SampleSet last = images.split_off(3);
  images.truncate(30);
  REQUIRE(images.size() == 30);
  REQUIRE(last.size() == 3);
  std::vector<float> x(shape.size()), y(shape.size());
  for (std::size_t i = 0; i < 3; ++i) {
    last.read(i, x.data());
    whole.read(count - 3 + i, y.data());
    CHECK(x == y);
  }
  CHECK(last.classes() == whole.classes());
  SampleSet table({2}, std::vector<float>{1, 2, 3, 4, 5, 6}, {0, 1, 2});
  const SampleSet tail = table.split_off(2);
  CHECK(tail.label(1) == 2);
  float first = 0;
  std::memcpy(&first, tail.bytes(0).data(), sizeof first);
  CHECK(first == 3);
}
