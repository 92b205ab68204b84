// Batch normalisation by running statistics: by itself, and folded into the weights before it.
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include <ctnn/infer.hpp>
#include <ctnn/network/gradcheck.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

/// Gives every parameter a number, and variances positive ones.
template <class Network>
void fill(Network& net, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> number(-1, 1), variance(0.2, 3);
  net.modify([&](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p) {
      const bool is_variance =
          Network::Program::network::graph.parameters[p].name.view().contains("running_var");
      for (auto& element : tensors[p])
        element = static_cast<typename Network::value_type>(is_variance ? variance(random)
                                                                        : number(random));
    }
  });
}

template <class Net, class T>
std::vector<T> outputs(std::size_t samples, unsigned seed) {
  std::vector<T> x(samples * Net::input_shape.size()), y(samples * Net::output_shape.size());
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> number(-1, 1);
  for (T& element : x) element = number(random);
  Network<Net, T> net;
  fill(net, seed);
  Workspace<Net, T> workspace;
  net.predict(samples, x.data(), y.data(), workspace);
  return y;
}

/// The largest difference, in units of the largest element.
template <class T>
double difference(const std::vector<T>& a, const std::vector<T>& b) {
  double largest = 0, apart = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i])));
    const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    if (!(d <= apart)) apart = d;
  }
  return apart / largest;
}

/// What a folded network answers is what the same without folding does, but for rounding.
template <class T, class Net>
void folds(std::size_t operations) {
  using Unfolded = With<Net, fold(false)>;
  STATIC_REQUIRE(plan::Program<Net, T>::size < plan::Program<Unfolded, T>::size);
  CHECK(plan::Program<Net, T>::size == operations);
  const std::vector<T> folded = outputs<Net, T>(3, 1), unfolded = outputs<Unfolded, T>(3, 1);
  CHECK(difference(folded, unfolded) < (sizeof(T) == 4 ? 3e-6 : 1e-13));
  // Fusion keeps its promise of the same bits.
  CHECK(folded == outputs<With<Net, fusion(false)>, T>(3, 1));
  CHECK(unfolded == outputs<With<Unfolded, fusion(false)>, T>(3, 1));
}

template <class T, class In, class Norm>
void is_the_formula(double epsilon) {
  using Net = Sequential<In, Norm>;
  constexpr std::size_t channels = Net::input_shape.channels(),
                        pixels = Net::input_shape.size() / channels;
  constexpr bool affine = Net::graph.parameters.size() == 4;
  Network<Net, T> net;
  fill(net, 5);
  std::vector<T> x(2 * Net::input_shape.size()), y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(0.37 * double(i % 11) - 2);
  Workspace<Net, T> workspace;
  net.predict(2, x.data(), y.data(), workspace);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / pixels % channels;
    const auto tensor = [&](std::size_t p) { return double(net.tensor(p)[c]); };
    const double z =
        (double(x[i]) - tensor(affine ? 2 : 0)) / std::sqrt(tensor(affine ? 3 : 1) + epsilon);
    const double expected = affine ? z * tensor(0) + tensor(1) : z;
    CHECK(double(y[i]) == Approx(expected).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-13).margin(1e-6));
  }
}

} // namespace

TEST_CASE("batch normalisation by itself is PyTorch's formula") {
  is_the_formula<float, Input<3, 4, 5>, BatchNorm2d<>>(1e-5);
  is_the_formula<double, Input<17, 3, 2>, BatchNorm2d<eps(1e-3)>>(1e-3);
  is_the_formula<double, Input<3, 4, 5>, BatchNorm2d<affine(false), momentum(0.01)>>(1e-5);
  is_the_formula<double, Input<19>, BatchNorm1d<eps(1e-12)>>(1e-12);
  is_the_formula<float, Input<5, 7>, BatchNorm1d<>>(1e-5);
}

