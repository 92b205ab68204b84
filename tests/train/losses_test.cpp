#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

template <class T, class L>
using Target = std::conditional_t<L::class_targets, std::uint32_t, T>;

/// What Trainer makes means of sums with.
template <class L, class Targets>
double mean_scale(const L& loss, std::size_t n, const Targets& targets) {
  if constexpr (detail::WeighsClasses<L>)
    return 1 / detail::weight_sum(loss, std::span<const std::uint32_t>(targets));
  else
    return 1 / static_cast<double>(n);
}

/// Channels last, as losses take them, of what PyTorch has first; nothing to do for vectors.
template <class T>
std::vector<T> channels_last(std::size_t n, const Shape& shape, const std::vector<double>& values) {
  const std::size_t channels = shape.rank == 3 ? shape[0] : 1;
  const std::size_t pixels = values.size() / n / channels;
  std::vector<T> last(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t sample = i / (channels * pixels), channel = i / pixels % channels;
    last[(sample * pixels + i % pixels) * channels + channel] = static_cast<T>(values[i]);
  }
  return last;
}

template <class T, class L>
void agrees_with_pytorch_in(const std::string& name, const L& loss) {
  const auto file = test::reference("losses.json")[name];
  const auto& shape = file["shape"];
  const std::size_t n = shape[0];
  const Shape out = shape.size() == 2
                        ? Shape{shape[1].get<int>()}
                        : Shape{shape[1].get<int>(), shape[2].get<int>(), shape[3].get<int>()};
  const auto y = channels_last<T>(n, out, test::numbers(file["input"]));
  const auto gradient = channels_last<double>(n, out, test::numbers(file["gradient"]));
  std::vector<Target<T, L>> targets;
  if constexpr (L::class_targets)
    for (const double label : test::numbers(file["target"]))
      targets.push_back(static_cast<std::uint32_t>(static_cast<int>(label)));
  else
    targets = channels_last<T>(n, out, test::numbers(file["target"]));
  INFO(name);
  REQUIRE(targets.size() == (L::class_targets ? n : y.size()));

  std::vector<T> dy(y.size(), std::numeric_limits<T>::quiet_NaN());
  const double scale = mean_scale(loss, n, targets);
  const double sum = loss.template sum<T>(n, out, y.data(), targets.data(), scale, dy.data());
  const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-9;
  CHECK(sum * scale == Approx(file["loss"].template get<double>()).epsilon(tolerance));
  CHECK(loss.template sum<T>(n, out, y.data(), targets.data(), scale, nullptr) == sum);
  for (std::size_t i = 0; i < dy.size(); ++i)
    CHECK(static_cast<double>(dy[i]) == Approx(gradient[i]).epsilon(tolerance).margin(tolerance));
}

template <class L>
void agrees_with_pytorch(const std::string& name, const L& loss = {}) {
  agrees_with_pytorch_in<float>(name, loss);
  agrees_with_pytorch_in<double>(name, loss);
}

/// The gradient is that of the sum, by central differences, for outputs of shape {2, 2, 3}, or {5} of a
/// loss of classes.
template <class L>
void gradient_is_of_the_sum(const L& loss) {
  const Shape out = L::class_targets ? Shape{5} : Shape{2, 2, 3};
  std::mt19937 random(3);
  std::uniform_real_distribution<double> at(-2, 2);
  const std::size_t n = 3;
  std::vector<double> y(n * out.size()), dy(y.size());
  for (double& value : y) value = at(random);
  std::vector<Target<double, L>> targets(L::class_targets ? n : y.size());
  for (std::size_t i = 0; i < targets.size(); ++i)
    if constexpr (L::class_targets)
      targets[i] = static_cast<std::uint32_t>(i + 2);
    else
      targets[i] = std::abs(at(random)) / 2;
  const auto sum = [&] {
    return loss.template sum<double>(n, out, y.data(), targets.data(), 1, nullptr);
  };
  loss.template sum<double>(n, out, y.data(), targets.data(), 0.5, dy.data());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double value = y[i], step = 1e-5;
    y[i] = value + step;
    const double above = sum();
    y[i] = value - step;
    const double below = sum();
    y[i] = value;
    CHECK(dy[i] == Approx((above - below) / (4 * step)).margin(1e-8));
  }
}

