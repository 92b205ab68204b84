#pragma once
// Helpers for tests that read, write and break files.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <cstdlib>

#include <ctnn/core/error.hpp>

namespace test {

/// An empty folder, removed at the end of the test.
class temporary_folder {
public:
  temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ctnn-test-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  /// The names in it, sorted.
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

private:
  std::filesystem::path path_;
};

inline std::vector<std::byte> to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// A safetensors file: the header's length, the header, then `data_size` zero bytes.
inline std::string safetensors(const std::string& header, std::size_t data_size = 0) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + std::string(data_size, '\0');
}

inline void write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct caught {
  std::string message;
  std::optional<ctnn::ErrorCode> code; ///< none: nothing was thrown

  bool says(std::string_view text) const { return message.find(text) != message.npos; }
  bool is_one_line() const { return message.find_first_of("\r\n") == message.npos; }
};

/// The ctnn::Error that `action` throws; no code if it throws none.
template <class Action>
caught error_of(Action&& action) {
  try {
    action();
  } catch (const ctnn::Error& error) {
    return {error.what(), error.code};
  }
  return {};
}

} // namespace test
