// Which layers run as one, and that it changes no bit.
#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <random>
#include <span>
#include <type_traits>
#include <vector>

#include <ctnn/train.hpp>

#include "../../src/mnist_net.hpp"
#include "kernels/exact_buffer.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

/// How many layers each operation takes.
template <std::size_t Layers>
constexpr std::array<std::size_t, Layers> counts(const plan::Operations<Layers>& operations) {
  std::array<std::size_t, Layers> result{};
  for (std::size_t i = 0; i < operations.count; ++i) result[i] = operations.operation[i].count;
  return result;
}
template <class... Traits>
constexpr auto operations_of(bool fusion, Traits... layers) {
  const std::array<Shape, sizeof...(Traits)> inputs{};
  return plan::find_operations(inputs, std::array{layers...}, {.fusion = fusion});
}
template <class... Traits>
constexpr auto counts_of(Traits... layers) {
  return counts(operations_of(true, layers...));
}
template <class Net>
constexpr auto counts_in_net = [] {
  constexpr auto& operations = plan::Program<Net, float>::operations;
  std::array<std::size_t, Net::node_count> result{};
  for (std::size_t i = 0; i < operations.size(); ++i) result[i] = operations[i].count;
  return result;
}();
template <class... Layers>
constexpr auto counts_in = counts_in_net<Sequential<Layers...>>;

using Counts2 = std::array<std::size_t, 2>;
using Counts3 = std::array<std::size_t, 3>;
using Counts4 = std::array<std::size_t, 4>;

constexpr kernels::ConvolutionAlgorithm by_pool(Shape, kernels::ConvolutionAlgorithm,
                                                std::size_t pool) {
  return winograd(static_cast<int>(pool) + 1);
}
constexpr bool always(Shape, kernels::ConvolutionAlgorithm, std::size_t) { return true; }

constexpr plan::Traits conv{.fusable = true, .algorithm = by_pool, .can_pool = always},
    linear{.fusable = true}, pool{.pool = 2}, rectifier{.activation = true, .commutes = true},
    sigmoid{.activation = true}, other{};

static_assert(counts_of(conv, rectifier, other) == Counts3{2, 1});
static_assert(counts_of(conv, pool, rectifier) == Counts3{3});
static_assert(counts_of(conv, rectifier, pool) == Counts3{3});
static_assert(counts_of(conv, pool, sigmoid) == Counts3{3});
static_assert(counts_of(conv, sigmoid, pool) == Counts3{2, 1});
static_assert(counts_of(conv, rectifier, rectifier) == Counts3{2, 1});
static_assert(counts_of(conv, pool, pool) == Counts3{2, 1});
static_assert(counts_of(conv, pool, rectifier, pool) == Counts4{3, 1});
static_assert(counts_of(conv, other, rectifier) == Counts3{1, 1, 1});
static_assert(counts_of(pool, rectifier, conv) == Counts3{1, 1, 1});
static_assert(counts_of(linear, rectifier, linear, sigmoid) == Counts4{2, 2});
static_assert(counts_of(linear, pool) == Counts2{1, 1});
static_assert(counts(operations_of(false, conv, pool, rectifier)) == Counts3{1, 1, 1});

// A batch normalisation is folded into what it follows, and is otherwise the first of its own operation.
constexpr plan::Traits norm{.fusable = true, .norm = true};
static_assert(counts_of(conv, norm, pool, rectifier) == Counts4{4});
static_assert(counts_of(linear, norm, rectifier, norm) == Counts4{3, 1});
static_assert(counts_of(conv, norm, norm, rectifier) == Counts4{2, 2});
static_assert(counts_of(other, norm, rectifier) == Counts3{1, 2});
static_assert(counts_of(conv, pool, norm) == Counts3{2, 1});
static_assert(counts(operations_of(false, conv, norm, rectifier)) == Counts3{2, 1});

// The first layer of a branch stands behind the last of the one before, and does not take what that makes.
constexpr plan::Traits elsewhere{.follows = false, .activation = true, .commutes = true};
static_assert(counts_of(conv, elsewhere) == Counts2{1, 1});
static_assert(counts_of(conv, pool, elsewhere, rectifier) == Counts4{2, 1, 1});

constexpr plan::Operation places = operations_of(true, other, conv, rectifier, pool).operation[1];
static_assert(places.first == 1 && places.activation == 1 && places.pool == 2);
// The algorithm is that for the pooled outputs, also where the pooling is an operation of its own.
static_assert(places.algorithm == winograd(3));
static_assert(operations_of(false, conv, pool).operation[0].algorithm == winograd(3));
static_assert(operations_of(false, conv, other).operation[0].algorithm == winograd(2));
static_assert(operations_of(false, conv, pool).operation[1].algorithm == automatic);

