// Weights whose names are not the network's: what is renamed, what is left out, what is told of it.

#include <numeric>

#include <ctnn/io/state_dict.hpp>
#include <ctnn/train.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using ctnn::LoadOptions;
using ctnn::LoadResult;
using Names = std::vector<std::string>;

namespace {

/// Files of tensors of four numbers, and a network of such parameters that are all 0 at first.
struct Bench {
  Names parameters;
  std::vector<std::vector<float>> values;
  LoadResult result;

  explicit Bench(Names names)
      : parameters(std::move(names)), values(parameters.size(), std::vector<float>(4)) {}

  static std::vector<float> of(float first) { return {first, first + 1, first + 2, first + 3}; }

  /// Loads a file that has `tensors`; the first holds 1 to 4, the next 5 to 8, and so on. An I64 that
  /// is a single number comes for each name in `counts`.
  test::caught load(const Names& tensors, const LoadOptions& options = {},
                    const Names& counts = {}) {
    std::vector<float> numbers(4 * tensors.size());
    std::iota(numbers.begin(), numbers.end(), 1.f);
    const std::int64_t count = -7;
    std::vector<ctnn::io::TensorBytes> all;
    for (std::size_t i = 0; i < tensors.size(); ++i)
      all.push_back({tensors[i], "F32", {4}, std::as_bytes(std::span(numbers).subspan(4 * i, 4))});
    for (const std::string& name : counts)
      all.push_back({name, "I64", {}, std::as_bytes(std::span(&count, 1))});
    return load_file(ctnn::io::write_safetensors(all, {{"k", "v"}}), options);
  }

  test::caught load_file(const std::vector<std::byte>& bytes, const LoadOptions& options) {
    std::vector<ctnn::io::ParameterSlot<float>> slots;
    for (std::size_t p = 0; p < parameters.size(); ++p)
      slots.push_back({parameters[p], {4}, values[p].data()});
    return test::error_of([&] {
      result = ctnn::io::load_parameters<float>(ctnn::io::parse_safetensors(bytes, "x"), "x", slots,
                                                options);
    });
  }

  bool untouched() const {
    for (const auto& of_one : values)
      if (of_one != std::vector<float>(4)) return false;
    return true;
  }
};

const std::string differs = "x: does not match the network: ";

} // namespace

TEST_CASE("prefixes and whole names become the network's") {
  Bench net({"conv1.weight", "features.0.weight", "fc.weight"});
  const auto error = net.load(
      {"module.backbone.conv1.weight", "module.model.features.0.weight", "module.head.kernel:0"},
      {.rename = {{"module.backbone.", ""},
                  {"module.model.features.", "features."},
                  {"module.head.kernel:0", "fc.weight"}}});
  INFO(error.message);
  REQUIRE(!error.code);
  CHECK(net.values[0] == Bench::of(1));
  CHECK(net.values[1] == Bench::of(5));
  CHECK(net.values[2] == Bench::of(9));
  CHECK(net.result.loaded == net.parameters);
  CHECK(net.result.metadata.at("k") == "v");
  CHECK(net.result.describe() == "3 of 3 parameters loaded");
}

TEST_CASE("the longest entry renames, once, in any order of entries") {
  const std::vector<std::pair<std::string, std::string>> entries{
      {"", "rest."}, {"a.", "b."}, {"a.a.", "c."}, {"a.a.bias", "b.w"}, {"b.", "a."}};
  for (std::size_t turn = 0; turn < entries.size(); ++turn) {
    LoadOptions options{.rename = entries};
    std::ranges::rotate(options.rename, options.rename.begin() + static_cast<std::ptrdiff_t>(turn));
    Bench net({"rest.ab.w", "b.weight", "c.weight", "b.w", "a.weight"});
    const auto error =
        net.load({"ab.w", "a.weight", "a.a.weight", "a.a.bias", "b.weight"}, options);
    INFO(error.message);
    REQUIRE(!error.code);
    for (std::size_t p = 0; p < 5; ++p)
      CHECK(net.values[p] == Bench::of(static_cast<float>(4 * p + 1)));
  }
}

TEST_CASE("a whole name is no prefix, and a prefix ends where a name does") {
  Bench net({"fc.weight", "fc.weight2", "fc2.weight"});
  const auto error = net.load({"head.weight", "fc.weight2", "fc2.weight"},
                              {.rename = {{"head.weight", "fc.weight"}, {"fc.", "fc."}}});
  CHECK(!error.code);
  CHECK(net.values[2] == Bench::of(9));
  CHECK(net.load({"head.weight2", "fc.weight", "fc2.weight"},
                 {.rename = {{"head.weight", "fc.weight"}}})
            .message == differs + "missing fc.weight2; unexpected head.weight2; rename "
                                  "\"head.weight\" applies to nothing");
}

