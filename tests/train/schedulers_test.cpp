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

} // namespace

TEST_CASE("schedulers follow PyTorch step by step") {
  const StepLR steps{.lr = 0.1, .step_size = 3, .gamma = 0.1};
  follows("StepLR", "lr", [&](std::size_t i) { return steps.lr_at(i); });

  const CosineAnnealingLR cosine{.lr = 0.1, .T_max = 10, .eta_min = 0.001};
  follows("CosineAnnealingLR", "lr", [&](std::size_t i) { return cosine.lr_at(i); });

  const OneCycleLR cycle{.max_lr = 0.1, .total_steps = 20};
  follows("OneCycleLR", "lr", [&](std::size_t i) { return cycle.lr_at(i); });
  follows("OneCycleLR", "momentum", [&](std::size_t i) { return cycle.momentum_at(i); });

  const OneCycleLR linear{
      .max_lr = 0.1, .total_steps = 20, .anneal_strategy = OneCycleLR::Anneal::linear};
  follows("OneCycleLR_linear", "lr", [&](std::size_t i) { return linear.lr_at(i); });
  follows("OneCycleLR_linear", "momentum", [&](std::size_t i) { return linear.momentum_at(i); });
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
