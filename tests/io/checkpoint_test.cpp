// Loading is all or nothing and lists every difference; saving round-trips bit by bit.

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <ctnn/io/checkpoint.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using ctnn::io::ParameterSlot;

namespace {

const std::filesystem::path tiny = CTNN_TESTS_DIR "/reference/tiny.safetensors";

/// Parameters of Conv2d(1, 2, 3) and Linear(8, 3), as in tests/reference/seed_init.py.
template <class T>
struct tiny_net {
  std::vector<T> conv1_weight = std::vector<T>(18, T(7)), conv1_bias = std::vector<T>(2, T(7)),
                 fc1_weight = std::vector<T>(24, T(7)), fc1_bias = std::vector<T>(3, T(7));

  std::vector<ParameterSlot<T>> slots() {
    return {{"conv1.weight", {2, 1, 3, 3}, conv1_weight.data()},
            {"conv1.bias", {2}, conv1_bias.data()},
            {"fc1.weight", {3, 8}, fc1_weight.data()},
            {"fc1.bias", {3}, fc1_bias.data()}};
  }
  std::vector<ParameterSlot<const T>> const_slots() {
    std::vector<ParameterSlot<const T>> slots;
    for (auto& slot : this->slots()) slots.push_back({slot.name, slot.shape, slot.data});
    return slots;
  }
  bool operator==(const tiny_net&) const = default;
};

template <class T>
std::vector<T> known_values(std::size_t count) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<T>(i) / 8 - 1;
  return values;
}

/// A file in memory with these tensors.
std::vector<std::byte> file_of(const std::vector<ctnn::io::TensorBytes>& tensors) {
  return ctnn::io::write_safetensors(tensors, {});
}

template <class T>
test::caught load(const std::vector<std::byte>& bytes, std::span<const ParameterSlot<T>> slots) {
  return test::error_of([&] {
    ctnn::io::load_parameters<T>(ctnn::io::parse_safetensors(bytes, "x.safetensors"),
                                 "x.safetensors", slots);
  });
}

} // namespace

TEMPLATE_TEST_CASE("a file written from PyTorch fills the network", "", float, double) {
  tiny_net<TestType> net;
  const auto metadata = ctnn::io::load_parameters<TestType>(tiny, net.slots()).metadata;
  CHECK(net.conv1_weight == known_values<TestType>(18));
  CHECK(net.conv1_bias == known_values<TestType>(2));
  CHECK(net.fc1_weight == known_values<TestType>(24));
  CHECK(net.fc1_bias == known_values<TestType>(3));
  CHECK(metadata == std::map<std::string, std::string>{{"format", "pt"}});
}

TEMPLATE_TEST_CASE("saving and loading keeps every bit", "", float, double) {
  const test::temporary_folder folder;
  using limits = std::numeric_limits<TestType>;
  tiny_net<TestType> net;
  net.conv1_bias = {limits::denorm_min(), -limits::max()};
  net.fc1_bias = {TestType(-0.0), TestType(1) / 3, limits::epsilon()};
  ctnn::io::save_parameters<const TestType>(folder / "net", net.const_slots(),
                                            {{"ctnn.epoch", "3"}});
  CHECK(folder.list() == std::vector<std::string>{"net"});

  tiny_net<TestType> loaded;
  const auto metadata =
      ctnn::io::load_parameters<TestType>(folder / "net", loaded.slots()).metadata;
  CHECK(loaded == net);
  CHECK(std::signbit(loaded.fc1_bias[0]));
  CHECK(metadata == std::map<std::string, std::string>{{"ctnn.epoch", "3"}, {"format", "pt"}});

  // Saved again, the same bytes: nothing in a file depends on time, order or address.
  auto reversed = loaded.const_slots();
  std::ranges::reverse(reversed);
  ctnn::io::save_parameters<const TestType>(folder / "again", reversed, {{"ctnn.epoch", "3"}});
  CHECK(test::read(folder / "again") == test::read(folder / "net"));
}

TEST_CASE("a double network reads F32 files and a float network refuses F64") {
  const test::temporary_folder folder;
  tiny_net<float> single;
  tiny_net<double> wide;
  ctnn::io::save_parameters<float>(folder / "f32", single.slots());
  ctnn::io::save_parameters<double>(folder / "f64", wide.slots());
  wide.fc1_bias[0] = 0;
  ctnn::io::load_parameters<double>(folder / "f32", wide.slots());
  CHECK(wide == tiny_net<double>{});

  const auto error =
      test::error_of([&] { ctnn::io::load_parameters<float>(folder / "f64", single.slots()); });
  CHECK(error.code == ErrorCode::bad_checkpoint);
  CHECK(error.says("dtype F64 of conv1.weight is not supported, expected F16, BF16 or F32; "));
}

