// A second table of files that are no safetensors files, beside the classes of safetensors_test.cpp:
// other formats, text that other parsers take for JSON, and layouts built to deceive. Each row is
// refused with exit code 4 and this message; where that ends in the words of the JSON parser, which
// change with its version, the row ends before them.

#include <array>
#include <cstring>

#include <ctnn/io/safetensors.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using test::to_bytes;

namespace {

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}
std::string f32(const std::string& shape, const std::string& offsets) {
  return R"({"a":)" + tensor(R"("F32")", shape, offsets) + "}";
}
const std::string good = f32("[2]", "[0,8]");

/// Tensors of unsigned bytes with these names and offsets.
std::string u8(std::initializer_list<std::array<const char*, 3>> tensors) {
  std::string header;
  for (const auto& [name, shape, offsets] : tensors)
    header += (header.empty() ? "{\"" : ",\"") + std::string(name) +
              "\":" + tensor(R"("U8")", shape, offsets);
  return header + "}";
}

struct row {
  std::string bytes;
  std::string message; ///< after the file's name
};

void check_refused(std::span<const row> rows) {
  for (const row& row : rows) {
    const auto bytes = to_bytes(row.bytes);
    const auto error = test::error_of([&] { ctnn::io::parse_safetensors(bytes, "f"); });
    INFO(row.bytes.substr(0, 200));
    CHECK(error.code == ErrorCode::bad_checkpoint);
    INFO(error.message);
    CHECK(error.message.starts_with("f: " + row.message));
    CHECK(error.is_one_line());
  }
}

/// What is said of a file whose first eight bytes are no size that a header may have.
std::string no_size(const std::string& file) {
  return "is not a safetensors file: begins with \"" + ctnn::io::printable(file.substr(0, 8)) +
         "\", expected the size of its header";
}

} // namespace

TEST_CASE("files of other formats are no safetensors files") {
  const std::string zeros(64, '\0');
  const std::string idx = std::string("\0\0\x08\x03\0\0\0\x03", 8) + zeros;
  std::vector<row> rows = {
      {"PK\x03\x04", "is a zip archive, perhaps from torch.save, expected a safetensors file"},
      {std::string("\x80\x02}q\0.", 6), "truncated: expected at least 8 bytes, found 6"}, // pickle
      {idx, no_size(idx)},
      {std::string(8, '\0') + zeros, "header: expected '{' as first byte"},
      {std::string("\x1f\x8b\x08\0\0\0\0\0", 8) + zeros, // gzip without a name and a time
       "truncated: header of 559903 bytes in a file of 72"},
  };
  for (const std::string& start :
       {std::string("\x1f\x8b\x08\x08\0\0\0\x66", 8), std::string("\x89HDF\r\n\x1a\n"),
        std::string("GGUF\x03\0\0\0", 8), std::string("\x93NUMPY\x01\0", 8),
        std::string("\x80\x02\x8a\nl\xfc\x9c\x46"), std::string("<!DOCTYPE html>"),
        std::string("version https://git-lfs"), std::string("{\"a\":{\"dtype\":"),
        std::string("\x7f\x45LF\2\1\1\0", 8), std::string("\x08\x07\x12\x07pytorch")}) // ONNX
    rows.push_back({start + zeros, no_size(start)});
  rows.push_back(
      {"<!DOCTYPE html>", "is not a safetensors file: begins with \"<!DOCTYP\", expected"});
  check_refused(rows);
}

TEST_CASE("a header length that is not that of the header is refused") {
  std::string big_endian = std::string(8, '\0') + good;
  big_endian[7] = static_cast<char>(good.size());
  std::string one_less = test::safetensors(good, 8), one_more = test::safetensors(good, 8),
              eight_more = test::safetensors(good, 8);
  one_less[0] = static_cast<char>(one_less[0] - 1);
  one_more[0] = static_cast<char>(one_more[0] + 1);
  eight_more[0] = static_cast<char>(eight_more[0] + 8);
  const std::string end = std::to_string(good.size() + 1);
  const std::string highest_bit = std::string("\0\0\0\0\0\0\0\x80", 8) + "{}";
  const std::string negative = std::string("\xf8\xff\xff\xff\xff\xff\xff\xff", 8) + "{}";
  const row rows[] = {
      {std::string("\0\xe1\xf5\x05\0\0\0\0", 8) + "{}",
       "header of 100000000 bytes, ctnn allows 1048576"},
      {highest_bit, no_size(highest_bit)},
      {negative, no_size(negative)},
      {big_endian, no_size(big_endian)},
      {one_less, "header: not valid JSON at byte " + std::to_string(good.size())},
      {one_more, "header: NUL byte at byte " + end},
      {eight_more, "header: NUL byte at byte " + end},
      {std::string("\x02\0\0\0\0\0\0\0", 8) + "{", "truncated: header of 2 bytes in a file of 9"},
      {std::string("\x01\0\0\0\0\0\0\0", 8) + "{}", "header: not valid JSON at byte 2"},
  };
  check_refused(rows);
}

