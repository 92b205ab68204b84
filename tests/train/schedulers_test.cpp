#include <ctnn/train/schedulers.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

template <class F>
void follows(const char* name, const char* column, F&& value_at) {
  const auto expected = test::numbers(test::reference("schedulers.json")[name][column]);
  REQUIRE(expected.size() >= 10);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    INFO(name << ' ' << column << " at step " << step);
    CHECK(value_at(step) == Approx(expected[step]).epsilon(1e-12));
  }
}

/// `plateau` leaves PyTorch's learning rates for PyTorch's metrics.
void follows_metrics(const char* name, ReduceLROnPlateau plateau) {
  const auto file = test::reference("schedulers.json")[name];
  const auto metrics = test::numbers(file["metrics"]), expected = test::numbers(file["lr"]);
  REQUIRE(expected.size() == metrics.size());
  CHECK(expected.back() < expected.front());
  for (std::size_t step = 0; step < metrics.size(); ++step) {
    INFO(name << " at step " << step);
    CHECK(plateau.step(metrics[step]) == Approx(expected[step]).epsilon(1e-12));
    CHECK(plateau.lr == Approx(expected[step]).epsilon(1e-12));
  }
}

} // namespace

TEST_CASE("schedulers follow PyTorch step by step") {
  const StepLR steps{.lr = 0.1, .step_size = 3, .gamma = 0.1};
  follows("StepLR", "lr", [&](std::size_t i) { return steps.lr_at(i); });

  const CosineAnnealingLR cosine{.lr = 0.1, .T_max = 10, .eta_min = 0.001};
  follows("CosineAnnealingLR", "lr", [&](std::size_t i) { return cosine.lr_at(i); });

  const MultiStepLR milestones{.lr = 0.1, .milestones = {12, 8, 3, 8}, .gamma = 0.3};
  follows("MultiStepLR", "lr", [&](std::size_t i) { return milestones.lr_at(i); });

  const ExponentialLR exponential{.lr = 0.1, .gamma = 0.9};
  follows("ExponentialLR", "lr", [&](std::size_t i) { return exponential.lr_at(i); });

  const LinearLR up{.lr = 0.1};
  follows("LinearLR", "lr", [&](std::size_t i) { return up.lr_at(i); });
  const LinearLR down{.lr = 0.1, .start_factor = 1, .end_factor = 0.1, .total_iters = 7};
  follows("LinearLR_down", "lr", [&](std::size_t i) { return down.lr_at(i); });

  const PolynomialLR polynomial{.lr = 0.1, .total_iters = 7, .power = 0.9};
  follows("PolynomialLR", "lr", [&](std::size_t i) { return polynomial.lr_at(i); });

  const CosineAnnealingWarmRestarts again{.lr = 0.1, .T_0 = 4, .eta_min = 0.001};
  follows("CosineAnnealingWarmRestarts", "lr", [&](std::size_t i) { return again.lr_at(i); });
  const CosineAnnealingWarmRestarts longer{.lr = 0.1, .T_0 = 3, .T_mult = 2};
  follows("CosineAnnealingWarmRestarts_longer", "lr",
          [&](std::size_t i) { return longer.lr_at(i); });

  const LinearLR warm_up{.lr = 0.1, .start_factor = 0.01, .total_iters = 5};
  const SequentialLR two{warm_up, 5, cosine};
  follows("SequentialLR", "lr", [&](std::size_t i) { return two.lr_at(i); });
  const SequentialLR three{warm_up, 5,
                           SequentialLR{cosine, 7, ExponentialLR{.lr = 0.1, .gamma = 0.5}}};
  follows("SequentialLR_of_three", "lr", [&](std::size_t i) { return three.lr_at(i); });
  STATIC_REQUIRE(Scheduler<decltype(three)>);

  const OneCycleLR cycle{.max_lr = 0.1, .total_steps = 20};
  follows("OneCycleLR", "lr", [&](std::size_t i) { return cycle.lr_at(i); });
  follows("OneCycleLR", "momentum", [&](std::size_t i) { return cycle.momentum_at(i); });

  const OneCycleLR linear{
      .max_lr = 0.1, .total_steps = 20, .anneal_strategy = OneCycleLR::Anneal::linear};
  follows("OneCycleLR_linear", "lr", [&](std::size_t i) { return linear.lr_at(i); });
  follows("OneCycleLR_linear", "momentum", [&](std::size_t i) { return linear.momentum_at(i); });
}

TEST_CASE("a learning rate that follows a metric is PyTorch's") {
  using enum ReduceLROnPlateau::ThresholdMode;
  constexpr auto max = ReduceLROnPlateau::Mode::max;
  follows_metrics("ReduceLROnPlateau", {.lr = 0.1, .patience = 2});
  follows_metrics("ReduceLROnPlateau_max", {.lr = 0.1,
                                            .mode = max,
                                            .factor = 0.5,
                                            .patience = 1,
                                            .threshold = 0.05,
                                            .threshold_mode = abs,
                                            .cooldown = 2,
                                            .min_lr = 0.01});
  follows_metrics("ReduceLROnPlateau_abs", {.lr = 0.1,
                                            .factor = 0.3,
                                            .patience = 0,
                                            .threshold = 0.3,
                                            .threshold_mode = abs,
                                            .cooldown = 1,
                                            .eps = 1e-3});
  follows_metrics("ReduceLROnPlateau_rel_max",
                  {.lr = 0.1, .mode = max, .patience = 3, .threshold = 0.1});
}

TEST_CASE("cosine annealing stays at its end") {
  const CosineAnnealingLR cosine{.lr = 0.1, .T_max = 10, .eta_min = 0.001};
  CHECK(cosine.lr_at(25) == Approx(0.001));
}

TEST_CASE("one cycle without a way up begins at the top") {
  const OneCycleLR cycle{.max_lr = 0.1, .total_steps = 10, .pct_start = 0.1};
  CHECK(cycle.lr_at(0) == Approx(0.1));
  CHECK(cycle.lr_at(9) == Approx(0.1 / 25 / 1e4));
}
