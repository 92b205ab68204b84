// The parser against the format's own test vectors and against everything the format forbids.

#include <bit>
#include <cstring>

#include <ctnn/io/safetensors.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using test::to_bytes;

namespace {

/// A header with one tensor of these JSON values.
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}}";
}

ctnn::io::SafetensorsFile parse(const std::vector<std::byte>& bytes) {
  return ctnn::io::parse_safetensors(bytes, "x.safetensors");
}

struct row {
  std::string bytes;
  const char* says;
};

void check_refused(std::span<const row> rows) {
  for (const row& row : rows) {
    const auto error = test::error_of([&] { parse(to_bytes(row.bytes)); });
    INFO(row.bytes.substr(0, 200));
    INFO(error.message);
    INFO(row.says);
    CHECK(error.code == ErrorCode::bad_checkpoint);
    CHECK(error.says("x.safetensors: "));
    CHECK(error.says(row.says));
    CHECK(error.is_one_line());
    CHECK(error.message.size() < 400);
  }
}

const std::string good = entry(R"("F32")", "[2]", "[0,8]");

} // namespace

TEST_CASE("valid files parse") {
  const struct {
    std::string bytes;
    std::size_t tensors;
  } rows[] = {
      {test::safetensors("{}"), 0},
      {test::safetensors("{}\r \t\n"), 0},
      {test::safetensors("{}      "), 0},
      {test::safetensors(R"({"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}})", 16), 1},
      {test::safetensors(R"({"test":{"data_offsets":[0,16],"shape":[2,2],"dtype":"I32"}})", 16), 1},
      {test::safetensors(entry(R"("F32")", "[]", "[0,4]"), 4), 1},
      {test::safetensors(entry(R"("F32")", "[3,0,5]", "[0,0]")), 1},
      {test::safetensors(entry(R"("F32")", "[0,9223372036854775807]", "[0,0]")), 1},
      {test::safetensors(entry(R"("BF16")", "[3]", "[0,6]"), 6), 1},
      {test::safetensors(entry(R"("F4")", "[2,3]", "[0,3]"), 3), 1},
      {test::safetensors(entry(R"("F6_E2M3")", "[4]", "[0,3]"), 3), 1},
      {test::safetensors(R"({"__metadata__":{}})"), 0},
      {test::safetensors(
           R"({"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},)"
           R"("__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
           3),
       2},
  };
  for (const auto& row : rows) {
    INFO(row.bytes);
    CHECK(parse(to_bytes(row.bytes)).tensors.size() == row.tensors);
  }
}

TEST_CASE("every dtype of the format has its size") {
  const struct {
    const char* name;
    std::size_t bytes_of_eight;
  } rows[] = {{"BOOL", 8},    {"U8", 8},         {"I8", 8},          {"I16", 16}, {"U16", 16},
              {"F16", 16},    {"BF16", 16},      {"I32", 32},        {"U32", 32}, {"F32", 32},
              {"C64", 64},    {"F64", 64},       {"I64", 64},        {"U64", 64}, {"F8_E5M2", 8},
              {"F8_E4M3", 8}, {"F8_E8M0", 8},    {"F8_E4M3FNUZ", 8}, {"F4", 4},   {"F6_E2M3", 6},
              {"F6_E3M2", 6}, {"F8_E5M2FNUZ", 8}};
  CHECK(std::size(rows) == ctnn::io::detail::dtypes.size());
  for (const auto& row : rows) {
    const std::string size = std::to_string(row.bytes_of_eight);
    const auto bytes = to_bytes(test::safetensors(
        entry('"' + std::string(row.name) + '"', "[2,4]", "[0," + size + "]"), row.bytes_of_eight));
    INFO(row.name);
    CHECK(parse(bytes).tensors.at(0).dtype == row.name);
  }
}