TEST_CASE("names that differ are told as the file and as the network have them") {
  Bench net({"conv.weight", "fc.weight", "fc.bias"});
  const auto error = net.load(
      {"old.conv.weight", "old.fc.wieght", "fc.bias", "aux\n.weight"},
      {.rename = {{"old.", ""}, {"new.", ""}, {"very.new", "x"}}, .ignore = {"no", "no."}});
  CHECK(error.code == ErrorCode::bad_checkpoint);
  CHECK(error.message ==
        differs +
            "missing fc.weight; unexpected aux\\x0a.weight, old.fc.wieght as fc.wieght; rename "
            "\"new.\" applies to nothing; rename \"very.new\" applies to nothing; ignore \"no\" "
            "applies to nothing; ignore \"no.\" applies to nothing");
  CHECK(net.untouched());

  REQUIRE(!net.load({"old.conv.weight", "old.fc.wieght", "fc.bias"},
                    {.strict = false, .rename = {{"old.", ""}, {"new.", ""}}, .ignore = {"no."}})
               .code);
  CHECK(net.result.loaded == Names{"conv.weight", "fc.bias"});
  CHECK(net.result.missing == Names{"fc.weight"});
  CHECK(net.result.unexpected == Names{"old.fc.wieght"});
  CHECK(net.result.unused == Names{"rename \"new.\"", "ignore \"no.\""});
  CHECK(net.result.describe() == "2 of 3 parameters loaded\n"
                                 "missing in the file, left as they were: fc.weight\n"
                                 "in the file and not in the network: old.fc.wieght\n"
                                 "applies to nothing: rename \"new.\", ignore \"no.\"");
}

TEST_CASE("a file that has nothing for the network is refused, strict or not") {
  for (const bool strict : {true, false}) {
    Bench net({"fc.weight", "fc.bias"});
    CHECK(net.load({"a", "b.c"}, {.strict = strict, .rename = {{"b.", "d."}}}).message ==
          differs + "missing fc.weight, fc.bias; unexpected a, b.c as d.c");
  }
}

TEST_CASE("two tensors of one name are refused, strict or not") {
  for (const bool strict : {true, false}) {
    Bench net({"fc.weight", "fc.bias"});
    const auto error = net.load({"ema.fc.weight", "fc.bias", "model.fc.weight"},
                                {.strict = strict, .rename = {{"ema.", ""}, {"model.", ""}}});
    CHECK(error.code == ErrorCode::bad_checkpoint);
    CHECK(error.message == differs + "ema.fc.weight and model.fc.weight would both be fc.weight");
    CHECK(net.untouched());
  }
  Bench net({"fc.weight"}); // one that is there already
  CHECK(net.load({"fc.weight", "head.weight"}, {.rename = {{"head.", "fc."}}})
            .says("fc.weight and head.weight would both be fc.weight"));
  CHECK(net.load({"ema.fc.weight", "model.fc.weight"},
                 {.rename = {{"model.", ""}}, .ignore = {"ema."}})
            .message.empty());
  CHECK(net.values[0] == Bench::of(5));
}

TEST_CASE("what ignore names is left out of the file and of the network, strictly") {
  Bench net({"conv.weight", "fc.weight", "fc.bias"});
  REQUIRE(!net.load({"aux.0.weight", "body.conv.weight", "body.fc.bias", "body.fc.weight"},
                    {.rename = {{"body.", ""}}, .ignore = {"fc.", "aux."}})
               .code);
  CHECK(net.values[0] == Bench::of(5));
  CHECK(net.values[1] == std::vector<float>(4));
  CHECK(net.result.loaded == Names{"conv.weight"});
  CHECK(net.result.kept == Names{"fc.weight", "fc.bias"});
  CHECK(net.result.ignored == Names{"aux.0.weight", "body.fc.bias", "body.fc.weight"});
  CHECK(net.result.missing.empty());
  CHECK(net.result.unexpected.empty());
  CHECK(net.result.describe() ==
        "1 of 3 parameters loaded\n"
        "left as they were: fc.weight, fc.bias\n"
        "in the file and ignored: aux.0.weight, body.fc.bias, body.fc.weight");

  // On one side alone it applies too, and twice; what it does not name must match still.
  CHECK(!net.load({"conv.weight"}, {.ignore = {"fc.", "fc.weight", "fc.bias"}}).code);
  CHECK(!net.load({"conv.weight", "fc.bias"}, {.ignore = {"fc.weight"}}).code);
  CHECK(net.load({"conv.weight"}, {.ignore = {"fc.weight"}}).message ==
        differs + "missing fc.bias");
  CHECK(net.load({"conv.weight"}, {.ignore = {"conv.", "fc."}}).message ==
        differs + "ignore leaves nothing to load");
}

