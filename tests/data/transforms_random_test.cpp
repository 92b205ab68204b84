// What the transforms leave to chance: the distributions, and that images depend on the seed, the
// epoch and the sample alone. Bounds are five standard deviations, for seeds that do not change.

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ctnn/data/transforms.hpp>
#include <ctnn/train/dataset.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;
using namespace ctnn::transforms;

namespace {

constexpr std::uint32_t draws = 10'000;

struct Moments {
  double mean = 0, variance = 0, low = 1e300, high = -1e300;

  explicit Moments(auto draw) {
    std::vector<double> values;
    for (std::uint32_t i = 0; i < draws; ++i) values.push_back(draw(Random(1, 2, i)));
    for (const double v : values) {
      mean += v / draws;
      low = std::min(low, v);
      high = std::max(high, v);
    }
    for (const double v : values) variance += (v - mean) * (v - mean) / draws;
  }
};

/// The moments are those of a uniform distribution: variance w^2/12, fourth central moment w^4/80.
void is_uniform(double low, double high, const Moments& m) {
  const double width = high - low, variance = width * width / 12;
  const double variance_deviation =
      std::sqrt((std::pow(width, 4) / 80 - variance * variance) / draws);
  CHECK(m.low >= low);
  CHECK(m.high < high);
  CHECK(std::abs(m.mean - (low + high) / 2) < 5 * std::sqrt(variance / draws));
  CHECK(std::abs(m.variance - variance) < 5 * variance_deviation);
}

void has_probability(double p, const Moments& m) {
  CHECK(std::abs(m.mean - p) < 5 * std::sqrt(p * (1 - p) / draws));
}

/// Chi-square of as many cells as counts: mean n - 1, variance 2 (n - 1).
void is_even(const std::vector<int>& counts) {
  const double expected =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - expected) * (count - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  CHECK(std::abs(chi_square - freedom) < 5 * std::sqrt(2 * freedom));
}

/// The bytes that a pipeline makes, for pipelines that end in ToTensor.
template <class Pipeline>
std::vector<int> result(const std::vector<std::uint8_t>& image, const Random& random) {
  REQUIRE(image.size() == Pipeline::input_shape.size());
  std::vector<float> out(Pipeline::output_shape.size());
  Pipeline::apply(image.data(), random, out.data());
  std::vector<int> bytes;
  for (const float x : out) bytes.push_back(static_cast<int>(std::lround(x * 255)));
  return bytes;
}

std::vector<std::uint8_t> numbered(std::size_t size) {
  std::vector<std::uint8_t> image(size);
  std::iota(image.begin(), image.end(), std::uint8_t{0});
  return image;
}

struct Plus {
  static constexpr bool in_place = true;
  static void apply(const auto& in, const auto& out) {
    out[0] = static_cast<std::uint8_t>(in[0] + 1);
  }
};
struct PlusTen {
  static void apply(const auto& in, const auto& out) {
    out[0] = static_cast<std::uint8_t>(in[0] + 10);
  }
};
struct Either { // torchvision's RandomChoice is one struct
  using branches = OneOf<Compose<Plus>, Compose<Plus, Plus>, Compose<PlusTen>>;
  static std::size_t choose(Random& random) { return random.below(3); }
};

using Augmentation = Compose<Input<1, 28, 28>, RandomApply<CenterCrop<22>, 0.1>, Resize<28, 28>,
                             RandomRotation<-15, 15>, ToTensor, Normalize<0.1307, 0.3081>>;

std::vector<std::uint8_t> picture() {
  std::vector<std::uint8_t> image(28 * 28);
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(i * i / 7);
  return image;
}

std::vector<float> augmented(std::uint64_t seed, std::uint32_t epoch, std::uint32_t sample) {
  std::vector<float> out(28 * 28);
  Augmentation::apply(picture().data(), Random(seed, epoch, sample), out.data());
  return out;
}

ImageDataset dataset(std::size_t count, std::size_t rows, std::size_t cols) {
  io::IdxImages images{count, rows, cols, std::vector<std::uint8_t>(count * rows * cols)};
  for (std::size_t i = 0; i < images.pixels.size(); ++i)
    images.pixels[i] = static_cast<std::uint8_t>(i * 2654435761u >> 20);
  std::vector<std::uint8_t> labels(count);
  for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<std::uint8_t>(i % 10);
  return {std::move(images), {std::move(labels)}, 10, {1, rows, cols}};
}

} // namespace