TEST_CASE("the header length is checked before the header is read") {
  const row rows[] = {
      {"", "truncated: expected at least 8 bytes, found 0"},
      {"1234567", "truncated: expected at least 8 bytes, found 7"},
      {std::string(8, '\0'), "expected '{' as first byte"},
      {std::string("\x01\0\0\0\0\0\0\0", 8), "truncated: header of 1 bytes in a file of 8"},
      {std::string("\xff\xff\xff\xff\xff\xff\xff\xff", 8) + "{}",
       "is not a safetensors file: begins with \"\xff\xff\xff\xff\xff\xff\xff\xff\", expected"},
      {std::string("\x01\xe1\xf5\x05\0\0\0\0", 8) + "{}",
       "is not a safetensors file: begins with \"\\x01\xe1\xf5\\x05"},
      {std::string("\x01\0\x10\0\0\0\0\0", 8) + "{}",
       "header of 1048577 bytes, ctnn allows 1048576"},
      {std::string("\x03\0\0\0\0\0\0\0", 8) + "{}", "truncated: header of 3 bytes"},
      {std::string("PK\x03\x04") + std::string(60, '\0'), "zip archive, perhaps from torch.save"},
  };
  check_refused(rows);
  CHECK(ctnn::io::parse_safetensors(to_bytes(test::safetensors("{}" + std::string(1 << 20, ' '))),
                                    "x", 1 << 21)
            .tensors.empty());
}

TEST_CASE("text that is not a strict JSON object is refused") {
  const row rows[] = {
      {test::safetensors(" {}"), "expected '{' as first byte"},
      {test::safetensors("[]"), "expected '{' as first byte"},
      {test::safetensors("\xef\xbb\xbf{}"), "expected '{' as first byte"},
      {test::safetensors("{"), "not valid JSON at byte 2"},
      {test::safetensors("{\"a\""), "not valid JSON at byte 5"},
      {test::safetensors("{}{}"), "not valid JSON at byte 3"},
      {test::safetensors("{}x"), "not valid JSON at byte 3: invalid literal"},
      {test::safetensors("{\"a\":nul}"), "invalid literal"},
      {test::safetensors("{'a':1}"), "invalid literal"},
      {test::safetensors("{\"a\":{},}"), "missing field"},
      {test::safetensors("{\"__metadata__\":{},}"), "not valid JSON"},
      {test::safetensors("{/**/}"), "not valid JSON"},
      {test::safetensors(std::string("{}\0 ", 4)), "NUL byte at byte 3"},
      {test::safetensors(std::string("{\"a\0b\":{}}", 10)), "NUL byte at byte 4"},
      {test::safetensors("{\"a\xff\":{}}"), "ill-formed UTF-8"},
      {test::safetensors("{\"\xc0\xaf\":{}}"), "ill-formed UTF-8"},
      {test::safetensors("{\"\xed\xa0\x80\":{}}"), "ill-formed UTF-8"},
      {test::safetensors("{\"a\n\":{}}"), "not valid JSON at byte 4"},
      {test::safetensors("{\"\\ud800\":{}}"), "not valid JSON"},
      {test::safetensors("{\"a\":" + std::string(1'000'000, '[')),
       "\"a\": expected an object, found an array"},
      {test::safetensors("{\"a\":{\"shape\":" + std::string(1'000'000, '[')), "found an array"},
      {test::safetensors("{\"a\":{\"dtype\":" + std::string(1'000'000, '{')), "found an object"},
  };
  check_refused(rows);
}