static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, ReLU, MaxPool2d<2>> == Counts3{3});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<2>, ReLU> == Counts3{3});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, LeakyReLU<>, MaxPool2d<2>> == Counts3{2, 1});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<2>, LeakyReLU<>> == Counts3{3});
static_assert(counts_in<Input<1, 9, 8>, Conv2d<4, 3>, MaxPool2d<2>> == Counts2{1, 1}); // 7 rows
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<3, stride(1)>> == Counts2{1, 1});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<2, padding(1)>> == Counts2{1, 1});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, AvgPool2d<2>> == Counts2{1, 1});
// Rounding up is the same where no pixels are left over.
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<2, ceil_mode(true)>> == Counts2{2});
static_assert(counts_in<Input<1, 9, 8>, Conv2d<4, 3>, MaxPool2d<2, ceil_mode(true)>> ==
              Counts2{1, 1});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3>, MaxPool2d<4, ceil_mode(true)>> ==
              Counts2{1, 1});
static_assert(counts_in<Input<1, 8>, Conv1d<4, 3>, MaxPool1d<2>> == Counts2{1, 1});
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3, winograd(3)>, MaxPool2d<2>> ==
              Counts2{1, 1}); // windows would lie in two tiles
static_assert(counts_in<Input<1, 8, 8>, Conv2d<4, 3, winograd(3)>, MaxPool2d<3>> == Counts2{2});
static_assert(counts_in<Input<4>, Linear<4>, Tanh> == Counts2{2});
static_assert(counts_in<Input<4>, Linear<4>, Softmax> == Counts2{1, 1});
static_assert(counts_in<Input<4>, Linear<4>, Dropout<>, ReLU> == Counts3{1, 1, 1});
// Names and nesting are no obstacle.
static_assert(counts_in<Input<1, 8, 8>,
                        Named<"block", Sequential<Named<"conv", Conv2d<4, 3>>, Sequential<ReLU>>>,
                        Named<"pool", MaxPool2d<2>>> == Counts3{3});

// A layer of the user's own may use the words by which fusion asks.
struct Halve {
  static constexpr std::size_t side = 2;
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr bool can_pool(Shape, kernels::ConvolutionAlgorithm, std::size_t) { return true; }
  static constexpr int algorithm(Shape, kernels::ConvolutionAlgorithm, std::size_t) { return 0; }
  static void forward(const auto& c) {
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = c.x[i] / side;
  }
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dy.size(); ++i) c.dx[i] = c.dy[i] / side;
  }
};
using Halved = Sequential<Input<1, 8, 8>, Conv2d<4, 3, direct>, Halve, MaxPool2d<2>>;
static_assert(counts_in_net<Halved> == Counts3{1, 1, 1});
static_assert(plan::Program<Halved, float>::operations[1].algorithm == automatic);

static_assert(plan::Program<Net, float>::size == 8);
static_assert(plan::Program<With<Net, fusion(false)>, float>::size == Net::node_count);
// The last option counts, however they are nested.
static_assert(plan::Program<With<With<Net, fusion(false)>, fusion(true)>, float>::size == 8);
static_assert(plan::Program<With<Net, direct>, float>::parameters.size ==
              plan::Program<Net, float>::parameters.size);
static_assert(With<Net, fusion(false)>::parameter_count == Net::parameter_count);

template <class Net, std::size_t I>
constexpr bool is_direct =
    std::is_base_of_v<kernels::direct_conv2d<float, Conv2d<8, 3>::geometry({4, 10, 10}),
                                             kernels::epilogue<1, kernels::identity>>,
                      typename plan::Program<Net, float>::template kernel<I>>;
template <class Net, std::size_t I, std::size_t M>
constexpr bool is_winograd =
    std::is_base_of_v<kernels::winograd_conv2d<float, Conv2d<8, 3>::geometry({4, 10, 10}), M,
                                               kernels::epilogue<1, kernels::identity>>,
                      typename plan::Program<Net, float>::template kernel<I>>;
using Undecided = Sequential<Input<4, 10, 10>, Conv2d<8, 3>>;
using Obstinate = Sequential<Input<4, 10, 10>, Conv2d<8, 3, winograd(2)>>;
static_assert(is_direct<With<Undecided, direct>, 0>);
static_assert(is_winograd<With<Undecided, winograd(3)>, 0, 3>);
static_assert(is_winograd<Obstinate, 0, 2>); // the layer's own comes first
static_assert(is_winograd<With<Obstinate, direct>, 0, 2>);
static_assert(Conv2d<8, 5>::algorithm({4, 10, 10}, winograd(5), 1) != winograd(5)); // cannot
// What is asked for comes before fusion, which F(3, 3) cannot have with windows of 2.
using Pooled = Sequential<Input<16, 12, 12>, Conv2d<16, 3>, MaxPool2d<2>>;
static_assert(plan::Program<With<Pooled, winograd(3)>, float>::operations[0].algorithm ==
              winograd(3));
static_assert(plan::Program<With<Pooled, winograd(3)>, float>::size == 2);
// The choice is that of the fused layers, also where they are not fused: F(6, 3), not F(5, 3).
static_assert(plan::Program<Pooled, float>::size == 1);
static_assert(plan::Program<Pooled, float>::operations[0].algorithm == winograd(6));
static_assert(plan::Program<With<Pooled, fusion(false)>, float>::operations[0].algorithm ==
              winograd(6));