TEST_CASE("the draws of a sample are blocks of one Philox counter") {
  Random random(0x1'0000'0005, 7, 9);
  for (std::uint32_t b = 0; b < 3; ++b)
    for (const std::uint32_t word :
         kernels::random_block({0x1'0000'0005, kernels::stream::augmentation}, 0x7'0000'0009, b))
      CHECK(random.word() == word);
}

TEST_CASE("real numbers are uniform and below their bound") {
  is_uniform(0, 1, Moments([](Random random) { return random.uniform(); }));
  is_uniform(-15, 15, Moments([](Random random) { return random.uniform(-15, 15); }));
  is_uniform(2, 3, Moments([](Random random) {
               random.word(); // then the two words of a double are in two blocks
               random.uniform();
               return random.uniform(2, 3);
             }));
  CHECK(Random(1, 2, 3).uniform(4, 4) == 4);
  const double next = std::nextafter(1.0, 2.0); // half of the sums round up to it
  for (std::uint32_t i = 0; i < 100; ++i) CHECK(Random(1, 2, i).uniform(1, next) == 1);
}

TEST_CASE("integers are even") {
  for (const std::uint32_t bound : {1u, 2u, 7u, 10u}) {
    std::vector<int> counts(bound);
    for (std::uint32_t i = 0; i < draws; ++i) ++counts[Random(3, 0, i).below(bound)];
    if (bound > 1) is_even(counts);
  }
  // A quarter of all words is rejected; if not, every third number would come twice as often.
  has_probability(
      2.0 / 3, Moments([](Random random) { return random.below(3u << 30) % 3 == 0 ? 0.0 : 1.0; }));
}

TEST_CASE("RandomApply and the flip happen as often as they should") {
  using Applied = Compose<Input<1, 1, 1>, RandomApply<Plus, 0.1>, ToTensor>;
  using Flipped = Compose<Input<1, 1, 2>, RandomHorizontalFlip<0.3>, ToTensor>;
  has_probability(0.1, Moments([](const Random& random) {
                    return result<Applied>({7}, random)[0] == 8 ? 1.0 : 0.0;
                  }));
  has_probability(0.3, Moments([](const Random& random) {
                    return result<Flipped>({7, 8}, random) == std::vector{8, 7} ? 1.0 : 0.0;
                  }));
}

TEST_CASE("probabilities 0 and 1 leave nothing to chance") {
  using Applies = Compose<Input<1, 1, 1>, RandomApply<Plus, 0>, RandomApply<PlusTen, 1>, ToTensor,
                          RandomApply<Normalize<0.5, 0.5>, 0>>;
  using Flips = Compose<Input<1, 1, 2>, RandomHorizontalFlip<0>, RandomHorizontalFlip<1>, ToTensor>;
  for (std::uint32_t i = 0; i < 100; ++i) {
    CHECK(result<Applies>({5}, Random(0, 0, i)) == std::vector{15});
    CHECK(result<Flips>({5, 9}, Random(0, 0, i)) == std::vector{9, 5});
  }
}

TEST_CASE("a branch is chosen and what follows is done once") {
  using Pipeline = Compose<Input<1, 1, 1>, Either, RandomApply<Compose<Plus, Either>, 0.5>, Either,
                           Plus, ToTensor>;
  std::set<int> seen, possible;
  for (const int a : {1, 2, 10})
    for (const int c : {1, 2, 10}) {
      possible.insert(100 + a + c + 1);
      for (const int b : {1, 2, 10}) possible.insert(100 + a + 1 + b + c + 1);
    }
  for (std::uint32_t i = 0; i < 1000; ++i) seen.insert(result<Pipeline>({100}, Random(0, 0, i))[0]);
  CHECK(seen == possible);
}