TEST_CASE("an entry that is not exactly dtype and shape and data_offsets is refused") {
  const std::string f32 = R"("F32")";
  const row rows[] = {
      {test::safetensors(R"({"a":1})"), "\"a\": expected an object, found a number"},
      {test::safetensors(R"({"a":null})"), "expected an object, found null"},
      {test::safetensors(R"({"a":{}})"), "missing field \"dtype\""},
      {test::safetensors(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8),
       "missing field \"shape\""},
      {test::safetensors(R"({"a":{"dtype":"F32","shape":[2]}})", 8),
       "missing field \"data_offsets\""},
      {test::safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}})", 8),
       "unknown field \"x\""},
      {test::safetensors(R"({"a":{"dtype":"F32","dtype":"F32"}})"), "duplicate key \"dtype\""},
      {test::safetensors(R"({"a":{"shape":[2],"shape":[2]}})"), "duplicate key \"shape\""},
      {test::safetensors(R"({"a":{"data_offsets":[0,8],"data_offsets":[0,8]}})"),
       "duplicate key \"data_offsets\""},
      {test::safetensors(good.substr(0, good.size() - 1) + "," + good.substr(1), 8),
       "duplicate key \"a\""},
      {test::safetensors(good.substr(0, good.size() - 1) + R"(,"\u0061":{}})", 8),
       "duplicate key \"a\""},
      {test::safetensors(entry("3", "[2]", "[0,8]"), 8),
       "dtype: expected a string, found a number"},
      {test::safetensors(entry(R"("F33")", "[2]", "[0,8]"), 8), "unknown dtype \"F33\""},
      {test::safetensors(entry(R"("f32")", "[2]", "[0,8]"), 8), "unknown dtype \"f32\""},
      {test::safetensors(entry(f32, "2", "[0,8]"), 8), "shape: expected an array, found a number"},
      {test::safetensors(entry(f32, "{}", "[0,8]"), 8),
       "shape: expected an array, found an object"},
      {test::safetensors(entry(f32, "[[2]]", "[0,8]"), 8),
       "unsigned 64-bit integers, found an array"},
      {test::safetensors(entry(f32, "[\"2\"]", "[0,8]"), 8),
       "unsigned 64-bit integers, found a string"},
      {test::safetensors(entry(f32, "[true]", "[0,8]"), 8), "unsigned 64-bit integers, found true"},
      {test::safetensors(entry(f32, "[-2]", "[0,8]"), 8), "unsigned 64-bit integers, found -2"},
      {test::safetensors(entry(f32, "[-0]", "[0,8]"), 8), "unsigned 64-bit integers, found 0"},
      {test::safetensors(entry(f32, "[2.0]", "[0,8]"), 8), "unsigned 64-bit integers, found 2.0"},
      {test::safetensors(entry(f32, "[2e0]", "[0,8]"), 8), "unsigned 64-bit integers, found 2e0"},
      {test::safetensors(entry(f32, "[18446744073709551616]", "[0,8]"), 8),
       "found 18446744073709551616"},
      {test::safetensors(entry(f32, "[" + std::string(5000, '1') + "]", "[0,8]"), 8),
       "number out of range"},
      {test::safetensors(entry(f32, "[1e999]", "[0,8]"), 8), "number out of range"},
      {test::safetensors(entry(f32, "[02]", "[0,8]"), 8), "not valid JSON"},
      {test::safetensors(entry(f32, "[2]", "8"), 8), "data_offsets: expected an array"},
      {test::safetensors(entry(f32, "[2]", "[8]"), 8), "data_offsets: expected 2 numbers, found 1"},
      {test::safetensors(entry(f32, "[2]", "[]"), 8), "data_offsets: expected 2 numbers, found 0"},
      {test::safetensors(entry(f32, "[2]", "[0,4,8]"), 8),
       "data_offsets: expected 2 numbers, found 3"},
      {test::safetensors(entry(f32, "[2]", "[-8,0]"), 8),
       "data_offsets: expected unsigned 64-bit integers"},
      {test::safetensors(R"({"__metadata__":[]})"),
       "__metadata__: expected an object, found an array"},
      {test::safetensors(R"({"__metadata__":{"k":1}})"), "__metadata__ \"k\": expected a string"},
      {test::safetensors(R"({"__metadata__":{"k":{}}})"), "__metadata__ \"k\": expected a string"},
      {test::safetensors(R"({"__metadata__":{"k":"v","k":"v"}})"),
       "duplicate key \"k\" in __metadata__"},
      {test::safetensors(R"({"__metadata__":{},"__metadata__":{}})"),
       "duplicate key \"__metadata__\""},
      {test::safetensors(R"({"two\nlines)" + std::string(5000, 'n') + R"(":1})"),
       "\"two\\x0alines"},
  };
  check_refused(rows);
}

