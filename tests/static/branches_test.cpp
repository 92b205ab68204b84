// What the compiler knows of networks that branch: names, shapes, counts, edges.
#include <ctnn/core.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

// torchvision's BasicBlock.
template <int C, int S>
using Body =
    Sequential<Named<"conv1", Conv2d<C, 3, stride(S), padding(1), bias(false)>>,
               Named<"bn1", BatchNorm2d<>>, ReLU,
               Named<"conv2", Conv2d<C, 3, padding(1), bias(false)>>, Named<"bn2", BatchNorm2d<>>>;
template <int C>
using Same = Sequential<Residual<Body<C, 1>>, ReLU>;
template <int C>
using Down = Sequential<
    Sum<Body<C, 2>,
        Named<"downsample", Sequential<Conv2d<C, 1, stride(2), bias(false)>, BatchNorm2d<>>>>,
    ReLU>;
using Stages =
    Sequential<Input<8, 16, 16>, Named<"layer1", Sequential<Same<8>, Same<8>>>,
               Named<"layer2", Sequential<Down<16>, Same<16>>>, Flatten, Named<"fc", Linear<10>>>;

template <class Net>
constexpr bool has(StringView name) {
  for (const auto& parameter : Net::graph.parameters)
    if (parameter.name == name) return true;
  return false;
}

} // namespace

TEST_CASE("a Sequential is a module, and a join is a sign in it") {
  STATIC_REQUIRE(has<Stages>("layer1.0.conv1.weight"));
  STATIC_REQUIRE(has<Stages>("layer1.1.bn2.running_var"));
  STATIC_REQUIRE(has<Stages>("layer2.0.downsample.0.weight"));
  STATIC_REQUIRE(has<Stages>("layer2.0.downsample.1.running_mean"));
  STATIC_REQUIRE(has<Stages>("fc.bias"));
  STATIC_REQUIRE(Stages::graph.parameters.size() == 3 * 10 + 15 + 2);

  // What is not named counts, branch by branch, in the block around it; Identity as a branch does not.
  using Net = Sequential<Input<4, 4, 4>, Conv2d<4, 1>, Residual<Conv2d<4, 1>, ReLU, Conv2d<4, 1>>,
                         Concat<Identity, Conv2d<4, 1>>, Frozen<Conv2d<4, 1>>, Identity,
                         Conv2d<4, 1>, Named<"sum", Sum<Conv2d<4, 1>, Conv2d<4, 1>>>>;
  STATIC_REQUIRE(has<Net>("0.weight"));
  STATIC_REQUIRE(has<Net>("1.weight")); // the body's
  STATIC_REQUIRE(has<Net>("3.weight"));
  STATIC_REQUIRE(has<Net>("4.weight")); // the concatenation's
  STATIC_REQUIRE(has<Net>("5.weight")); // the frozen one
  STATIC_REQUIRE(has<Net>("7.weight")); // behind Identity, which stands in the row as in PyTorch
  STATIC_REQUIRE(has<Net>("sum.0.weight"));
  STATIC_REQUIRE(has<Net>("sum.1.weight"));
  STATIC_REQUIRE(Net::graph.parameters.size() == 2 * 8);
}

TEST_CASE("composites are laid out flat, and every value is made once and taken once") {
  constexpr const auto& graph = Stages::graph;
  std::size_t forks = 0, joins = 0;
  for (const auto& node : Stages::nodes) {
    forks += node.is_fork();
    joins += node.inputs > 1;
  }
  CHECK(forks == 4);
  CHECK(joins == 4);
  CHECK(graph.value_count == graph.values.size());
  CHECK(graph.edge_count == graph.taken.size());
  CHECK(graph.values[0].maker == detail::none);
  CHECK(graph.values[graph.output].taker == detail::none);
  std::size_t without_taker = 0;
  for (std::size_t v = 0; v < graph.values.size(); ++v) {
    without_taker += graph.values[v].taker == detail::none;
    if (v > 0) CHECK(graph.values[v].maker < graph.nodes.size());
    std::size_t taken = 0;
    for (const std::size_t edge : graph.taken) taken += edge == v;
    CHECK(taken == (v == graph.output ? 0 : 1));
  }
  CHECK(without_taker == 1);
  // A node comes behind all that it takes from.
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (std::size_t k = 0; k < graph.nodes[i].inputs; ++k)
      if (const std::size_t v = graph.input_of(i, k); v != 0) CHECK(graph.values[v].maker < i);
}

TEST_CASE("a chain's nodes and values keep their numbers") {
  using Chain =
      Sequential<Input<3, 8, 8>, Conv2d<4, 3>, Sequential<ReLU, Named<"a", Flatten>>, Linear<5>>;
  for (std::size_t i = 0; i < Chain::node_count; ++i) {
    CHECK(Chain::graph.input_of(i) == i);
    CHECK(Chain::graph.output_of(i) == i + 1);
  }
  STATIC_REQUIRE(Chain::graph.output == 4);
}

TEST_CASE("shapes and counts of joins") {
  using Net = Sequential<Input<4, 6, 6>, Concat<Identity, Conv2d<8, 3, padding(1)>>,
                         Product<Identity, Sequential<AvgPool2d<6>, Conv2d<12, 1>, Sigmoid>>>;
  STATIC_REQUIRE(Net::output_shape == Shape{12, 6, 6});
  STATIC_REQUIRE(Net::parameter_count == 8 * (4 * 9 + 1) + 12 * 13);
  STATIC_REQUIRE(Net::nodes[0].kind == "Fork");
  STATIC_REQUIRE(Net::nodes[2].kind == "Concat");
  STATIC_REQUIRE(Net::nodes[Net::node_count - 1].kind == "Product");
  // Vectors and sequences have channels too.
  STATIC_REQUIRE(Sequential<Input<5>, Concat<Linear<3>, Identity>>::output_shape == Shape{8});
  STATIC_REQUIRE(Sequential<Input<2, 7>, Concat<Identity, Identity, ReLU>>::output_shape ==
                 Shape{6, 7});
}

TEST_CASE("what is frozen is not trained, and buffers are no parameters") {
  using Net =
      Sequential<Input<4, 6, 6>, Frozen<Conv2d<4, 1>, Sequential<Conv2d<4, 1>, BatchNorm2d<>>>,
                 Flatten, Linear<2>>;
  STATIC_REQUIRE(Net::parameter_count == 20 + 20 + 8 + 2 * 145);
  STATIC_REQUIRE(Net::trainable_count == 2 * 145);
  STATIC_REQUIRE(Net::graph.parameters[0].name == "0.weight");
  STATIC_REQUIRE(Net::graph.parameters[2].name == "1.0.weight");
  // It adds no part to a name, inside of Named or around it.
  STATIC_REQUIRE(has<Sequential<Input<4>, Named<"fc", Frozen<Linear<4>>>>>("fc.weight"));
  STATIC_REQUIRE(has<Sequential<Input<4>, Frozen<Named<"fc", Linear<4>>>>>("fc.weight"));
  STATIC_REQUIRE(
      has<Sequential<Input<4>, Named<"a", Frozen<Sequential<Linear<4>>>>>>("a.0.weight"));
  STATIC_REQUIRE(has<Sequential<Input<4>, Named<"a", Frozen<Linear<4>, ReLU>>>>("a.0.weight"));
  STATIC_REQUIRE(!Net::graph.values[Net::graph.input_of(4)].wants_gradient);
  STATIC_REQUIRE(Net::graph.values[Net::graph.output].wants_gradient);
}
