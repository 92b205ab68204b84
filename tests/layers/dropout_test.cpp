#include <algorithm>

#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Input<2, 5, 5>, Dropout<0.25>>;

std::vector<float> dropped(std::size_t first_sample, std::uint64_t seed, bool training) {
  const Network<Net> net;
  Workspace<Net> workspace;
  const std::vector<float> ones(3 * Net::input_shape.size(), 1.f);
  std::vector<float> y(ones.size());
  using Pass = detail::Pass<Network<Net>::Program>;
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