TEST_CASE("a head of another shape is refused unless it is ignored") {
  Bench net({"conv.weight", "fc.weight"});
  const std::vector<float> numbers(12, 3.f);
  const auto bytes = ctnn::io::write_safetensors(
      {{"conv.weight", "F32", {4}, std::as_bytes(std::span(numbers).first(4))},
       {"head.weight", "F32", {12}, std::as_bytes(std::span(numbers))}},
      {});
  for (const bool strict : {true, false}) {
    const LoadOptions options{.strict = strict, .rename = {{"head.", "fc."}}};
    const auto error = net.load_file(bytes, options);
    CHECK(error.code == ErrorCode::bad_checkpoint);
    CHECK(error.message == differs + "size mismatch for fc.weight (head.weight in the file): file "
                                     "has [12], network has [4]");
    CHECK(net.untouched());
  }
  CHECK(!net.load_file(bytes, {.rename = {{"head.", "fc."}}, .ignore = {"fc."}}).code);
  CHECK(net.values[0] == std::vector<float>(4, 3.f));
  CHECK(net.values[1] == std::vector<float>(4));
}

TEST_CASE("a count of batches is passed over beside the statistics that it belongs to") {
  Bench net({"bn.weight", "bn.running_mean"});
  const Names file{"bn.running_mean", "bn.weight"};
  REQUIRE(!net.load(file, {}, {"bn.num_batches_tracked"}).code);
  CHECK(net.result.ignored == Names{"bn.num_batches_tracked"});
  CHECK(net.result.describe() == "2 of 2 parameters loaded\n"
                                 "in the file and ignored: bn.num_batches_tracked");
  // Renamed as its norm is, by prefix or by name.
  REQUIRE(!net.load({"a.bn.running_mean", "a.bn.weight"}, {.rename = {{"a.", ""}}},
                    {"a.bn.num_batches_tracked"})
               .code);
  CHECK(net.result.ignored == Names{"a.bn.num_batches_tracked"});
  REQUIRE(!net.load({"a.running_mean", "a.weight"},
                    {.rename = {{"a.weight", "bn.weight"}, {"a.running_mean", "bn.running_mean"}}},
                    {"a.num_batches_tracked"})
               .code);
  CHECK(net.result.ignored == Names{"a.num_batches_tracked"});

  // The count of a norm that the network has not got, or that is no such number.
  CHECK(net.load(file, {}, {"bn2.num_batches_tracked"}).message ==
        differs + "unexpected bn2.num_batches_tracked");
  CHECK(net.load(file, {}, {"num_batches_tracked"}).says("unexpected num_batches_tracked"));
  const std::vector<double> numbers(4);
  const auto bytes = [&](std::size_t count) {
    return std::as_bytes(std::span(numbers)).first(count);
  };
  const auto error_for = [&](const char* dtype, std::vector<std::uint64_t> shape,
                             std::size_t size) {
    return net
        .load_file(ctnn::io::write_safetensors(
                       {{"bn.weight", "F32", {4}, bytes(16)},
                        {"bn.running_mean", "F32", {4}, bytes(16)},
                        {"bn.num_batches_tracked", dtype, std::move(shape), bytes(size)}},
                       {}),
                   {})
        .message;
  };
  CHECK(error_for("I64", {}, 8).empty());
  CHECK(error_for("I64", {1}, 8) == differs + "unexpected bn.num_batches_tracked");
  CHECK(error_for("F32", {}, 4) == differs + "unexpected bn.num_batches_tracked");
  Bench bare({"running_mean"});
  CHECK(!bare.load({"running_mean"}, {}, {"num_batches_tracked"}).code);
  CHECK(bare.result.ignored == Names{"num_batches_tracked"});
  Bench without({"bn.weight"});
  CHECK(without.load(file, {}, {"bn.num_batches_tracked"}).message ==
        differs + "unexpected bn.num_batches_tracked, bn.running_mean");
}

