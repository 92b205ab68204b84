// How a network runs, as a table.
#include <string>

#include <ctnn/core.hpp>
#include <ctnn/kernels/all.hpp>
#include <ctnn/plan/table.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

template <class Norm>
using Net = Sequential<Input<3, 8, 8>, Conv2d<16, 3, padding(1), direct>, Norm, ReLU,
                       Residual<Conv2d<16, 3, padding(1), direct>, Norm, ReLU>, Flatten, Linear<4>>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the table has a line for each operation, and the memory of a thread") {
  const std::string table = plan::table<Net<BatchNorm2d<>>>();
  CHECK(contains(table, "\n0 BatchNorm2d ReLU          direct               16x8x8        27,648"));
  CHECK(contains(table, "\n3 BatchNorm2d ReLU          direct "));
  CHECK(contains(table, "\nActivations, training: "));
}

TEST_CASE("of a network with batch norms it says what waits, what is kept and what is made again") {
  CHECK(contains(plan::table<Net<BatchNorm2d<>>>(), R"(
Training waits for the whole batch before each batch normalisation:
Phase   Begins with                 Kept of it for the batch                    Made again on the way back
0       0                           the samples, 0                              -
1       1 BatchNorm2d ReLU          1 BatchNorm2d ReLU, 3                       -
2       4 BatchNorm2d ReLU          -                                           -
Samples in a chunk: 32
)"));
  CHECK(!contains(plan::table<Net<GroupNorm<4>>>(), "waits"));
  CHECK(!contains(plan::table<Net<Frozen<BatchNorm2d<>>>>(), "waits"));
  CHECK(!contains(plan::table<Net<BatchNorm2d<ghost(16)>>>(), "waits"));
}

TEST_CASE("a chunk that goes in phases is small, unless the weights that it passes by are not") {
  using Small = Net<BatchNorm2d<>>;
  using Heavy = Sequential<Input<3, 8, 8>, Conv2d<16, 3, padding(1), direct>, BatchNorm2d<>, ReLU,
                           Conv2d<16, 3, padding(1), direct>, BatchNorm2d<>, ReLU, Flatten,
                           Linear<512>, Linear<4>>;
  STATIC_REQUIRE(plan::TrainingProgram<Small, float>::chunk == 32);
  STATIC_REQUIRE(plan::TrainingProgram<Heavy, float>::chunk == 64);
  STATIC_REQUIRE(plan::Program<Small, float>::chunk == 64); // as it predicts, in one phase
}