TEST_CASE("its tensors are PyTorch's, and two of them are no parameters") {
  using Net = Sequential<Input<3, 4, 4>, Conv2d<8, 3, bias(false)>, Named<"bn1", BatchNorm2d<>>>;
  STATIC_REQUIRE(Net::graph.parameters.size() == 5);
  STATIC_REQUIRE(Net::graph.parameters[1].name == "bn1.weight");
  STATIC_REQUIRE(Net::graph.parameters[2].name == "bn1.bias");
  STATIC_REQUIRE(Net::graph.parameters[3].name == "bn1.running_mean");
  STATIC_REQUIRE(Net::graph.parameters[4].name == "bn1.running_var");
  STATIC_REQUIRE(Net::parameter_count == 8 * 3 * 9 + 2 * 8);
  STATIC_REQUIRE(Net::trainable_count == Net::parameter_count);
  const Network<Net> net;
  CHECK(net.tensor(1)[7] == 1);
  CHECK(net.tensor(2)[7] == 0);
  CHECK(net.tensor(3)[7] == 0);
  CHECK(net.tensor(4)[7] == 1);
}

TEST_CASE("it is folded into the convolution or linear layer before it") {
  folds<float, Sequential<Input<3, 9, 9>, Conv2d<5, 3>, BatchNorm2d<>>>(1);
  folds<double, Sequential<Input<3, 9, 9>, Conv2d<17, 3, stride(2), bias(false)>,
                           BatchNorm2d<eps(1e-3)>, ReLU>>(1);
  folds<float, Sequential<Input<8, 8, 8>, Conv2d<24, 3, padding(1), winograd(4)>, BatchNorm2d<>,
                          MaxPool2d<2>, ReLU, Conv2d<8, 3, winograd(2), bias(false)>,
                          BatchNorm2d<affine(false)>>>(2);
  folds<double, Sequential<Input<30>, Linear<20>, BatchNorm1d<>, ReLU, Linear<7, bias(false)>,
                           BatchNorm1d<>, Tanh>>(2);
  folds<float, Sequential<Input<3, 9>, Conv1d<5, 3>, BatchNorm1d<>, ReLU, MaxPool1d<2>>>(2);
  // In branches too; and where a sum stands between, there is nothing to fold into.
  folds<double, Sequential<Input<4, 6, 6>,
                           Residual<Conv2d<4, 3, padding(1)>, BatchNorm2d<>, ReLU, Conv2d<4, 1>,
                                    BatchNorm2d<>>,
                           BatchNorm2d<>, ReLU>>(5);
}

TEST_CASE("frozen, it hands the gradient through and trains what is before it") {
  CHECK(gradcheck<Input<3, 4, 5>, Conv2d<4, 3>, Frozen<BatchNorm2d<>>, Tanh>() == "");
  CHECK(gradcheck<Input<3, 4, 4>, Conv2d<4, 3, bias(false)>, Frozen<BatchNorm2d<affine(false)>>,
                  MaxPool2d<2>, Tanh>() == "");
  using Net = Sequential<Input<7>, Linear<5>, Frozen<BatchNorm1d<eps(1e-3)>>, Tanh, Linear<3>>;
  CHECK(gradcheck<Net>() == "");
  CHECK(gradcheck<With<Net, fold(false)>>() == "");
  CHECK(gradcheck<With<Net, fusion(false)>>() == "");
  CHECK(gradcheck<Input<3, 9>, Conv1d<5, 3>, Frozen<BatchNorm1d<>>, Tanh, AvgPool1d<2>,
                  Frozen<BatchNorm1d<affine(false)>>>() == "");
  CHECK(gradcheck<Input<3, 4, 5>, Frozen<BatchNorm2d<>>, Tanh, Conv2d<3, 3>>() == "");
  // A frozen layer between trained ones hands the gradient through as well.
  CHECK(gradcheck<Input<3, 6, 6>, Conv2d<4, 3, padding(1)>, Tanh,
                  Frozen<Conv2d<3, 3, padding(1), winograd(4)>>, Frozen<BatchNorm2d<>>, Tanh,
                  Residual<Frozen<Conv2d<3, 3, padding(1), winograd(2)>, BatchNorm2d<>>>>() == "");
}

