// The table is torchsummary 1.5.1's to the byte (tests/reference/torchsummary, printed by it on
// PyTorch 1.13.1: the functional Net, the nn.Sequential, and the latter with batch_size=64).
#include <fstream>
#include <iterator>
#include <string>

#include <ctnn/core.hpp>

#include "../../src/mnist_net.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

std::string golden(const std::string& name) {
  std::ifstream file(CTNN_TESTS_DIR "/reference/torchsummary/" + name + ".txt", std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("the summary is torchsummary's to the byte") {
  CHECK(std::string(summary<Net, Rows::with_parameters>) == golden("with_parameters"));
  CHECK(std::string(summary<Net>) == golden("all"));
  CHECK(std::string(summary<Net, Rows::all, 64>) == golden("all_batch_64"));
}

TEST_CASE("the summary is a constant") {
  STATIC_REQUIRE(summary<Net>.find("Conv2d-3           [-1, 64, 24, 24]          18,496\n") !=
                 std::string_view::npos);
}
