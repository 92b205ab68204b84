// The assignment's network follows PyTorch step by step (tests/reference/seed_net.py).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <ctnn/train.hpp>

#include "../../src/mnist_net.hpp"
#include "support/catch.hpp"
#include "support/hashed_images.hpp"
#include "support/reference.hpp"

using namespace ctnn;

namespace {

/// `tolerance` is relative for losses; for weights it is a part of the largest distance moved.
template <class T>
void follows_pytorch(double loss_tolerance, double tolerance) {
  const auto file = test::reference("seed_net.json");
  const std::size_t batch_size = file["batch"];
  const auto losses = test::numbers(file["losses"]);

  Network<Net, T> net;
  net.modify([](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p) {
      const double bound = 1 / std::sqrt(double(Net::graph.parameters[p].initial.fan_in));
      for (std::size_t i = 0; i < tensors[p].size(); ++i)
        tensors[p][i] = static_cast<T>(bound * test::hashed(i, p));
    }
  });
  Trainer trainer(net, NLLLoss{}, SGD{.lr = file["lr"], .momentum = file["momentum"]});
  const test::HashedImages images{losses.size() * batch_size};
  std::vector<std::uint32_t> batch(batch_size);
  for (std::size_t step = 0; step < losses.size(); ++step) {
    std::iota(batch.begin(), batch.end(), static_cast<std::uint32_t>(step * batch_size));
    CHECK(trainer.step(images, batch).loss() == Approx(losses[step]).epsilon(loss_tolerance));
  }
  for (std::size_t p = 0; p < net.tensors; ++p) {
    const auto& parameter = file["parameters"][p];
    REQUIRE(parameter["name"].get<std::string>() == Net::graph.parameters[p].name.view());
    const auto expected = test::numbers(parameter["data"]);
    const std::size_t stride = parameter["stride"];
    double apart = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
      apart = std::max(apart, std::abs(double(net.tensor(p)[i * stride]) - expected[i]));
    INFO(parameter["name"]);
    CHECK(apart <= tolerance * parameter["moved"].get<double>());
  }
}

} // namespace

TEST_CASE("the seed network follows PyTorch in double") { follows_pytorch<double>(1e-12, 1e-9); }

// In float, rounding decides which of equal pixels wins a window, and each such choice sends a
// gradient elsewhere: PyTorch's own float32 ends up to 7e-3 of the way from its float64 here.
TEST_CASE("the seed network follows PyTorch in float") { follows_pytorch<float>(1e-6, 1e-2); }