TEST_CASE("all differences are listed in one line and nothing is loaded") {
  const std::vector<float> zeros(64);
  const auto data = [&](std::size_t bytes) { return std::as_bytes(std::span(zeros)).first(bytes); };
  const auto bytes = file_of({{"conv1.weight", "F32", {3, 1, 3, 3}, data(108)},
                              {"fc1.weight", "I16", {3, 8}, data(48)},
                              {"fc1.bias", "F32", {3}, data(12)},
                              {"fc2\n.bias", "F32", {2}, data(8)},
                              {"fc3.bias", "I64", {}, data(8)}});
  tiny_net<float> net;
  const auto error = load<float>(bytes, net.slots());
  CHECK(error.code == ErrorCode::bad_checkpoint);
  CHECK(error.message ==
        "x.safetensors: does not match the network: missing conv1.bias; unexpected fc3.bias, "
        "fc2\\x0a.bias; size mismatch for conv1.weight: file has [3, 1, 3, 3], network has "
        "[2, 1, 3, 3]; dtype I16 of fc1.weight is not supported, expected F16, BF16 or F32");
  CHECK(net == tiny_net<float>{});
}

TEST_CASE("shapes must agree even when the sizes do") {
  tiny_net<float> net;
  const std::vector<float> zeros(24);
  const auto slots = net.slots();
  const auto error =
      load<float>(file_of({{"fc1.weight", "F32", {8, 3}, std::as_bytes(std::span(zeros))}}),
                  std::span(slots).subspan(2, 1));
  CHECK(error.says("size mismatch for fc1.weight: file has [8, 3], network has [3, 8]"));
}

TEMPLATE_TEST_CASE("a weight that is not finite is refused by name and index", "", float, double) {
  using limits = std::numeric_limits<TestType>;
  const struct {
    TestType value;
    const char* says;
  } rows[] = {{limits::quiet_NaN(), "value 23 of fc1.weight is not finite: nan"},
              {limits::infinity(), "value 23 of fc1.weight is not finite: inf"},
              {-limits::infinity(), "value 23 of fc1.weight is not finite: -inf"}};
  for (const auto& row : rows) {
    const test::temporary_folder folder;
    tiny_net<TestType> broken;
    broken.conv1_weight[0] = 1;
    broken.fc1_weight[23] = row.value;
    ctnn::io::save_parameters<TestType>(folder / "net", broken.slots());
    tiny_net<TestType> net;
    const auto error =
        test::error_of([&] { ctnn::io::load_parameters<TestType>(folder / "net", net.slots()); });
    INFO(error.message);
    CHECK(error.code == ErrorCode::bad_checkpoint);
    CHECK(error.says(row.says));
    CHECK(net == tiny_net<TestType>{});
  }
}

TEST_CASE("files that cannot be read or written are named") {
  const test::temporary_folder folder;
  tiny_net<float> net;
  const auto missing =
      test::error_of([&] { ctnn::io::load_parameters<float>(folder / "none", net.slots()); });
  CHECK(missing.code == ErrorCode::bad_checkpoint);
  CHECK(missing.says("none: cannot read: No such file or directory"));

  test::write(folder / "half", test::read(tiny).substr(0, 500));
  const auto half =
      test::error_of([&] { ctnn::io::load_parameters<float>(folder / "half", net.slots()); });
  CHECK(half.code == ErrorCode::bad_checkpoint);
  CHECK(half.says("half: truncated: tensors need 188 bytes after the header, found 156"));
  CHECK(net == tiny_net<float>{});

  const auto unwritable =
      test::error_of([&] { ctnn::io::save_parameters<float>(folder / "no" / "net", net.slots()); });
  CHECK(unwritable.code == ErrorCode::cannot_write);
}

// What torch.float16 and torch.bfloat16 make of these bits: zeros, ones, the largest, subnormals, thirds.
TEST_CASE("half precision is read as it is") {
  const auto halves = [](std::string dtype, std::vector<std::uint16_t> words) {
    std::vector<float> values(words.size());
    const std::vector<ParameterSlot<float>> slots{{"w", {words.size()}, values.data()}};
    ctnn::io::load_parameters<float>(
        ctnn::io::parse_safetensors(
            file_of({{"w", dtype, {words.size()}, std::as_bytes(std::span(words))}}), "x"),
        "x", slots);
    return values;
  };
  CHECK(
      halves("F16", {0x0000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x8001, 0x3555}) ==
      std::vector{0.f, 1.f, -2.f, 65504.f, 0x1p-14f, 1023 * 0x1p-24f, -0x1p-24f, 0.333251953125f});
  CHECK(halves("BF16", {0x0000, 0x3f80, 0xc000, 0x7f7f, 0x0080, 0x0001, 0x3eab}) ==
        std::vector{0.f, 1.f, -2.f, 3.3895313892515355e38f, 0x1p-126f, 0x1p-133f, 0.333984375f});
  for (std::uint32_t word = 0; word < 0x7c00; ++word) { // all that are finite, by the definition
    const int exponent = static_cast<int>(word >> 10), fraction = static_cast<int>(word & 1023);
    const double value =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    REQUIRE(ctnn::io::detail::float_of_half(static_cast<std::uint16_t>(word)) == value);
  }
  CHECK(std::isinf(ctnn::io::detail::float_of_half(0xfc00)));
  CHECK(std::isnan(ctnn::io::detail::float_of_half(0x7e00)));
  float value = 0;
  const std::vector<ParameterSlot<float>> slots{{"w", {1}, &value}};
  const std::uint16_t infinite = 0x7c00;
  CHECK(load<float>(file_of({{"w", "F16", {1}, std::as_bytes(std::span(&infinite, 1))}}), slots)
            .says("value 0 of w is not finite: inf"));
}
