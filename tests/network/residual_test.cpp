// A small residual network, forward and backward, against PyTorch in float64 (tests/reference/residual.py):
// without norms, with GroupNorm, with frozen batch norms.
#include <string>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/hashed_weights.hpp"
#include "support/pytorch.hpp"

using namespace ctnn;

namespace {

/// A network whose norm is Norm<C> behind each convolution of C channels.
template <template <int> class Norm>
struct Normed {
  template <int C, int K, int S>
  using Conv = Conv2d<C, K, stride(S), padding(K / 2), bias(false)>;
  template <int C, int S>
  using Body = Sequential<Named<"conv1", Conv<C, 3, S>>, Named<"bn1", Norm<C>>, ReLU,
                          Named<"conv2", Conv<C, 3, 1>>, Named<"bn2", Norm<C>>>;
  using Net = Sequential<
      Input<3, 9, 9>, Named<"conv1", Conv<4, 3, 1>>, Named<"bn1", Norm<4>>, ReLU,
      Named<"layer1", Sequential<Residual<Body<4, 1>>, ReLU>>,
      Named<"layer2",
            Sequential<Sum<Body<8, 2>, Named<"downsample", Sequential<Conv<8, 1, 2>, Norm<8>>>>,
                       ReLU>>,
      AdaptiveAvgPool2d<1>, Flatten, Named<"fc", Linear<10>>, LogSoftmax>;
};
template <int>
using Groups = GroupNorm<2>;
template <int>
using Fixed = Frozen<BatchNorm2d<>>;

template <int C, int S>
using Plain = Sequential<Named<"conv1", Conv2d<C, 3, stride(S), padding(1)>>, ReLU,
                         Named<"conv2", Conv2d<C, 3, padding(1)>>>;
using Bare = Sequential<
    Input<3, 9, 9>, Named<"conv1", Conv2d<4, 3, padding(1)>>, ReLU,
    Named<"layer1", Sequential<Residual<Plain<4, 1>>, ReLU>>,
    Named<"layer2",
          Sequential<Sum<Plain<8, 2>, Named<"downsample", Sequential<Conv2d<8, 1, stride(2)>>>>,
                     ReLU>>,
    AdaptiveAvgPool2d<1>, Flatten, Named<"fc", Linear<10>>, LogSoftmax>;

template <class Net, class T>
void agrees(const std::string& variant, double tolerance) {
  INFO(variant << (sizeof(T) == 4 ? " in float" : " in double"));
  const auto file = test::reference("residual/" + variant + ".json");
  const auto batch = file["batch"].get<std::size_t>();

  test::StateDict list;
  for (const auto& parameter : Net::graph.parameters)
    list.entries.push_back(
        {std::string(parameter.name.view()),
         {parameter.shape.extent, parameter.shape.extent + parameter.shape.rank}});
  Network<Net, T> net;
  test::load_hashed_weights(net, list);

  const auto x = test::hashed_images<double>(file["input"].get<std::string>(),
                                             batch * Net::input_shape.size());
  std::vector<double> dy(batch * 10); // of NLLLoss, mean
  for (std::size_t i = 0; i < batch; ++i)
    dy[i * 10 + file["target"][i].get<std::size_t>()] = -1 / static_cast<double>(batch);
  const test::ThereAndBack<T, Net> pass(net, x, dy);
  CHECK(test::largest_error(pass.y, test::numbers(file["y"])) <= tolerance);
  CHECK(test::largest_error(pass.dx, test::numbers(file["dx"])) <= tolerance);
  std::size_t trained = 0;
  for (std::size_t p = 0; p < pass.gradients.size(); ++p) {
    if (!Net::graph.parameters[p].trained) continue;
    const auto& expected = file["gradients"][trained++];
    INFO(expected["name"]);
    CHECK(expected["name"].get<std::string>() == Net::graph.parameters[p].name.view());
    CHECK(test::largest_error(pass.gradients[p], test::numbers(expected["data"])) <= tolerance);
  }
  CHECK(trained == file["gradients"].size());
}

} // namespace

TEST_CASE("a residual network without norms has PyTorch's gradients") {
  agrees<Bare, double>("no_norm", 1e-9);
  agrees<Bare, float>("no_norm", 2e-5);
}

TEST_CASE("a residual network with GroupNorm has PyTorch's gradients") {
  agrees<Normed<Groups>::Net, double>("group_norm", 1e-9);
}

TEST_CASE("a residual network with frozen batch norms has PyTorch's gradients") {
  agrees<Normed<Fixed>::Net, double>("frozen_batch_norm", 1e-9);
  agrees<With<Normed<Fixed>::Net, fold(false)>, double>("frozen_batch_norm", 1e-9);
}
