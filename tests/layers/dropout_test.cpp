#include <algorithm>

#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Input<2, 5, 5>, Dropout<0.25>>;
using Channels = Sequential<Input<7, 3, 5>, Dropout2d<0.25>>;

/// Three samples of ones, seen through the network.
template <class Of = Net>
std::vector<float> dropped(std::size_t first_sample, std::uint64_t seed, bool training) {
  const Network<Of> net;
  Workspace<Of> workspace;
  const std::vector<float> ones(3 * Of::input_shape.size(), 1.f);
  std::vector<float> y(ones.size());
  using Pass = detail::Pass<typename Network<Of>::Program>;
  Pass::write_input(3, ones.data(), workspace);
  Pass::forward({.samples = 3, .training = training, .seed = seed, .first_sample = first_sample},
                net.weights(), workspace);
  Pass::read_output(3, workspace, y.data());
  return y;
}

} // namespace

TEST_CASE("dropout passes everything on outside of training") {
  const auto y = dropped(0, 1, false);
  CHECK(std::all_of(y.begin(), y.end(), [](float v) { return v == 1.f; }));
}

TEST_CASE("dropout zeroes or scales by the inverse of what it keeps") {
  const auto y = dropped(0, 1, true);
  CHECK(std::all_of(y.begin(), y.end(), [](float v) { return v == 0.f || v == 1 / 0.75f; }));
  CHECK(std::count(y.begin(), y.end(), 0.f) > 0);
}

TEST_CASE("dropout's mask follows the seed and the sample and nothing else") {
  CHECK(dropped(0, 1, true) == dropped(0, 1, true));
  CHECK(dropped(0, 1, true) != dropped(0, 2, true));
  const auto from_0 = dropped(0, 1, true), from_1 = dropped(1, 1, true);
  const auto size = static_cast<std::ptrdiff_t>(Net::input_shape.size());
  CHECK(std::equal(from_1.begin(), from_1.end() - size, from_0.begin() + size));
}

TEST_CASE("dropout keeps the law of gradients") {
  CHECK(gradcheck<Input<2, 4, 3>, Dropout<0.3>>() == "");
}

TEST_CASE("dropout2d zeroes or scales whole channels, in training only") {
  const auto passed = dropped<Channels>(0, 1, false);
  CHECK(std::all_of(passed.begin(), passed.end(), [](float v) { return v == 1.f; }));
  const auto y = dropped<Channels>(0, 1, true);
  for (std::size_t i = 0; i < y.size(); i += 15) {
    CHECK((y[i] == 0.f || y[i] == 1 / 0.75f));
    CHECK(std::all_of(&y[i], &y[i] + 15, [&](float v) { return v == y[i]; }));
  }
  const auto zeros = std::count(y.begin(), y.end(), 0.f);
  CHECK((zeros > 0 && zeros < 15 * 21));
}

TEST_CASE("dropout2d's mask follows the seed and the sample and nothing else") {
  CHECK(dropped<Channels>(0, 1, true) != dropped<Channels>(0, 2, true));
  const auto from_0 = dropped<Channels>(0, 1, true), from_1 = dropped<Channels>(1, 1, true);
  CHECK(std::equal(from_1.begin(), from_1.end() - 7 * 15, from_0.begin() + 7 * 15));
}

TEST_CASE("dropout2d keeps the law of gradients") {
  CHECK(gradcheck<Input<5, 4, 3>, Dropout2d<0.3>>() == "");
  CHECK(gradcheck<Input<5, 4>, Dropout2d<>>() == "");
  CHECK(gradcheck<Input<5, 4>, Frozen<Dropout2d<>>>() == "");
}