TEST_CASE("a pipeline is its transforms one after the other") {
  using Pipeline = Compose<Input<1, 28, 28>, RandomHorizontalFlip<>,
                           RandomApply<CenterCrop<22>, 0.5>, RandomHorizontalFlip<>, Resize<24, 26>,
                           RandomRotation<30>, RandomCrop<20, 21>, ToTensor, RandomHorizontalFlip<>,
                           CenterCrop<23, 19>, Normalize<0.5, 0.25>, RandomErasing<>>;
  const auto image = picture();
  for (std::uint32_t sample = 0; sample < 100; ++sample) {
    Random random(1, 1, sample);
    std::vector<std::uint8_t> a = image, cropped(22 * 22), resized(24 * 26), turned(24 * 26),
                              cut(20 * 21);
    const Planes<std::uint8_t, Shape{1, 28, 28}> whole{a.data()};
    const Planes<std::uint8_t, Shape{1, 22, 22}> middle{cropped.data()};
    const Planes<std::uint8_t, Shape{1, 24, 26}> sized{resized.data()}, rotated{turned.data()};
    const Planes<std::uint8_t, Shape{1, 20, 21}> window{cut.data()};
    RandomHorizontalFlip<>::apply(whole, whole, random);
    if (random.chance(0.5)) {
      CenterCrop<22>::apply(whole, middle);
      RandomHorizontalFlip<>::apply(middle, middle, random);
      Resize<24, 26>::apply(middle, sized);
    } else {
      RandomHorizontalFlip<>::apply(whole, whole, random);
      Resize<24, 26>::apply(whole, sized);
    }
    RandomRotation<30>::apply(sized, rotated, random);
    RandomCrop<20, 21>::apply(rotated, window, random);

    std::vector<float> real(20 * 21), padded(23 * 19), got(23 * 19);
    const Planes<float, Shape{1, 20, 21}> tensor{real.data()};
    const Planes<float, Shape{1, 23, 19}> last{padded.data()};
    ToTensor::apply(window, tensor);
    RandomHorizontalFlip<>::apply(tensor, tensor, random);
    CenterCrop<23, 19>::apply(tensor, last);
    Normalize<0.5, 0.25>::apply(last, last);
    RandomErasing<>::apply(last, last, random);

    Pipeline::apply(image.data(), Random(1, 1, sample), got.data());
    CHECK(got == padded);
  }
}

TEST_CASE("crops are even over all their places") {
  using Inside = Compose<Input<1, 12, 14>, RandomCrop<4, 6>, ToTensor>;
  std::vector<int> counts(9 * 9);
  const auto image = numbered(12 * 14);
  for (std::uint32_t i = 0; i < draws; ++i) {
    const auto out = result<Inside>(image, Random(1, 0, i));
    const int top = out[0] / 14, left = out[0] % 14;
    ++counts[static_cast<std::size_t>(top * 9 + left)];
    CHECK(out[4 * 6 - 1] == (top + 3) * 14 + left + 5);
  }
  is_even(counts);

  using Padded = Compose<Input<1, 5, 5>, RandomCrop<5, 5, 2>, ToTensor>;
  std::vector<int> moved(5 * 5);
  const auto small = numbered(5 * 5);
  for (std::uint32_t i = 0; i < draws; ++i)
    ++moved[static_cast<std::size_t>(result<Padded>(small, Random(1, 0, i))[12])];
  is_even(moved);
}