template <class L>
std::string wrong(const L& loss, const Shape& out) {
  return std::string(std::string_view(loss.check_members(out).view()));
}

const std::vector<double> weights{0.5, 2, 0, 1.25, 3};

} // namespace

TEST_CASE("losses of classes agree with PyTorch") {
  agrees_with_pytorch<NLLLoss>("NLLLoss");
  agrees_with_pytorch<NLLLoss>("NLLLoss_weight", {.weight = weights});
  agrees_with_pytorch<NLLLoss>("NLLLoss_ignore", {.weight = weights, .ignore_index = -100});
  agrees_with_pytorch<NLLLoss>("NLLLoss_ignore_class", {.ignore_index = 4});
  agrees_with_pytorch<CrossEntropyLoss>("CrossEntropyLoss");
  agrees_with_pytorch<CrossEntropyLoss>("CrossEntropyLoss_far");
  agrees_with_pytorch<CrossEntropyLoss>("CrossEntropyLoss_weight", {.weight = weights});
  agrees_with_pytorch<CrossEntropyLoss>("CrossEntropyLoss_ignore_class", {.ignore_index = 4});
  agrees_with_pytorch<CrossEntropyLoss>("CrossEntropyLoss_smooth", {.label_smoothing = 0.1});
  agrees_with_pytorch<CrossEntropyLoss>(
      "CrossEntropyLoss_all", {.weight = weights, .ignore_index = -100, .label_smoothing = 0.25});
}

TEST_CASE("losses of tensors agree with PyTorch") {
  agrees_with_pytorch<MSELoss>("MSELoss");
  agrees_with_pytorch<L1Loss>("L1Loss");
  agrees_with_pytorch<HuberLoss>("HuberLoss");
  agrees_with_pytorch<HuberLoss>("HuberLoss_delta", {.delta = 0.5});
  agrees_with_pytorch<SmoothL1Loss>("SmoothL1Loss");
  agrees_with_pytorch<SmoothL1Loss>("SmoothL1Loss_beta", {.beta = 0.5});
  agrees_with_pytorch<SmoothL1Loss>("SmoothL1Loss_0", {.beta = 0});
  agrees_with_pytorch<BCEWithLogitsLoss>("BCEWithLogitsLoss");
  agrees_with_pytorch<BCEWithLogitsLoss>("BCEWithLogitsLoss_3", {.pos_weight = {3}});
  agrees_with_pytorch<BCEWithLogitsLoss>("BCEWithLogitsLoss_each", {.pos_weight = {0.5, 1, 2, 4}});
  agrees_with_pytorch<BCEWithLogitsLoss>("BCEWithLogitsLoss_channels", {.pos_weight = {0.5, 3}});
  agrees_with_pytorch<KLDivLoss>("KLDivLoss");
  agrees_with_pytorch<KLDivLoss>("KLDivLoss_log", {.log_target = true});
}

TEST_CASE("gradients of losses are those of central differences") {
  gradient_is_of_the_sum(NLLLoss{.weight = weights, .ignore_index = 4});
  gradient_is_of_the_sum(CrossEntropyLoss{});
  gradient_is_of_the_sum(
      CrossEntropyLoss{.weight = weights, .ignore_index = 4, .label_smoothing = 0.2});
  gradient_is_of_the_sum(MSELoss{});
  gradient_is_of_the_sum(L1Loss{});
  gradient_is_of_the_sum(HuberLoss{.delta = 0.7});
  gradient_is_of_the_sum(SmoothL1Loss{.beta = 0.7});
  gradient_is_of_the_sum(BCEWithLogitsLoss{.pos_weight = {0.5, 3}});
  gradient_is_of_the_sum(KLDivLoss{});
  gradient_is_of_the_sum(KLDivLoss{.log_target = true});
}

