// What a Checkpoint does not keep is computed again: the same bits, in less memory.
#include <cstddef>
#include <cstring>
#include <numeric>
#include <vector>

#include <ctnn/network/gradcheck.hpp>
#include <ctnn/train.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

template <class Net>
struct Samples {
  static constexpr Shape sample_shape = Net::input_shape;
  std::size_t size() const { return 70; }
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < sample_shape.size(); ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 5); }
};

template <class Net>
std::vector<float> trained() {
  Network<Net> net(2);
  Trainer trainer(net, CrossEntropyLoss{}, SGD{.lr = 0.02, .momentum = 0.9}, {.threads = 2});
  for (int epoch = 0; epoch < 2; ++epoch) train_epoch(trainer, Samples<Net>{}, {.batch_size = 30});
  return {net.parameter_block().begin(), net.parameter_block().end()};
}

/// A network of two stages, each in a Stage or not.
template <template <class...> class Stage, class... Norm>
using Staged =
    Sequential<Input<3, 8, 8>, Conv2d<4, 3, padding(1)>,
               Stage<Norm..., ReLU,
                     Residual<Sequential<Conv2d<4, 3, padding(1)>, Norm..., Dropout<0.1>, SiLU,
                                         Conv2d<4, 3, padding(1)>, Norm..., Tanh>>>,
               MaxPool2d<2>,
               Stage<Conv2d<6, 3, padding(1)>, Norm..., GELU<>, Conv2d<6, 3>, ReLU, MaxPool2d<2>>,
               Flatten, Linear<5>>;

using Block = Residual<Sequential<Conv2d<8, 3, padding(1)>, SiLU, Conv2d<8, 3, padding(1)>, Tanh>>;
template <class L>
using Six = Sequential<L, L, L, L, L, L>;

template <class A, class B>
void same_bits() {
  const auto kept = trained<A>(), again = trained<B>();
  REQUIRE(kept.size() == again.size());
  CHECK(std::memcmp(kept.data(), again.data(), kept.size() * sizeof(float)) == 0);
}

template <class Net>
constexpr std::size_t memory = [] {
  using Program = plan::TrainingProgram<Net, float>;
  return plan::plan_buffers(Program::graph, plan::Mode::training, 1, Program::phases).size;
}();

} // namespace

TEST_CASE("a Checkpoint is no part of a name") {
  using Net = Staged<Checkpoint>;
  STATIC_REQUIRE(Net::parameter_count == Staged<Sequential>::parameter_count);
  STATIC_REQUIRE(Net::graph.parameters[0].name == "0.weight");
  STATIC_REQUIRE(Net::graph.parameters[2].name == "2.weight");
  using Named = Sequential<Input<4>, ctnn::Named<"fc", Checkpoint<Linear<3>>>, ReLU>;
  STATIC_REQUIRE(Named::graph.parameters[1].name == "fc.bias");
}

TEST_CASE("the gradient through it is right") {
  const GradcheckOptions few{.coordinates = 100};
  CHECK(gradcheck<Staged<Checkpoint>>(few) == "");
  CHECK(gradcheck<With<Staged<Checkpoint>, fusion(false)>>(few) == "");
  CHECK(gradcheck<Input<3, 9, 9>, Checkpoint<Conv2d<4, 3>, Tanh, MaxPool2d<2, stride(1)>>,
                  Checkpoint<Checkpoint<Tanh>, Conv2d<3, 3>, Sigmoid>, Tanh>(few) == "");
  CHECK(gradcheck<Input<9>, Checkpoint<Tanh>, Checkpoint<Linear<4>, LogSoftmax>>(few) == "");
  CHECK(gradcheck<Staged<Checkpoint, BatchNorm2d<>>>(few) == "");
  CHECK(gradcheck<Staged<Checkpoint, BatchNorm2d<ghost(3)>>>(few) == "");
}

TEST_CASE("it trains to the same bits, and keeps less") {
  same_bits<Staged<Sequential>, Staged<Checkpoint>>();
  same_bits<Staged<Sequential>, With<Staged<Checkpoint>, fusion(false)>>();
  // Of six blocks, one at a time is there, and what the six begin with.
  using Kept = Sequential<Input<8, 6, 6>, Six<Block>, Flatten, Linear<5>>;
  using Again = Sequential<Input<8, 6, 6>, Six<Checkpoint<Block>>, Flatten, Linear<5>>;
  STATIC_REQUIRE(memory<Again> < 0.6 * memory<Kept>);
  STATIC_REQUIRE(plan::Program<Again, float>::chunk >= plan::Program<Kept, float>::chunk);
  same_bits<Kept, Again>();
}

TEST_CASE("nor does it change what normalises by a batch or by a group") {
  same_bits<Staged<Sequential, BatchNorm2d<>>, Staged<Checkpoint, BatchNorm2d<>>>();
  same_bits<Staged<Sequential, BatchNorm2d<ghost(3)>>, Staged<Checkpoint, BatchNorm2d<ghost(3)>>>();
}
