// The table is torchsummary 1.5.1's to the byte (tests/reference/torchsummary, printed by it on
// PyTorch 1.13.1: the functional Net, the nn.Sequential, and the latter with batch_size=64).
#include <fstream>
#include <iterator>
#include <sstream>
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

std::string text_of(std::string_view text) { return std::string(text); }

} // namespace

TEST_CASE("the summary is torchsummary's to the byte") {
  CHECK(text_of(summary<Net, Rows::with_parameters>) == golden("with_parameters"));
  CHECK(text_of(summary<Net>) == golden("all"));
  CHECK(text_of(summary<Net, Rows::all, 64>) == golden("all_batch_64"));
}

TEST_CASE("the summary is printed as it is, and ends in a NUL") {
  std::ostringstream out;
  out << summary<Net> << Sentence("that is all");
  CHECK(out.str() == golden("all") + "that is all");
  CHECK(summary<Net>.data()[summary<Net>.size()] == '\0');
}

TEST_CASE("the summary is a constant") {
  STATIC_REQUIRE(summary<Net>.contains("Conv2d-3           [-1, 64, 24, 24]          18,496\n"));
}
