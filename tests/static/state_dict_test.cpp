// The names, shapes and order of tensors are torchvision's, to the last one.
#include <string>

#include <ctnn/core.hpp>

#include "support/catch.hpp"
#include "support/hashed_weights.hpp"
#include "support/torchvision.hpp"

using namespace ctnn;

namespace {

template <class Net>
void has_the_tensors_of(const std::string& network) {
  INFO(network);
  const test::StateDict list = test::torchvision_state_dict(network);
  CHECK(Net::graph.parameters.size() == list.entries.size());
  CHECK(Net::parameter_count == list.parameters);
  REQUIRE(Net::graph.parameters.size() <= list.entries.size());
  for (std::size_t p = 0; p < Net::graph.parameters.size(); ++p) {
    const detail::ParameterNode& parameter = Net::graph.parameters[p];
    CHECK(std::string(parameter.name.view()) == list.entries[p].name);
    const std::size_t* const extent = parameter.shape.extent;
    CHECK(std::vector<std::uint64_t>(extent, extent + parameter.shape.rank) ==
          list.entries[p].shape);
  }
}

} // namespace

TEST_CASE("resnet18 and resnet50 have torchvision's tensors") {
  STATIC_REQUIRE(test::ResNet18<224>::parameter_count == 11'689'512);
  STATIC_REQUIRE(test::ResNet50<224>::parameter_count == 25'557'032);
  has_the_tensors_of<test::ResNet18<224>>("resnet18");
  has_the_tensors_of<test::ResNet50<224>>("resnet50");
}

TEST_CASE("densenet121 has torchvision's tensors") {
  has_the_tensors_of<test::DenseNet121<224>>("densenet121");
}

TEST_CASE("googlenet has torchvision's tensors") {
  has_the_tensors_of<test::GoogLeNet<224>>("googlenet");
}

TEST_CASE("resnext50 has torchvision's tensors, in groups") {
  has_the_tensors_of<test::ResNeXt50<224>>("resnext50_32x4d");
}

TEST_CASE("a ShuffleNet has PyTorch's tensors") {
  has_the_tensors_of<test::ShuffleNet<64>>("shufflenet");
}

TEST_CASE("mobilenet_v2 and mobilenet_v3_small have torchvision's tensors") {
  STATIC_REQUIRE(test::MobileNetV2<224>::parameter_count == 3'504'872);
  STATIC_REQUIRE(test::MobileNetV3Small<224>::parameter_count == 2'542'856);
  has_the_tensors_of<test::MobileNetV2<224>>("mobilenet_v2");
  has_the_tensors_of<test::MobileNetV3Small<224>>("mobilenet_v3_small");
}
