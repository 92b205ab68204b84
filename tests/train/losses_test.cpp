#include <vector>

#include <ctnn/train/losses.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

template <class T, class Loss>
void agrees_with_pytorch(const std::string& name) {
  const auto file = test::reference("losses.json")[name];
  const auto values = test::numbers(file["input"]), target = test::numbers(file["target"]);
  const auto gradient = test::numbers(file["gradient"]);
  const std::size_t n = file["shape"][0];
  const Shape out{values.size() / n};
  const std::vector<T> y(values.begin(), values.end());
  using Target = std::conditional_t<Loss::class_targets, std::uint32_t, T>;
  std::vector<Target> targets;
  for (const double t : target) targets.push_back(static_cast<Target>(t));

  std::vector<T> dy(y.size());
  const double scale = 1 / static_cast<double>(n);
  const double loss = Loss::template sum<T>(n, out, y.data(), targets.data(), scale, dy.data());
  const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-9;
  INFO(name);
  CHECK(loss * scale == Approx(file["loss"].template get<double>()).epsilon(tolerance));
  CHECK(Loss::template sum<T>(n, out, y.data(), targets.data(), scale, nullptr) == loss);
  for (std::size_t i = 0; i < dy.size(); ++i)
    CHECK(static_cast<double>(dy[i]) == Approx(gradient[i]).epsilon(tolerance).margin(tolerance));
}

} // namespace

TEST_CASE("losses agree with PyTorch") {
  agrees_with_pytorch<float, NLLLoss>("NLLLoss");
  agrees_with_pytorch<double, NLLLoss>("NLLLoss");
  agrees_with_pytorch<float, CrossEntropyLoss>("CrossEntropyLoss");
  agrees_with_pytorch<double, CrossEntropyLoss>("CrossEntropyLoss");
  agrees_with_pytorch<float, CrossEntropyLoss>("CrossEntropyLoss_far");
  agrees_with_pytorch<float, MSELoss>("MSELoss");
  agrees_with_pytorch<double, MSELoss>("MSELoss");
}

TEST_CASE("a class loss refuses an image as output") {
  STATIC_REQUIRE(NLLLoss::check(Shape{10}).empty());
  STATIC_REQUIRE(NLLLoss::check(Shape{10, 4, 4}) ==
                 "NLLLoss wants a vector of class scores, and the output is 10x4x4");
}
