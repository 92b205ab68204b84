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

// Branches in branches, in modules and as modules, without layers, and frozen ones.
using Body = Residual<Named<"conv1", Conv2d<4, 3, padding(1), bias(false)>>,
                      Named<"norm1", GroupNorm<2>>, ReLU>;
using Mixed = Concat<Identity, Conv2d<2, 1>,
                     Sum<Sequential<Conv2d<3, 1>, ReLU>, Named<"side", Conv2d<3, 1>>>>;
using Stem = Named<"stem", Sequential<Conv2d<4, 3, padding(1), bias(false)>, BatchNorm2d<>>>;
using Squeeze = Named<"se", Sequential<AdaptiveAvgPool2d<1>, Conv2d<9, 1>, Sigmoid>>;
using Branching = Sequential<Input<3, 8, 8>, Frozen<Stem, ReLU>,
                             Named<"layer1", Sequential<Sequential<Body, ReLU>, Mixed>>,
                             Product<Identity, Squeeze>, Flatten, Named<"fc", Linear<10>>>;

const std::string tree =
    R"(--------------------------------------------------------------------------------
Layer (type)                                        Output Shape         Param #
================================================================================
stem
  0 (Conv2d)                                       [-1, 4, 8, 8]             108
  1 (BatchNorm2d)                                  [-1, 4, 8, 8]               8
1 (ReLU)                                           [-1, 4, 8, 8]               0
layer1
  0
    Sum                                            [-1, 4, 8, 8]               0
    + conv1 (Conv2d)                               [-1, 4, 8, 8]             144
      norm1 (GroupNorm)                            [-1, 4, 8, 8]               8
      2 (ReLU)                                     [-1, 4, 8, 8]               0
    + Identity
    3 (ReLU)                                       [-1, 4, 8, 8]               0
  Concat                                           [-1, 9, 8, 8]               0
  + Identity
  + 1 (Conv2d)                                     [-1, 2, 8, 8]              10
  + Sum                                            [-1, 3, 8, 8]               0
    + 2 (Conv2d)                                   [-1, 3, 8, 8]              15
      3 (ReLU)                                     [-1, 3, 8, 8]               0
    + side (Conv2d)                                [-1, 3, 8, 8]              15
Product                                            [-1, 9, 8, 8]               0
+ Identity
+ se
    0 (AdaptiveAvgPool2d)                          [-1, 9, 1, 1]               0
    1 (Conv2d)                                     [-1, 9, 1, 1]              90
    2 (Sigmoid)                                    [-1, 9, 1, 1]               0
4 (Flatten)                                            [-1, 576]               0
fc (Linear)                                             [-1, 10]           5,770
================================================================================
Total params: 6,168
Trainable params: 6,052
Non-trainable params: 116
--------------------------------------------------------------------------------
Input size (MB): 0.00
Forward/backward pass size (MB): 0.04
Params size (MB): 0.02
Estimated Total Size (MB): 0.06
--------------------------------------------------------------------------------
)";
const std::string tree_of_parameters =
    R"(--------------------------------------------------------------------------------
Layer (type)                                        Output Shape         Param #
================================================================================
stem
  0 (Conv2d)                                       [-1, 4, 8, 8]             108
  1 (BatchNorm2d)                                  [-1, 4, 8, 8]               8
layer1
  0
    Sum                                            [-1, 4, 8, 8]               0
    + conv1 (Conv2d)                               [-1, 4, 8, 8]             144
      norm1 (GroupNorm)                            [-1, 4, 8, 8]               8
  Concat                                           [-1, 9, 8, 8]               0
  + 1 (Conv2d)                                     [-1, 2, 8, 8]              10
  + Sum                                            [-1, 3, 8, 8]               0
    + 2 (Conv2d)                                   [-1, 3, 8, 8]              15
    + side (Conv2d)                                [-1, 3, 8, 8]              15
Product                                            [-1, 9, 8, 8]               0
+ se
    1 (Conv2d)                                     [-1, 9, 1, 1]              90
fc (Linear)                                             [-1, 10]           5,770
================================================================================
Total params: 6,168
Trainable params: 6,052
Non-trainable params: 116
--------------------------------------------------------------------------------
Input size (MB): 0.00
Forward/backward pass size (MB): 0.01
Params size (MB): 0.02
Estimated Total Size (MB): 0.04
--------------------------------------------------------------------------------
)";

/// The text with `to` in place of each `from`.
std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

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

TEST_CASE("the summary of a network that branches is a tree") {
  CHECK(text_of(summary<Branching>) == tree);
  CHECK(text_of(summary<Branching, Rows::with_parameters>) == tree_of_parameters);
  std::string of_two = replaced(tree, "[-1", " [2");
  of_two = replaced(of_two, "pass size (MB): 0.04", "pass size (MB): 0.07");
  CHECK(text_of(summary<Branching, Rows::all, 2>) ==
        replaced(of_two, "Total Size (MB): 0.06", "Total Size (MB): 0.10"));
}

TEST_CASE("what is frozen is not trainable, and running statistics are no parameters") {
  using Chain = Sequential<Input<4>, Frozen<Linear<3>, BatchNorm1d<>, ReLU>, Linear<2>>;
  STATIC_REQUIRE(summary<Chain>.contains("Total params: 29\n"
                                         "Trainable params: 8\n"
                                         "Non-trainable params: 21\n"));
  STATIC_REQUIRE(
      summary<Chain>.contains("            Linear-1                    [-1, 3]              15\n"
                              "       BatchNorm1d-2                    [-1, 3]               6\n"));
  using All = Sequential<Input<4>, Frozen<Linear<3>>>;
  STATIC_REQUIRE(summary<All>.contains("Trainable params: 0\nNon-trainable params: 15\n"));
}
