#pragma once
/// @file
/// The JSON header of a safetensors file, read event by event: nothing is built that the format does
/// not have, and each departure from it is an error. (A DOM parser would accept duplicate keys,
/// convert -4 to 18446744073709551612, and take 600 MiB for 8 MiB of "[".)

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/io/message.hpp>
#include <ctnn/io/tensor_bytes.hpp>

namespace ctnn::io::detail {

/// A header_entry is what the header says of a tensor, whose `data` are not known yet: they are the
/// bytes from `begin` to `end` of those after the header.
struct header_entry : TensorBytes {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// A safetensors_header is what the events of the JSON parser leave.
class safetensors_header final : public nlohmann::json_sax<nlohmann::json> {
public:
  std::vector<header_entry> tensors;
  std::map<std::string, std::string> metadata;
  std::string error; ///< one line, if parsing stopped

  bool start_object(std::size_t) override {
    switch (expecting_) {
    case expect::header:
      return next(expect::name);
    case expect::entry:
      return next(expect::field);
    case expect::metadata:
      return next(expect::metadata_key);
    default:
      return unexpected("an object");
    }
  }

  bool key(std::string& key) override {
    switch (expecting_) {
    case expect::name:
      return tensor_name(key);
    case expect::field:
      return field_name(key);
    default: // metadata_key: JSON has keys in objects only
      if (metadata.contains(key)) return fail("duplicate key {} in __metadata__", text(key));
      metadata_key_ = key;
      return next(expect::metadata_value);
    }
  }

  bool end_object() override {
    switch (expecting_) {
    case expect::field:
      return end_of_entry();
    case expect::metadata_key:
      return next(expect::name);
    default:
      return next(expect::nothing); // name: the end of the header
    }
  }

  bool start_array(std::size_t) override {
    switch (expecting_) {
    case expect::shape:
      return next(expect::extent);
    case expect::offsets:
      return next(expect::offset);
    default:
      return unexpected("an array");
    }
  }

  bool end_array() override {
    if (expecting_ == expect::offset) {
      if (offsets_.size() != 2)
        return fail("{}: data_offsets: expected 2 numbers, found {}", where(), offsets_.size());
      tensors.back().begin = offsets_[0];
      tensors.back().end = offsets_[1];
    }
    return next(expect::field);
  }

  bool number_unsigned(std::uint64_t number) override {
    switch (expecting_) {
    case expect::extent:
      tensors.back().shape.push_back(number);
      return true;
    case expect::offset:
      offsets_.push_back(number);
      return true;
    default:
      return unexpected("a number");
    }
  }

  bool string(std::string& value) override {
    switch (expecting_) {
    case expect::dtype:
      tensors.back().dtype = value;
      return next(expect::field);
    case expect::metadata_value:
      metadata.emplace(metadata_key_, value);
      return next(expect::metadata_key);
    default:
      return unexpected("a string");
    }
  }

  bool number_integer(std::int64_t number) override {
    return unexpected(fmt::format("{}", number));
  }
  /// The event of 1.0 and 1e3, and also of what exceeds 64 bits.
  bool number_float(double, const std::string& token) override {
    return unexpected(printable(token, 40));
  }
  bool null() override { return unexpected("null"); }
  bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
  bool binary(nlohmann::json::binary_t&) override { return unexpected("binary data"); }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& exception) override {
    // "[json.exception…] parse error at line 1, column 7: <context> - <reason>; last read: <text of
    // the file>": keep the reason, which holds nothing of the file.
    std::string_view reason = exception.what();
    const std::size_t dash = reason.find(" - ");
    reason = dash == reason.npos ? "number out of range" : reason.substr(dash + 3);
    return fail("not valid JSON at byte {}: {}", position, reason.substr(0, reason.find(';')));
  }

private:
  /// expect is what the format allows next.
  enum class expect {
    header,
    name,
    entry,
    field,
    dtype,
    shape,
    extent,
    offsets,
    offset,
    metadata,
    metadata_key,
    metadata_value,
    nothing
  };

  expect expecting_ = expect::header;
  std::unordered_set<std::string> names_;
  bool has_metadata_ = false;
  std::string metadata_key_;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false; // of the last tensor
  std::vector<std::uint64_t> offsets_;

  static std::string text(std::string_view name) { return '"' + printable(name, 100) + '"'; }

  bool next(expect what) {
    expecting_ = what;
    return true;
  }

  template <class... Args>
  bool fail(fmt::format_string<Args...> what, Args&&... args) {
    error = "header: " + fmt::format(what, std::forward<Args>(args)...);
    return false;
  }

  bool tensor_name(const std::string& name) {
    if (name == "__metadata__") {
      if (std::exchange(has_metadata_, true)) return fail("duplicate key \"__metadata__\"");
      return next(expect::metadata);
    }
    if (!names_.insert(name).second) return fail("duplicate key {}", text(name));
    tensors.emplace_back().name = name;
    offsets_.clear();
    has_dtype_ = has_shape_ = has_offsets_ = false;
    return next(expect::entry);
  }

  bool field_name(const std::string& field) {
    struct {
      std::string_view name;
      bool& seen;
      expect value;
    } const fields[] = {{"dtype", has_dtype_, expect::dtype},
                        {"shape", has_shape_, expect::shape},
                        {"data_offsets", has_offsets_, expect::offsets}};
    for (const auto& known : fields) {
      if (field != known.name) continue;
      if (std::exchange(known.seen, true))
        return fail("{}: duplicate key {}", where(), text(field));
      return next(known.value);
    }
    return fail("{}: unknown field {}", where(), text(field));
  }

  bool end_of_entry() {
    const char* missing = !has_dtype_     ? "dtype"
                          : !has_shape_   ? "shape"
                          : !has_offsets_ ? "data_offsets"
                                          : nullptr;
    if (missing) return fail("{}: missing field \"{}\"", where(), missing);
    return next(expect::name);
  }

  std::string where() const { return "tensor " + text(tensors.back().name); }

  bool unexpected(std::string_view found) {
    const auto wrong = [&](const std::string& place, const char* expected) {
      return fail("{}: expected {}, found {}", place, expected, found);
    };
    switch (expecting_) {
    case expect::entry:
      return wrong(where(), "an object");
    case expect::dtype:
      return wrong(where() + ": dtype", "a string");
    case expect::shape:
      return wrong(where() + ": shape", "an array");
    case expect::extent:
      return wrong(where() + ": shape", "unsigned 64-bit integers");
    case expect::offsets:
      return wrong(where() + ": data_offsets", "an array");
    case expect::offset:
      return wrong(where() + ": data_offsets", "unsigned 64-bit integers");
    case expect::metadata:
      return wrong("__metadata__", "an object");
    case expect::metadata_value:
      return wrong("__metadata__ " + text(metadata_key_), "a string");
    default:
      return fail("expected an object, found {}", found);
    }
  }
};

} // namespace ctnn::io::detail
