#include <ctnn/train/metrics.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

using Labels = std::vector<std::uint32_t>;

template <class T>
Tensor<T, 2> outputs(std::size_t classes, const std::vector<double>& scores) {
  auto tensor = Tensor<T, 2>::from_shape({scores.size() / classes, classes});
  for (std::size_t i = 0; i < scores.size(); ++i) tensor.data()[i] = static_cast<T>(scores[i]);
  return tensor;
}

ConfusionMatrix confusion_matrix_of(std::size_t classes, const Labels& labels,
                                    const Labels& predicted) {
  ConfusionMatrix matrix(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) matrix.add(labels[i], predicted.at(i));
  return matrix;
}

template <class T>
void follows_the_definitions(const std::string& name, const nlohmann::json& expected) {
  INFO(name << (sizeof(T) == 4 ? " in float" : " in double"));
  const std::size_t classes = expected["classes"];
  const auto scores = outputs<T>(classes, test::numbers(expected["scores"]));
  const Labels labels = expected["labels"];
  const ConfusionMatrix matrix = confusion_matrix(scores, labels);
  REQUIRE(matrix.classes() == classes);
  CHECK(matrix.total() == labels.size());
  CHECK(matrix.accuracy() == expected["accuracy"].get<double>());
  for (std::size_t k = 0; k < classes; ++k) {
    INFO("class " << k);
    CHECK(matrix.support(k) == expected["support"][k].get<std::uint64_t>());
    CHECK(matrix.precision(k) == expected["precision"][k].get<double>());
    CHECK(matrix.recall(k) == expected["recall"][k].get<double>());
    CHECK(matrix.f1(k) == expected["f1"][k].get<double>());
    CHECK(topk_accuracy(scores, labels, k + 1) == expected["topk"][k].get<double>());
    for (std::size_t predicted = 0; predicted < classes; ++predicted)
      CHECK(matrix(k, predicted) ==
            expected["counts"][k * classes + predicted].get<std::uint64_t>());
  }
  CHECK(matrix.macro_precision() == Approx(expected["macro_precision"]).epsilon(1e-14));
  CHECK(matrix.macro_recall() == Approx(expected["macro_recall"]).epsilon(1e-14));
  CHECK(matrix.macro_f1() == Approx(expected["macro_f1"]).epsilon(1e-14));
}

} // namespace

TEST_CASE("metrics are what their definitions give in exact fractions") {
  const auto file = test::reference("metrics.json");
  REQUIRE(file.size() == 6);
  for (const auto& [name, expected] : file.items()) {
    follows_the_definitions<float>(name, expected);
    follows_the_definitions<double>(name, expected);
  }
}

TEST_CASE("metrics agree with the examples in the documentation of scikit-learn") {
  const ConfusionMatrix counts = confusion_matrix_of(3, {2, 0, 2, 2, 0, 1}, {0, 0, 2, 2, 0, 2});
  const std::vector<std::uint64_t> expected{2, 0, 0, 0, 0, 1, 1, 0, 2};
  for (std::size_t i = 0; i < 9; ++i) CHECK(counts(i / 3, i % 3) == expected[i]);

  const auto printed = [](double value) { return Approx(value).margin(0.005); };
  const ConfusionMatrix report = confusion_matrix_of(3, {0, 1, 2, 2, 2}, {0, 0, 2, 2, 1});
  CHECK(report.precision(0) == 0.5);
  CHECK(report.recall(0) == 1);
  CHECK(report.f1(0) == printed(0.67));
  CHECK(report.precision(1) == 0);
  CHECK(report.recall(1) == 0);
  CHECK(report.f1(1) == 0);
  CHECK(report.precision(2) == 1);
  CHECK(report.recall(2) == printed(0.67));
  CHECK(report.f1(2) == printed(0.80));
  CHECK(report.accuracy() == printed(0.60));
  CHECK(report.macro_precision() == printed(0.50));
  CHECK(report.macro_recall() == printed(0.56));
  CHECK(report.macro_f1() == printed(0.49));

  const auto scores =
      outputs<double>(3, {0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3, 0.7, 0.2, 0.1});
  CHECK(topk_accuracy(scores, Labels{0, 1, 2, 2}, 2) == 0.75);
}