TEST_CASE("text that is nearly a header is refused") {
  const row rows[] = {
      {test::safetensors("\t{}"), "header: expected '{' as first byte"},
      {test::safetensors("\n{}"), "header: expected '{' as first byte"},
      {test::safetensors("{}\v"), "header: not valid JSON at byte 3"},
      {test::safetensors("{}\xc2\xa0"), "header: not valid JSON at byte 3"}, // a hard space
      {test::safetensors("{}\xef\xbb\xbf"), "header: not valid JSON at byte 3"},
      {test::safetensors("{}//"), "header: not valid JSON at byte 3"},
      {test::safetensors("{}#"), "header: not valid JSON at byte 3"},
      {test::safetensors("{a:{}}"), "header: not valid JSON at byte 2"},
      {test::safetensors("{'a':{}}"), "header: not valid JSON at byte 2"},
      {test::safetensors("{1:{}}"), "header: not valid JSON at byte 2"},
      {test::safetensors("{null:{}}"), "header: not valid JSON at byte 5"},
      {test::safetensors("{,}"), "header: not valid JSON at byte 2"},
      {test::safetensors("{\"a\" {}}"), "header: not valid JSON at byte 6"},
      {test::safetensors("{\"a\"=>{}}"), "header: not valid JSON at byte 5"},
      {test::safetensors("{\"__metadata__\":{\"k\":\"v\" \"l\":\"w\"}}"),
       "header: not valid JSON at byte 28"},
      {test::safetensors("{\"__metadata__\":{\"k\":'v'}}"), "header: not valid JSON at byte 22"},
      {test::safetensors("{\"__metadata__\":{\"k\":\"v}}"), "header: not valid JSON at byte 26"},
      {test::safetensors("{\"\\x61\":{}}"), "header: not valid JSON at byte 4"},
      {test::safetensors("{\"\\u12\":{}}"), "header: not valid JSON at byte 7"},
      {test::safetensors("{\"\\uDC00\":{}}"), "header: not valid JSON at byte 8"},
      {test::safetensors("{\"\\ud800\\u0041\":{}}"), "header: not valid JSON at byte 14"},
      {test::safetensors("{\"\xf4\x90\x80\x80\":{}}"),
       "header: not valid JSON at byte 4"}, // above U+10FFFF
      {test::safetensors("{\"\xf8\x88\x80\x80\x80\":{}}"), "header: not valid JSON at byte 3"},
      {test::safetensors("{\"\xe2\x82\":{}}"), "header: not valid JSON at byte 5"},
      {test::safetensors("{\"\x80\":{}}"), "header: not valid JSON at byte 3"},
      {test::safetensors("{\"\xc3"), "header: not valid JSON at byte 4"},
      {test::safetensors("{\"\xff\xfe\":{}}"), "header: not valid JSON at byte 3"},
      {test::safetensors("{\"\t\":{}}"), "header: not valid JSON at byte 3"},
      {test::safetensors("{\"\x1b[31m\":{}}"), "header: not valid JSON at byte 3"},
      {test::safetensors("{\"a\\"), "header: not valid JSON at byte 5"},
  };
  check_refused(rows);
}