TEST_CASE("a crop of a mirrored image is even over all its places too") {
  using Mirrored = Compose<Input<1, 5, 5>, RandomCrop<5, 5, 2, PaddingMode::reflect>, ToTensor>;
  std::vector<int> moved(5 * 5);
  const auto small = numbered(5 * 5);
  for (std::uint32_t i = 0; i < draws; ++i) {
    const auto out = result<Mirrored>(small, Random(1, 0, i));
    const int top = out[12] / 5 - 2, left = out[12] % 5 - 2;
    CHECK(out[0] == std::abs(top) * 5 + std::abs(left));
    ++moved[static_cast<std::size_t>(out[12])];
  }
  is_even(moved);
}

TEST_CASE("ColorJitter draws uniform factors, and any order") {
  using Brightness = Compose<Input<1, 1, 1>, ColorJitter<Jitter{.brightness = 0.5}>, ToTensor>;
  is_uniform(50, 150, Moments([](const Random& random) { // bytes are rounded down
               return result<Brightness>({100}, random)[0] + 0.5;
             }));

  // Brightness cuts off at 255, contrast 0 makes all one grey: (200, 255) to 228, or 150 to 255.
  static constexpr Jitter two{.brightness = {2, 2}, .contrast = {0, 0}};
  has_probability(0.5, Moments([](Random random) {
                    using Pipeline = Compose<Input<1, 1, 2>, ColorJitter<two>, ToTensor>;
                    const int byte = result<Pipeline>({100, 200}, random)[0];
                    CHECK((byte == 228 || byte == 255));
                    return byte == 228;
                  }));
  // Blue becomes grey before it is turned to red, or red becomes grey.
  static constexpr Jitter others{.saturation = {0, 0}, .hue = {0.334, 0.334}};
  has_probability(0.5, Moments([](Random random) {
                    using Pipeline = Compose<Input<3, 1, 1>, ColorJitter<others>, ToTensor>;
                    const int byte = result<Pipeline>({0, 0, 255}, random)[0];
                    CHECK((byte == 29 || byte == 76));
                    return byte == 29;
                  }));
}

TEST_CASE("a random rotation turns by a uniform angle") {
  for (std::uint32_t sample = 0; sample < 20; ++sample) {
    using Rotation = RandomRotation<-15, 20>;
    const auto image = picture();
    std::vector<std::uint8_t> expected(image.size()), got(image.size());
    const Planes<const std::uint8_t, Shape{1, 28, 28}> in{image.data()};
    Random random(5, 0, sample), same = random;
    rotate(in, Planes<std::uint8_t, in.shape>{expected.data()}, same.uniform(-15, 20));
    Rotation::apply(in, Planes<std::uint8_t, in.shape>{got.data()}, random);
    CHECK(got == expected);
  }
}

TEST_CASE("a random affine map draws what torchvision draws") {
  using Map = RandomAffine<Affine{
      .degrees = 10, .translate = {0.1, 0.2}, .scale = {0.9, 1.2}, .shear = {-5, 6}, .shear_y = 3}>;
  const auto image = picture();
  const Planes<const std::uint8_t, Shape{1, 28, 28}> in{image.data()};
  for (std::uint32_t sample = 0; sample < 50; ++sample) {
    std::vector<std::uint8_t> expected(image.size()), got(image.size());
    Random random(5, 0, sample), same = random;
    AffineParameters p;
    p.angle = same.uniform(-10, 10);
    p.translate_x = static_cast<int>(std::nearbyint(same.uniform(-2.8, 2.8)));
    p.translate_y = static_cast<int>(std::nearbyint(same.uniform(-5.6, 5.6)));
    p.scale = same.uniform(0.9, 1.2);
    p.shear_x = same.uniform(-5, 6);
    p.shear_y = same.uniform(-3, 3);
    transforms::affine(in, Planes<std::uint8_t, in.shape>{expected.data()}, p);
    Map::apply(in, Planes<std::uint8_t, in.shape>{got.data()}, random);
    CHECK(got == expected);
  }
}