TEST_CASE("of equal scores the first is the larger one") {
  const auto scores = outputs<float>(4, {1, 3, 3, 3});
  CHECK(confusion_matrix(scores, Labels{2})(2, 1) == 1);
  CHECK(topk_accuracy(scores, Labels{1}, 1) == 1);
  CHECK(topk_accuracy(scores, Labels{2}, 1) == 0);
  CHECK(topk_accuracy(scores, Labels{2}, 2) == 1);
  CHECK(topk_accuracy(scores, Labels{3}, 2) == 0);
  CHECK(topk_accuracy(scores, Labels{0}, 3) == 0);
}

TEST_CASE("infinite scores have their place") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto scores = outputs<float>(3, {-infinity, 0, infinity});
  CHECK(confusion_matrix(scores, Labels{2}).accuracy() == 1);
  CHECK(topk_accuracy(scores, Labels{1}, 2) == 1);
  CHECK(topk_accuracy(scores, Labels{0}, 2) == 0);
}

TEST_CASE("metrics of no samples are zero") {
  const auto none = outputs<float>(3, {});
  const ConfusionMatrix matrix = confusion_matrix(none, Labels{});
  CHECK(matrix.total() == 0);
  CHECK(matrix.accuracy() == 0);
  CHECK(matrix.precision(2) == 0);
  CHECK(matrix.recall(2) == 0);
  CHECK(matrix.f1(2) == 0);
  CHECK(matrix.macro_f1() == 0);
  CHECK(topk_accuracy(none, Labels{}, 1) == 0);
}

TEST_CASE("metrics refuse what has no meaning") {
  using Catch::Matchers::Message;
  const auto throws = [](auto&& f, const std::string& message) {
    CHECK_THROWS_MATCHES(f(), Error, Message(message));
  };
  throws([] { ConfusionMatrix(0); }, "ConfusionMatrix: expected 1 to 4294967295 classes, got 0");
  throws([] { ConfusionMatrix(std::size_t{1} << 32); },
         "ConfusionMatrix: expected 1 to 4294967295 classes, got 4294967296");
  ConfusionMatrix matrix(3);
  throws([&] { matrix.add(3, 0); },
         "ConfusionMatrix: label 3 predicted as 0, but there are 3 classes");
  throws([&] { matrix.add(0, 7); },
         "ConfusionMatrix: label 0 predicted as 7, but there are 3 classes");
  CHECK(matrix.total() == 0);
  CHECK_THROWS_AS(matrix(0, 3), Error);
  CHECK_THROWS_AS(matrix.precision(3), Error);
  CHECK_THROWS_AS(matrix.recall(3), Error);
  CHECK_THROWS_AS(matrix.f1(3), Error);
  CHECK_THROWS_AS(matrix.support(3), Error);

  const auto scores = outputs<float>(2, {1, 2, 3, 4});
  throws([&] { confusion_matrix(scores, Labels{0}); }, "outputs of 2 samples, but 1 labels");
  throws([&] { topk_accuracy(scores, Labels{0, 1, 1}, 1); }, "outputs of 2 samples, but 3 labels");
  throws(
      [&] {
        confusion_matrix(scores, Labels{0, 2});
      },
      "label 2 of sample 1 is not one of the 2 classes");
  throws(
      [&] {
        topk_accuracy(scores, Labels{0, 2}, 1);
      },
      "label 2 of sample 1 is not one of the 2 classes");
  throws([&] { topk_accuracy(scores, Labels{0, 1}, 0); }, "topk_accuracy: k is 0 of 2 classes");
  throws([&] { topk_accuracy(scores, Labels{0, 1}, 3); }, "topk_accuracy: k is 3 of 2 classes");

  const auto diverged = outputs<float>(2, {1, 2, std::numeric_limits<double>::quiet_NaN(), 0});
  throws([&] { confusion_matrix(diverged, Labels{0, 0}); }, "an output of sample 1 is NaN");
  throws([&] { topk_accuracy(diverged, Labels{0, 0}, 1); }, "an output of sample 1 is NaN");
}
