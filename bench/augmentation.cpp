// What augmenting costs the training threads: an image through the transforms of each recipe of the
// mnist program.

#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "trainer/recipes.hpp"

namespace ctnn::bench {
namespace {

void augment(benchmark::State& state, trainer::Transform transform) {
  std::vector<std::uint8_t> pixels(Net::input_shape.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 7);
  std::vector<float> x(pixels.size(), NAN);
  std::uint32_t sample = 0; // one in ten is cropped and resized: the mean over many counts
  for (auto _ : state) {
    transform(pixels.data(), transforms::Random(/*seed=*/1, /*epoch=*/1, sample++), x.data());
    benchmark::DoNotOptimize(x.data());
  }
  for (const float value : x)
    if (!std::isfinite(value)) return fail(state, "an input that is not finite");
}

[[maybe_unused]] const bool added = [] {
  for (const trainer::Recipe& recipe : trainer::recipes())
    benchmark::RegisterBenchmark(
        ("augmentation of 1 image, recipe " + std::string(recipe.name)).c_str(), augment,
        recipe.augmentation);
  return true;
}();

} // namespace
} // namespace ctnn::bench