TEST_CASE("the rectangles of RandomErasing have the asked for areas and shapes") {
  using Erasing = RandomErasing<1, Interval{0.02, 0.2}, Interval{0.5, 2.5}>;
  constexpr std::size_t size = 4000; // large: rounding to pixels hardly moves the moments
  is_uniform(0.02 - 1e-3, 0.2 + 1e-3, Moments([](Random random) {
               const Rectangle r = Erasing::draw(size, size, random);
               return static_cast<double>(r.height * r.width) / (size * size);
             }));
  is_uniform(std::log(0.5) - 5e-3, std::log(2.5) + 5e-3, Moments([](Random random) {
               const Rectangle r = Erasing::draw(size, size, random);
               return std::log(static_cast<double>(r.height) / static_cast<double>(r.width));
             }));
}

TEST_CASE("RandomErasing erases one rectangle inside the image or none") {
  using Pipeline = Compose<Input<1, 28, 28>, ToTensor, RandomErasing<0.25>>;
  const std::vector<std::uint8_t> white(28 * 28, 255);
  has_probability(0.25, Moments([&](const Random& random) {
                    std::array<float, 28 * 28> out{};
                    Pipeline::apply(white.data(), random, out.data());
                    std::size_t zeros = 0, rows = 0, columns = 0;
                    for (std::size_t i = 0; i < 28; ++i) {
                      bool row = false, column = false;
                      for (std::size_t j = 0; j < 28; ++j) {
                        zeros += out[28 * i + j] == 0;
                        row |= out[28 * i + j] == 0;
                        column |= out[28 * j + i] == 0;
                      }
                      rows += row;
                      columns += column;
                    }
                    if (zeros != rows * columns) return -1e9; // no rectangle
                    return zeros > 0 ? 1.0 : 0.0;
                  }));

  using Never = RandomErasing<1, Interval{0.5, 1}, Interval{100, 200}>; // too high for its width
  Random random(0, 0, 0);
  CHECK(Never::draw(28, 28, random).height == 0);
}

TEST_CASE("an image is a function of seed and epoch and sample") {
  const auto image = augmented(1, 2, 3);
  CHECK(augmented(1, 2, 3) == image);
  CHECK(augmented(2, 2, 3) != image);
  CHECK(augmented(1, 3, 3) != image);
  CHECK(augmented(1, 2, 4) != image);
  CHECK(augmented(1, 3, 2) != image); // and not of their sum
  CHECK(augmented(0x1'0000'0001, 2, 3) != image);
}

TEST_CASE("a transformed data set gives the same images in any order and on any thread") {
  const ImageDataset images = dataset(40, 28, 28);
  using View = Transformed<Augmentation>;
  static_assert(LabelledDataset<View, float> && LabelledDataset<View, double>);
  static_assert(View::sample_shape == Shape{1, 28, 28});
  const View view(images, 11, 4);
  CHECK(view.size() == 40);
  CHECK(view.label(23) == 3);

  std::vector<float> forward(40 * 784), backward(40 * 784), threaded(40 * 784);
  for (std::size_t i = 0; i < 40; ++i) view.read(i, forward.data() + i * 784);
  for (std::size_t i = 40; i-- > 0;) View(images, 11, 4).read(i, backward.data() + i * 784);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < 40; i += 4) view.read(i, threaded.data() + i * 784);
      });
  }
  CHECK(forward == backward);
  CHECK(forward == threaded);

  std::vector<float> expected(784);
  Augmentation::apply(images.pixels(23).data(), Random(11, 4, 23), expected.data());
  CHECK(std::equal(expected.begin(), expected.end(), forward.begin() + 23 * 784));
}

TEST_CASE("images that the pipeline does not take are an error") {
  const ImageDataset images = dataset(2, 28, 27);
  const auto error = test::error_of([&] { Transformed<Augmentation>(images, 0, 0); });
  CHECK(error.code == ErrorCode::bad_data);
  CHECK(error.message == "Transformed: images of 1x28x27, the transforms take 1x28x28");
}
