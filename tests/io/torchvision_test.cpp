// Files as torchvision's networks make them, with weights that are a formula (support/hashed_weights.hpp).

#include <functional>
#include <numeric>

#include <ctnn/core.hpp>
#include <ctnn/io/state_dict.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/hashed_weights.hpp"

namespace hashed = ctnn::test; // io/files.hpp has a ::test too

namespace {

/// Slots of a list's names and shapes.
template <class T>
struct Slots {
  std::vector<std::vector<T>> values;
  std::vector<ctnn::io::ParameterSlot<T>> slots;

  explicit Slots(const hashed::StateDict& network) {
    for (const auto& [name, shape] : network.entries) {
      const auto size =
          std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies{});
      values.emplace_back(static_cast<std::size_t>(size));
      slots.push_back({name, shape, values.back().data()});
    }
  }
};

} // namespace

TEST_CASE("hashed numbers are those of hashed.py") {
  // uniform("input", (2,)), uniform("fc.weight", (10**6,))[-1]
  CHECK(hashed::hashed_uniform("input", 0) == -0.29512858390808105);
  CHECK(hashed::hashed_uniform("input", 1) == -0.9947700500488281);
  CHECK(hashed::hashed_uniform("fc.weight", 999'999) == -0.01099252700805664);
  // hashed("a.weight", (2, 3, 5, 5))[1, 2, 4, 4], hashed("b.weight", (3,))[2] and so on
  const auto last = [](const char* name, const std::vector<std::uint64_t>& shape) {
    return double{hashed::hashed_tensor(name, shape).back()};
  };
  CHECK(last("a.weight", {2, 3, 5, 5}) == 0.05756483972072601);
  CHECK(last("b.weight", {3}) == 0.8604512214660645);
  CHECK(last("b.bias", {3}) == -0.014626478776335716);
  CHECK(last("b.running_mean", {3}) == 0.07567117363214493);
  CHECK(last("b.running_var", {3}) == 1.2826532125473022);
}

TEST_CASE("the lists of torchvision's networks are what is known of them") {
  const struct {
    const char* network;
    std::uint64_t parameters; // as torchvision's documentation has them
    const char *first, *last;
  } rows[] = {{"resnet18", 11'689'512, "conv1.weight", "fc.bias"},
              {"resnet50", 25'557'032, "conv1.weight", "fc.bias"},
              {"densenet121", 7'978'856, "features.conv0.weight", "classifier.bias"},
              {"googlenet", 6'624'904, "conv1.conv.weight", "fc.bias"},
              {"mobilenet_v2", 3'504'872, "features.0.0.weight", "classifier.1.bias"}};
  for (const auto& row : rows) {
    const auto list = hashed::torchvision_state_dict(row.network);
    INFO(row.network);
    CHECK(list.parameters == row.parameters);
    CHECK(list.entries.front().name == row.first);
    CHECK(list.entries.back().name == row.last);
    std::uint64_t elements = 0; // of all but running statistics
    for (const auto& [name, shape] : list.entries)
      if (name.find(".running_") == name.npos)
        elements +=
            std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies{});
    CHECK(elements == row.parameters);
  }
}

TEST_CASE("a file of torchvision's names loads strictly, with its counts, behind a prefix too") {
  const test::temporary_folder folder;
  const auto list = hashed::torchvision_state_dict("mobilenet_v2");
  for (const std::string prefix : {"", "module."}) {
    hashed::write_hashed_weights(folder / "net", list, prefix);
    Slots<float> net(list);
    ctnn::LoadOptions options;
    if (!prefix.empty()) {
      const auto error = test::error_of(
          [&] { ctnn::io::load_parameters<float>(folder / "net", net.slots, options); });
      CHECK(error.says("what is missing is in the file behind \"module.\""));
      options.rename = {{prefix, ""}};
    }
    const ctnn::LoadResult result =
        ctnn::io::load_parameters<float>(folder / "net", net.slots, options);
    CHECK(result.loaded.size() == 262);
    CHECK(result.ignored.size() == 52);
    for (std::size_t p = 0; p < list.entries.size(); ++p)
      REQUIRE(net.values[p] == hashed::hashed_tensor(list.entries[p].name, list.entries[p].shape));
  }
}

TEST_CASE("a network takes hashed weights by its names") {
  using namespace ctnn;
  using Net = Sequential<Input<1, 4, 4>, Named<"conv1", Conv2d<2, 3>>, Tanh, Flatten,
                         Named<"fc1", Linear<3>>>;
  const hashed::StateDict list{{{"conv1.weight", {2, 1, 3, 3}},
                                {"conv1.bias", {2}},
                                {"fc1.weight", {3, 8}},
                                {"fc1.bias", {3}}}};
  Network<Net> net;
  CHECK(hashed::load_hashed_weights(net, list).loaded.size() == 4);
  for (std::size_t p = 0; p < 4; ++p) {
    const auto tensor = net.tensor(p);
    CHECK(std::vector<float>(tensor.begin(), tensor.end()) ==
          hashed::hashed_tensor(list.entries[p].name, list.entries[p].shape));
  }
}