TEST_CASE("tensors that do not cover the data exactly are refused") {
  const std::string f32 = R"("F32")";
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + b + "}}";
  };
  std::string attack = "{"; // ten views of the same sixteen bytes
  for (char name = 'a'; name <= 'j'; ++name)
    attack += std::string(name == 'a' ? "\"" : ",\"") + name +
              R"(":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]})";
  const row rows[] = {
      {test::safetensors(entry(f32, "[2]", "[0,8]"), 7),
       "truncated: tensors need 8 bytes after the header, found 7"},
      {test::safetensors(entry(f32, "[2]", "[0,8]"), 9),
       "1 bytes after the last tensor, expected none"},
      {test::safetensors("{}", 1), "1 bytes after the last tensor"},
      {test::safetensors(entry(f32, "[2]", "[0,4]"), 4), "hold 4 bytes, expected 8 for F32 [2]"},
      {test::safetensors(entry(f32, "[2]", "[8,0]"), 8),
       "data_offsets [8, 0] end before they begin"},
      {test::safetensors(entry(f32, "[2]", "[4,12]"), 12), "leave a hole, expected begin 0"},
      {test::safetensors(two("[0,4]", "[5,9]"), 9),
       "\"b\": data_offsets [5, 9] leave a hole, expected begin 4"},
      {test::safetensors(two("[0,4]", "[3,7]"), 7),
       "\"b\": data_offsets [3, 7] overlap another tensor"},
      {test::safetensors(two("[0,4]", "[0,4]"), 4),
       "\"b\": data_offsets [0, 4] overlap another tensor"},
      {test::safetensors(attack + "}", 16), "overlap another tensor"},
      {test::safetensors(entry(f32, "[2,18446744073709551614]", "[0,16]"), 16),
       "overflows 64 bits"},
      {test::safetensors(entry(f32, "[2,9223372036854775807]", "[0,16]"), 16), "overflows 64 bits"},
      {test::safetensors(entry(f32, "[4294967296,4294967296]", "[0,0]")), "overflows 64 bits"},
      {test::safetensors(entry(f32, "[0]", "[0,18446744073709551615]")), "expected 0 for F32 [0]"},
      {test::safetensors(entry(R"("F4")", "[3]", "[0,2]"), 2),
       "12 bits of F4 are not a whole number of bytes"},
      {test::safetensors(entry(R"("F6_E3M2")", "[1]", "[0,1]"), 1), "6 bits of F6_E3M2"},
  };
  check_refused(rows);
}

TEST_CASE("each prefix of a file is refused and no bit flip of a header does harm") {
  const std::string whole = test::read(CTNN_TESTS_DIR "/reference/tiny.safetensors");
  REQUIRE(whole.size() == 532);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto error = test::error_of([&] { parse(to_bytes(whole.substr(0, size))); });
    INFO(size << " " << error.message);
    CHECK(error.code == ErrorCode::bad_checkpoint);
    CHECK(error.says("truncated"));
  }

  const std::size_t header = whole.size() - 188;
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < header * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto bytes = to_bytes(flipped);
    const auto error = test::error_of([&] {
      const ctnn::io::SafetensorsFile parsed = parse(bytes);
      for (const auto& tensor : parsed.tensors) REQUIRE(tensor.data.size() > 0);
    });
    REQUIRE((!error.code || error.code == ErrorCode::bad_checkpoint));
    REQUIRE(error.is_one_line());
    refused += error.code.has_value();
  }
  CHECK(refused > header * 5); // the rest changes names, metadata, or F32 to an equal size
}