TEST_CASE("numbers that other parsers take are refused") {
  const auto shape = [](const std::string& number) {
    return test::safetensors(f32("[" + number + "]", "[0,8]"), 8);
  };
  const auto offset = [](const std::string& number) {
    return test::safetensors(f32("[2]", "[0," + number + "]"), 8);
  };
  const row rows[] = {
      {shape("+2"), "header: not valid JSON at byte 30"},
      {shape("2."), "header: not valid JSON at byte 32"},
      {shape(".2"), "header: not valid JSON at byte 30"},
      {shape("0x2"), "header: not valid JSON at byte 31"},
      {shape("1_0"), "header: not valid JSON at byte 31"},
      {shape("2u"), "header: not valid JSON at byte 31"},
      {shape("NaN"), "header: not valid JSON at byte 30"},
      {shape("Infinity"), "header: not valid JSON at byte 30"},
      {shape("-"), "header: not valid JSON at byte 31"},
      {shape("2E"), "header: not valid JSON at byte 32"},
      {shape("2,"), "header: not valid JSON at byte 32"},
      {shape("2 2"), "header: not valid JSON at byte 32"},
      {shape("null"), "header: tensor \"a\": shape: expected unsigned 64-bit integers, found null"},
      {shape("2.5"), "header: tensor \"a\": shape: expected unsigned 64-bit integers, found 2.5"},
      {shape("20e-1"),
       "header: tensor \"a\": shape: expected unsigned 64-bit integers, found 20e-1"},
      {shape("-9223372036854775808"), "header: tensor \"a\": shape: expected unsigned 64-bit "
                                      "integers, found -9223372036854775808"},
      {shape("-9223372036854775809"), "header: tensor \"a\": shape: expected unsigned 64-bit "
                                      "integers, found -9223372036854775809"},
      {shape("18446744073709551617"), "header: tensor \"a\": shape: expected unsigned 64-bit "
                                      "integers, found 18446744073709551617"},
      {offset("8.0"),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found 8.0"},
      {offset("08"), "header: not valid JSON at byte 52"},
      {offset("\"8\""),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found a string"},
      {offset("-1"),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found -1"},
      {offset("1e400"), "header: not valid JSON at byte 55"},
      {offset("false"),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found false"},
      {offset("null"),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found null"},
      {offset("[8]"),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found an array"},
      {offset("8,8,8,8"), "header: tensor \"a\": data_offsets: expected 2 numbers, found 5"},
      {offset("18446744073709551616"), "header: tensor \"a\": data_offsets: expected unsigned "
                                       "64-bit integers, found 18446744073709551616"},
  };
  check_refused(rows);
}

TEST_CASE("entries of another form are refused") {
  const std::string a = R"({"a":)";
  const row rows[] = {
      {test::safetensors(a + "[]}"), "header: tensor \"a\": expected an object, found an array"},
      {test::safetensors(a + "\"F32\"}"),
       "header: tensor \"a\": expected an object, found a string"},
      {test::safetensors(a + "true}"), "header: tensor \"a\": expected an object, found true"},
      {test::safetensors(a + "-1}"), "header: tensor \"a\": expected an object, found -1"},
      {test::safetensors(a + "1.5}"), "header: tensor \"a\": expected an object, found 1.5"},
      {test::safetensors(a + R"({"Dtype":"F32"}})"),
       "header: tensor \"a\": unknown field \"Dtype\""},
      {test::safetensors(a + R"({"dtype ":"F32"}})"),
       "header: tensor \"a\": unknown field \"dtype \""},
      {test::safetensors(a + R"({"":"F32"}})"), "header: tensor \"a\": unknown field \"\""},
      {test::safetensors(a + R"({"offsets":[0,8]}})"),
       "header: tensor \"a\": unknown field \"offsets\""},
      {test::safetensors(a + R"({"a":{}}})"), "header: tensor \"a\": unknown field \"a\""},
      {test::safetensors(a + R"({"dtype":null}})"),
       "header: tensor \"a\": dtype: expected a string, found null"},
      {test::safetensors(a + R"({"dtype":["F32"]}})"),
       "header: tensor \"a\": dtype: expected a string, found an array"},
      {test::safetensors(a + R"({"dtype":{}}})"),
       "header: tensor \"a\": dtype: expected a string, found an object"},
      {test::safetensors(a + R"({"shape":null}})"),
       "header: tensor \"a\": shape: expected an array, found null"},
      {test::safetensors(a + R"({"shape":"[2]"}})"),
       "header: tensor \"a\": shape: expected an array, found a string"},
      {test::safetensors(a + R"({"data_offsets":{"begin":0,"end":8}}})"),
       "header: tensor \"a\": data_offsets: expected an array, found an object"},
      {test::safetensors(a + R"({"data_offsets":null}})"),
       "header: tensor \"a\": data_offsets: expected an array, found null"},
      {test::safetensors(a + tensor(R"("")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"\""},
      {test::safetensors(a + tensor(R"("F32 ")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"F32 \""},
      {test::safetensors(a + tensor(R"("F3\u0000")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"F3\\x00\""},
      {test::safetensors(a + tensor(R"("float32")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"float32\""},
      {test::safetensors(a + tensor(R"("F\n32")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"F\\x0a32\""},
      {test::safetensors(a + tensor('"' + std::string(1000, 'F') + '"', "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": unknown dtype \"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF...\""},
      {test::safetensors(R"({"__metadata__":null})"),
       "header: __metadata__: expected an object, found null"},
      {test::safetensors(R"({"__metadata__":"pt"})"),
       "header: __metadata__: expected an object, found a string"},
      {test::safetensors(R"({"__metadata__":1})"),
       "header: __metadata__: expected an object, found a number"},
      {test::safetensors(R"({"__metadata__":{"k":null}})"),
       "header: __metadata__ \"k\": expected a string, found null"},
      {test::safetensors(R"({"__metadata__":{"k":["v"]}})"),
       "header: __metadata__ \"k\": expected a string, found an array"},
      {test::safetensors(R"({"__metadata__":{"k":true}})"),
       "header: __metadata__ \"k\": expected a string, found true"},
      {test::safetensors(R"({"__metadata__":{"k":-1.5}})"),
       "header: __metadata__ \"k\": expected a string, found -1.5"},
      {test::safetensors(R"({"__metadata__":{"k":"v","\u006b":"w"}})"),
       "header: duplicate key \"k\" in __metadata__"},
      {test::safetensors(R"({"__metadata__":{},"\u005f_metadata__":{}})"),
       "header: duplicate key \"__metadata__\""},
      {test::safetensors(u8({{"", "[1]", "[0,1]"}, {"", "[1]", "[1,2]"}}), 2),
       "header: duplicate key \"\""},
  };
  check_refused(rows);
}

TEST_CASE("layouts that hide or share bytes are refused") {
  const row rows[] = {
      {test::safetensors(good, 8) + "PK\x05\x06",
       "4 bytes after the last tensor, expected none"}, // the end of a zip archive
      {test::safetensors(good, 8) + test::safetensors(good, 8),
       "70 bytes after the last tensor, expected none"},
      {test::safetensors(R"({"__metadata__":{"k":"v"}})", 4096),
       "4096 bytes after the last tensor, expected none"},
      {test::safetensors(u8({{"a", "[4]", "[1,5]"}}), 5),
       "tensor \"a\": data_offsets [1, 5] leave a hole, expected begin 0"},
      {test::safetensors(u8({{"a", "[4]", "[0,4]"}, {"b", "[4]", "[8,12]"}}), 12),
       "tensor \"b\": data_offsets [8, 12] leave a hole, expected begin 4"},
      {test::safetensors(u8({{"a", "[4]", "[8,12]"}, {"b", "[4]", "[0,4]"}}), 12),
       "tensor \"a\": data_offsets [8, 12] leave a hole, expected begin 4"},
      {test::safetensors(u8({{"a", "[8]", "[0,8]"}, {"b", "[2]", "[2,4]"}}), 8),
       "tensor \"b\": data_offsets [2, 4] overlap another tensor, expected begin 8"},
      {test::safetensors(u8({{"a", "[2]", "[6,8]"}, {"b", "[8]", "[0,8]"}}), 8),
       "tensor \"a\": data_offsets [6, 8] overlap another tensor, expected begin 8"},
      {test::safetensors(u8({{"a", "[4]", "[0,4]"}, {"b", "[0]", "[2,2]"}}), 4),
       "tensor \"b\": data_offsets [2, 2] overlap another tensor, expected begin 4"},
      {test::safetensors(u8({{"a", "[4]", "[0,4]"}, {"b", "[0]", "[5,5]"}}), 4),
       "tensor \"b\": data_offsets [5, 5] leave a hole, expected begin 4"},
      {test::safetensors(u8({{"a", "[0]", "[1,0]"}})),
       "tensor \"a\": data_offsets [1, 0] end before they begin"},
      {test::safetensors(u8({{"a", "[18446744073709551615]", "[0,18446744073709551615]"}})),
       "tensor \"a\": size of shape [18446744073709551615] overflows 64 bits"},
      {test::safetensors(u8({{"a", "[4]", "[18446744073709551612,0]"}}), 4),
       "tensor \"a\": data_offsets [18446744073709551612, 0] end before they begin"},
      {test::safetensors(u8({{"a", "[4]", "[0,4]"}, {"b", "[2]", "[18446744073709551615,1]"}}), 4),
       "tensor \"b\": data_offsets [18446744073709551615, 1] end before they begin"},
      {test::safetensors(u8({{"a", "[2,0]", "[0,2]"}}), 2),
       "tensor \"a\": data_offsets [0, 2] hold 2 bytes, expected 0 for U8 [2, 0]"},
      {test::safetensors(u8({{"a", "[]", "[0,0]"}})),
       "tensor \"a\": data_offsets [0, 0] hold 0 bytes, expected 1 for U8 []"},
      {test::safetensors(u8({{"a", "[9223372036854775808,2,0]", "[0,0]"}})),
       "tensor \"a\": size of shape [9223372036854775808, 2, 0] overflows 64 bits"},
      {test::safetensors(f32("[4611686018427387904]", "[0,0]")),
       "tensor \"a\": size of shape "
       "[4611686018427387904] overflows "
       "64 bits"}, // 2^62 elements, 2^67 bits
      {test::safetensors(f32("[576460752303423488]", "[0,0]")), "tensor \"a\": size of shape "
                                                                "[576460752303423488] overflows 64 "
                                                                "bits"}, // 2^59 elements, 2^64 bits
      {test::safetensors(f32("[288230376151711744]", "[0,1152921504606846976]")),
       "truncated: tensors need 1152921504606846976 bytes after the header, found "
       "0"}, // 2^60 bytes
      {test::safetensors(f32("[3]", "[0,8]"), 8),
       "tensor \"a\": data_offsets [0, 8] hold 8 bytes, expected 12 for F32 [3]"},
      {test::safetensors(f32("[1]", "[0,8]"), 8),
       "tensor \"a\": data_offsets [0, 8] hold 8 bytes, expected 4 for F32 [1]"},
      {test::safetensors(R"({"a":)" + tensor(R"("F64")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": data_offsets [0, 8] hold 8 bytes, expected 16 for F64 [2]"},
      {test::safetensors(R"({"a":)" + tensor(R"("BOOL")", "[2]", "[0,8]") + "}", 8),
       "tensor \"a\": data_offsets [0, 8] hold 8 bytes, expected 2 for BOOL [2]"},
      {test::safetensors(R"({"a":)" + tensor(R"("F4")", "[1]", "[0,0]") + "}"),
       "tensor \"a\": 4 bits of F4 are not a whole number of bytes"},
      {test::safetensors(R"({"a":)" + tensor(R"("F6_E2M3")", "[2]", "[0,1]") + "}", 1),
       "tensor \"a\": 12 bits of F6_E2M3 are not a whole number of bytes"},
  };
  check_refused(rows);
}

TEST_CASE("a header of deep nesting or of many entries is refused at its first fault") {
  std::string many = "{";
  for (int i = 0; i < 1000; ++i)
    many += '"' + std::to_string(i) + "\":" + tensor(R"("U8")", "[0]", "[0,0]") + ',';
  const std::string brackets(1'000'000, '['), braces = [] {
    std::string text;
    while (text.size() < 1'000'000) text += "{\"a\":";
    return text;
  }();
  const row rows[] = {
      {test::safetensors(braces), "header: tensor \"a\": unknown field \"a\""},
      {test::safetensors("{\"__metadata__\":" + brackets),
       "header: __metadata__: expected an object, found an array"},
      {test::safetensors("{\"__metadata__\":{\"k\":" + brackets),
       "header: __metadata__ \"k\": expected a string, found an array"},
      {test::safetensors("{\"a\":{\"data_offsets\":[" + brackets),
       "header: tensor \"a\": data_offsets: expected unsigned 64-bit integers, found an array"},
      {test::safetensors(many + "\"0\":{}}"), "header: duplicate key \"0\""},
      {test::safetensors(many + "}"), "header: not valid JSON at byte 53892"},
      {test::safetensors("{\"" + std::string(1'000'000, '\\') + "\":1}"),
       "header: tensor \"" + std::string(100, '\\') + "...\": expected an object, found a number"},
      {test::safetensors("{\"a\":{\"dtype\":\"" + std::string(1'000'000, 'x')),
       "header: not valid JSON at byte 1000016"},
  };
  check_refused(rows);
}