// Every kind of group, and layers that stay alone.
template <kernels::ConvolutionAlgorithm First, kernels::ConvolutionAlgorithm Second,
          kernels::ConvolutionAlgorithm Third>
using GroupsBy = Sequential<Input<2, 14, 14>, Conv2d<5, 3, First>, Sigmoid, MaxPool2d<3>,
                            Dropout<0.2>, Conv2d<7, 3, padding(1), Second>, MaxPool2d<2>, ReLU,
                            Dropout<0.1>, Conv2d<8, 3, padding(2), Third>, ReLU, MaxPool2d<2>,
                            Flatten, Linear<9>, ReLU, Linear<4>, LogSoftmax>;
using Groups = GroupsBy<winograd(2), direct, winograd(2)>;

struct Data {
  static constexpr Shape sample_shape = Groups::input_shape;
  std::size_t size() const { return 40; }
  void read(std::size_t i, float* x) const { fill(i, {x, Groups::input_shape.size()}); }
  static void fill(std::size_t seed, std::span<float> x) {
    std::mt19937 engine(static_cast<unsigned>(seed));
    for (float& value : x) value = static_cast<float>(engine() % 2001) / 1000.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 4); }
};

/// Predictions, the gradients of the first step, and the weights after five steps.
template <class Net>
std::vector<std::vector<float>> results() {
  const Data data;
  Network<Net> net(3);
  std::vector<float> x(data.size() * Net::input_shape.size());
  for (std::size_t i = 0; i < data.size(); ++i) data.read(i, &x[i * Net::input_shape.size()]);
  std::vector<std::vector<float>> all(1);
  all[0].resize(data.size() * Net::output_shape.size());
  Workspace<Net> workspace;
  net.predict(data.size(), x.data(), all[0].data(), workspace);

  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.05, .momentum = 0.9}, {.threads = 1, .seed = 2});
  std::vector<std::uint32_t> batch(data.size());
  std::iota(batch.begin(), batch.end(), 0u);
  for (std::size_t step = 0; step < 5; ++step) {
    trainer.step(data, batch);
    for (std::size_t p = 0; step == 0 && p < net.tensors; ++p)
      all.emplace_back(trainer.gradient(p).begin(), trainer.gradient(p).end());
  }
  for (std::size_t p = 0; p < net.tensors; ++p)
    all.emplace_back(net.tensor(p).begin(), net.tensor(p).end());
  return all;
}

using Results = std::vector<std::vector<float>>;

bool same_bits(const Results& a, const Results& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& s, const auto& t) {
    return s.size() == t.size() && std::memcmp(s.data(), t.data(), s.size() * sizeof(float)) == 0;
  });
}

void agree(const Results& a, const Results& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(test::error(a[i], b[i]) <= 1e-5);
}

} // namespace

TEST_CASE("fusion changes no bit and the algorithm no more than rounding") {
  const auto fused = results<Groups>();
  CHECK(same_bits(results<With<Groups, fusion(false)>>(), fused));
  const auto by_others = results<GroupsBy<direct, winograd(2), direct>>();
  CHECK(!same_bits(by_others, fused));
  agree(by_others, fused);
}

TEST_CASE("a layer that only looks like a pooling stays a layer of its own") {
  using Whole = Sequential<Input<1, 8, 8>, Conv2d<4, 3, direct>, MaxPool2d<2>>;
  std::vector<float> x(Halved::input_shape.size()), y(Halved::output_shape.size()), whole(y.size());
  Data{}.fill(7, x);
  Workspace<Halved> workspace;
  Workspace<Whole> whole_workspace;
  Network<Halved>(3).predict(1, x.data(), y.data(), workspace);
  Network<Whole>(3).predict(1, x.data(), whole.data(), whole_workspace);
  for (float& value : whole) value /= 2;
  CHECK(same_bits({y}, {whole}));
  CHECK(gradcheck<Input<1, 8, 8>, Conv2d<4, 3>, Halve>() == "");
}

TEST_CASE("every fused group keeps the law of gradients") { // by other tiles: tests/kernels
  CHECK(gradcheck<Input<3, 8, 8>, Conv2d<5, 3, padding(1), direct>, MaxPool2d<2>, ReLU>() == "");
  CHECK(gradcheck<Input<2, 6, 6>, Conv2d<3, 3, padding(1), direct>, ReLU, MaxPool2d<3>>() == "");
  CHECK(gradcheck<Input<6>, Linear<5>, Sigmoid, Linear<4>, ReLU>() == "");
  CHECK(gradcheck<Input<3, 8, 8>, Conv2d<5, 3, padding(1), winograd(2)>, MaxPool2d<2>, ReLU>() ==
        "");
  CHECK(gradcheck<Input<2, 8, 6>, Conv2d<3, 3, padding(1), winograd(4)>, ReLU, MaxPool2d<2>>() ==
        "");
  CHECK(gradcheck<Input<2, 9, 6>, Conv2d<3, 3, padding(1), winograd(6)>, MaxPool2d<3>, Sigmoid>() ==
        "");
}