TEST_CASE("a prefix that all missing names lack, or have too many, is told") {
  Bench net({"a.weight", "b.weight"});
  CHECK(net.load({"module.a.weight", "module.b.weight"}).message ==
        differs +
            "missing a.weight, b.weight; unexpected module.a.weight, module.b.weight; what is "
            "missing is in the file behind \"module.\"");
  CHECK(net.load({"a.weight", "module.b.weight"}, {.strict = false}).message.empty());
  CHECK(!net.load({"xa.weight", "xb.weight"}).says("behind")); // no part between dots
  CHECK(!net.load({"x.a.weight", "y.b.weight"}).says("behind"));
  Bench deep({"net.0.weight", "net.0.bias"});
  CHECK(deep.load({"bias", "weight"}).says("; what is missing is in the file without \"net.0.\""));
  CHECK(
      deep.load({"0.bias", "0.weight"}).says("; what is missing is in the file without \"net.\""));
  CHECK(!deep.load({"0.bias", "weight"}).says("without"));
  Bench unlike({"net.weight", "xyz.bias"});
  CHECK(!unlike.load({"bias", "weight"}).says("without"));
}

TEST_CASE("entries that contradict themselves are an argument's error") {
  Bench net({"fc.weight"});
  const struct {
    LoadOptions options;
    const char* says;
  } rows[] = {
      {{.rename = {{"a.", "b."}, {"a.", "c."}}}, R"(LoadOptions: rename has "a." twice)"},
      {{.rename = {{"a\n.", "b"}}},
       R"(LoadOptions: rename "a\x0a." to "b": a prefix becomes one that ends in a dot, or "")"},
      {{.rename = {{"", "b"}}},
       R"(LoadOptions: rename "" to "b": a prefix becomes one that ends in a dot, or "")"},
      {{.rename = {{"a", ""}}},
       R"(LoadOptions: rename "a" to "": a whole name becomes a whole name; ignore leaves out)"},
      {{.rename = {{"a", "b."}}},
       R"(LoadOptions: rename "a" to "b.": a whole name becomes a whole name; ignore leaves out)"},
      {{.ignore = {""}}, "LoadOptions: ignore: a name must not be empty"},
  };
  for (const auto& row : rows) {
    const auto error = net.load({"fc.weight"}, row.options);
    CHECK(error.code == ErrorCode::bad_argument);
    CHECK(error.message == row.says);
    CHECK(net.untouched());
  }
}

TEST_CASE("describe names ten of a long list") {
  Names many;
  for (int i = 0; i < 12; ++i) many.push_back(std::to_string(i));
  LoadResult result;
  result.missing = many;
  result.loaded = {"a"};
  CHECK(result.describe() == "1 of 13 parameters loaded\nmissing in the file, left as they were: "
                             "0, 1, 2, 3, 4, 5, 6, 7, 8, "
                             "9 and 2 more");
}

TEST_CASE("a network takes a body from a file of another one, and keeps its own head") {
  using namespace ctnn;
  using Body = Sequential<Named<"conv1", Conv2d<3, 3>>, ReLU>;
  using Theirs = Sequential<Input<1, 6, 6>, Named<"module", Sequential<Named<"body", Body>>>,
                            Flatten, Named<"head", Linear<9>>, LogSoftmax>;
  using Ours = Sequential<Input<1, 6, 6>, Named<"features", Body>, Flatten, Named<"fc", Linear<2>>,
                          LogSoftmax>;
  const test::temporary_folder folder;
  const Network<Theirs> theirs(1);
  save_state_dict(theirs, folder / "theirs");
  Network<Ours> ours(2);
  const Network<Ours> untouched(2);
  const auto error = test::error_of([&] {
    load_state_dict(ours, folder / "theirs", {.rename = {{"module.body.", "features."}}});
  });
  CHECK(error.says("missing fc.weight, fc.bias; unexpected head.bias, head.weight"));
  CHECK((ours.parameter<"features.conv1.weight">() ==
         untouched.parameter<"features.conv1.weight">()));

  const LoadResult loaded = load_state_dict(
      ours, folder / "theirs",
      {.rename = {{"module.body.", "features."}, {"head.", "fc."}}, .ignore = {"fc."}});
  CHECK(loaded.loaded == Names{"features.conv1.weight", "features.conv1.bias"});
  CHECK(loaded.kept == Names{"fc.weight", "fc.bias"});
  CHECK((ours.parameter<"features.conv1.weight">() ==
         theirs.parameter<"module.body.conv1.weight">()));
  CHECK((ours.parameter<"fc.weight">() == untouched.parameter<"fc.weight">()));
}