TEST_CASE("in training it hands the gradient through the statistics of the batch") {
  CHECK(gradcheck<Input<3, 6, 5>, BatchNorm2d<>>() == "");
  CHECK(gradcheck<Input<3, 6, 5>, BatchNorm2d<affine(false), eps(1e-3)>>() == "");
  CHECK(gradcheck<Input<7>, BatchNorm1d<>>() == "");
  CHECK(gradcheck<Input<3, 9>, Conv1d<5, 3>, BatchNorm1d<>, Tanh>() == "");
  CHECK(gradcheck<Input<3, 6, 5>, Conv2d<4, 3>, BatchNorm2d<>, Sigmoid, Conv2d<3, 3>>() == "");
  // What it reads is made again: an activation of its input, a pooling with its tape, dropped elements.
  CHECK(gradcheck<Input<3, 8, 5>, Conv2d<4, 3>, BatchNorm2d<>, GELU<>, MaxPool2d<2>, Dropout<0.3>,
                  Flatten, Linear<5>, BatchNorm1d<>, ReLU, Linear<3>, LogSoftmax>() == "");
  // But what multiplies is not made twice: a pooling's tape and a convolution's output are kept.
  CHECK(gradcheck<Input<3, 8, 6>, Conv2d<4, 3, padding(1)>, MaxPool2d<2>, BatchNorm2d<>, Sigmoid,
                  Conv2d<3, 1>, Tanh, Conv2d<4, 3, padding(1)>, BatchNorm2d<>>() == "");
  // Nothing upstream is trained.
  CHECK(
      gradcheck<Input<3, 4, 5>, Frozen<Conv2d<4, 3>>, BatchNorm2d<affine(false)>, Conv2d<3, 1>>() ==
      "");
}

TEST_CASE("or through those of a group") {
  using ctnn::ghost;
  CHECK(gradcheck<Input<3, 6, 5>, BatchNorm2d<ghost(8)>>() == "");
  CHECK(gradcheck<Input<7>, BatchNorm1d<ghost(4), affine(false)>>() == "");
  using Body = Sequential<Conv2d<4, 3, padding(1)>, BatchNorm2d<ghost(3)>, ReLU, Conv2d<4, 1>>;
  using Net = Sequential<Input<4, 6, 5>, Residual<Body>, BatchNorm2d<ghost(3)>, SiLU>;
  CHECK(gradcheck<Net>() == "");
  CHECK(gradcheck<With<Net, fusion(false)>>() == "");
  // Together with one of the whole batch, before and behind it.
  CHECK(gradcheck<Input<4, 6, 5>, Residual<Body>, BatchNorm2d<>, GELU<>, Residual<Body>, Tanh>() ==
        "");
}

TEST_CASE("and so it does in branches, fused or not") {
  const GradcheckOptions few{.coordinates = 40}; // of each tensor
  using Body = Sequential<Conv2d<4, 3, padding(1)>, BatchNorm2d<>, ReLU, Conv2d<4, 3, padding(1)>,
                          BatchNorm2d<>>;
  using Shortcut = Sequential<Conv2d<4, 1>, BatchNorm2d<>>;
  using Net = Sequential<Input<4, 6, 5>, Residual<Body>, ReLU, Residual<Body>, SiLU,
                         Sum<Body, Shortcut>, ReLU>;
  CHECK(gradcheck<Net>(few) == "");
  CHECK(gradcheck<With<Net, fusion(false)>>(few) == "");
  // Behind each other, with activations before the sum, before convolutions, in products and joins.
  CHECK(gradcheck<Input<4, 6, 5>, BatchNorm2d<>, BatchNorm2d<>,
                  Residual<BatchNorm2d<>, ReLU, Conv2d<4, 1>, BatchNorm2d<>, ReLU>, BatchNorm2d<>,
                  Concat<Identity, Body, Shortcut>, BatchNorm2d<>, Tanh,
                  Product<Identity,
                          Sequential<AdaptiveAvgPool2d<1>, Conv2d<12, 1>, BatchNorm2d<>, Sigmoid>>>(
            few) == "");
}