TEST_CASE("scores of any size have a finite binary cross-entropy") {
  const float y[]{1e4f, -1e4f, 1e4f, -1e4f}, target[]{1, 0, 0, 1};
  float dy[4];
  CHECK(BCEWithLogitsLoss{}.sum<float>(2, Shape{2}, y, target, 2, dy) == 1e4);
  CHECK(std::vector<float>(dy, dy + 4) == std::vector<float>{0, 0, 1, -1});
}

TEST_CASE("a score of -infinity costs nothing where nothing is wanted of it") {
  const float y[]{0, -std::numeric_limits<float>::infinity(), 0};
  const std::uint32_t label = 2;
  float dy[3];
  const double loss = CrossEntropyLoss{}.sum<float>(1, Shape{3}, y, &label, 1, dy);
  CHECK(loss == std::log(2.0));
  CHECK(std::vector<float>(dy, dy + 3) == std::vector<float>{0.5f, 0, -0.5f});
}

TEST_CASE("NLLLoss with weights goes through LogSoftmax with the bits of one after the other") {
  constexpr std::size_t n = 7, classes = 5;
  std::mt19937 random(4);
  std::normal_distribution<float> normal;
  std::vector<float> y(n * classes), dy(y.size()), apart(y.size()), fused(y.size());
  for (float& x : y) x = normal(random);
  using log_softmax = kernels::log_softmax<float, classes>;
  log_softmax::forward(n, y.data(), y.data());
  const std::uint32_t labels[n]{3, 0, static_cast<std::uint32_t>(-100), 4, 1, 2, 2};
  for (const NLLLoss& loss : {NLLLoss{.weight = weights, .ignore_index = -100},
                              NLLLoss{.weight = {}, .ignore_index = -100}}) {
    const double sum = loss.sum<float>(n, Shape{5}, y.data(), labels, 0.3, dy.data());
    log_softmax::backward(n, y.data(), dy.data(), apart.data());
    CHECK(loss.fused_sum<float>(n, Shape{5}, y.data(), labels, 0.3, fused.data()) == sum);
    CHECK(fused == apart);
  }
}

TEST_CASE("a class loss refuses an image as output") {
  STATIC_REQUIRE(NLLLoss::check(Shape{10}).empty());
  STATIC_REQUIRE(NLLLoss::check(Shape{10, 4, 4}) ==
                 "NLLLoss wants a vector of class scores, and the output is 10x4x4");
}

TEST_CASE("members that do not fit are one sentence") {
  CHECK(wrong(CrossEntropyLoss{.weight = weights, .label_smoothing = 1}, {5}).empty());
  CHECK(wrong(CrossEntropyLoss{.weight = weights}, {10}) ==
        "CrossEntropyLoss: weight has 5 numbers, the network 10 classes");
  CHECK(wrong(NLLLoss{.weight = {1, -1}}, {2}) ==
        "NLLLoss: the weight of class 1 is -1, expected a number from 0 on");
  CHECK(wrong(NLLLoss{.weight = {NAN, 1}}, {2}) ==
        "NLLLoss: the weight of class 0 is nan, expected a number from 0 on");
  for (const double share : {-0.1, 1.1})
    CHECK(wrong(CrossEntropyLoss{.label_smoothing = share}, {2}) ==
          std::string("CrossEntropyLoss: label_smoothing is ") + (share < 0 ? "-0.1" : "1.1") +
              ", expected 0 to 1");
  CHECK(wrong(HuberLoss{.delta = 0}, {2}) == "HuberLoss: delta is 0, expected a number above 0");
  CHECK(wrong(SmoothL1Loss{.beta = -1}, {2}) ==
        "SmoothL1Loss: beta is -1, expected a number from 0 on");
  CHECK(wrong(BCEWithLogitsLoss{.pos_weight = {1, 2, 3}}, {2, 5, 5}) ==
        "BCEWithLogitsLoss: pos_weight has 3 numbers, the output has 2 channels");
  CHECK(wrong(BCEWithLogitsLoss{.pos_weight = {-2}}, {2, 5, 5}) ==
        "BCEWithLogitsLoss: a pos_weight is -2, expected numbers from 0 on");
}