TEST_CASE("a file of an independent writer is understood") {
  const auto bytes = to_bytes(test::read(CTNN_TESTS_DIR "/reference/tiny.safetensors"));
  const ctnn::io::SafetensorsFile file = parse(bytes);
  CHECK(file.metadata == std::map<std::string, std::string>{{"format", "pt"}});
  REQUIRE(file.tensors.size() == 4);
  CHECK(file.tensors[0].name == "conv1.weight");
  CHECK(file.tensors[0].dtype == "F32");
  CHECK(file.tensors[0].shape == std::vector<std::uint64_t>{2, 1, 3, 3});
  CHECK(file.tensors[3].name == "fc1.bias");
  CHECK(file.tensors[3].data.size() == 12);
}

TEST_CASE("the writer gives the bytes of the reference implementation") {
  // Expected bytes: the tests of huggingface/safetensors, safetensors/src/tensor.rs.
  const float values[] = {0, 1, 2, 3, 4, 5};
  const std::string data(reinterpret_cast<const char*>(values), sizeof values);
  const auto written = [&](const char* name, std::vector<std::uint64_t> shape) {
    return ctnn::io::write_safetensors({{name, "F32", shape, std::as_bytes(std::span(values))}},
                                       {});
  };
  CHECK(written("attn.0", {1, 2, 3}) ==
        to_bytes(test::safetensors(
                     R"({"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}})") +
                 data));
  CHECK(
      written("attn0", {1, 1, 2, 3}) ==
      to_bytes(test::safetensors(
                   R"({"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       )") +
               data));
  CHECK(ctnn::io::write_safetensors({}, {}) == to_bytes(test::safetensors("{}      ")));
  CHECK(ctnn::io::write_safetensors({}, {{"framework", "pt"}}) ==
        to_bytes(test::safetensors(R"({"__metadata__":{"framework":"pt"}}     )")));
}

TEST_CASE("what is written is read back in falling dtype order then by name") {
  const std::uint8_t bytes[40] = {1, 2, 3};
  const auto data = [&](std::size_t size) { return std::as_bytes(std::span(bytes)).first(size); };
  const std::map<std::string, std::string> metadata{{"format", "pt"},
                                                    {"quote \"\n", "\u00e9 \x01"}};
  const auto written = ctnn::io::write_safetensors({{"z", "F32", {2}, data(8)},
                                                    {"a", "F32", {}, data(4)},
                                                    {"m \"\\\n", "BF16", {3, 1}, data(6)},
                                                    {"c", "I64", {5}, data(40)},
                                                    {"b", "F64", {2, 2}, data(32)},
                                                    {"e", "F32", {0, 7}, data(0)}},
                                                   metadata);
  const ctnn::io::SafetensorsFile file = parse(written);
  CHECK(file.metadata == metadata);
  const char* const names[] = {"c", "b", "a", "e", "z", "m \"\\\n"};
  REQUIRE(file.tensors.size() == std::size(names));
  for (std::size_t i = 0; i < std::size(names); ++i) CHECK(file.tensors[i].name == names[i]);
  CHECK(file.tensors[5].shape == std::vector<std::uint64_t>{3, 1});
  for (const auto& tensor : file.tensors)
    CHECK(std::ranges::equal(tensor.data, data(tensor.data.size())));
}

TEST_CASE("the writer refuses what the parser would refuse") {
  const std::byte four[4]{};
  const auto refused = [&](std::vector<ctnn::io::TensorBytes> tensors, const char* says) {
    const auto error = test::error_of([&] { ctnn::io::write_safetensors(tensors, {}); });
    INFO(error.message);
    CHECK(error.says(says));
  };
  refused({{"a", "F32", {1}, four}, {"a", "F32", {1}, four}}, "duplicate key \"a\"");
  refused({{"a", "F32", {2}, four}}, "hold 4 bytes, expected 8");
  refused({{"a", "float", {1}, four}}, "unknown dtype \"float\"");
  refused({{"__metadata__", "F32", {1}, four}}, "__metadata__");
  refused({{std::string(1 << 20, 'n'), "F32", {1}, four}}, "ctnn allows 1048576");
}
