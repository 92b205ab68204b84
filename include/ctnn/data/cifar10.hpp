#pragma once
/// @file
/// CIFAR-10 in its binary version: records of a label and 3x32x32 bytes.
/// Format: https://www.cs.toronto.edu/~kriz/cifar.html

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/image_dataset.hpp>
#include <ctnn/data/labelled_images.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn {
namespace io {

/// Cifar10Records are the labels and images of one or several files.
struct Cifar10Records {
  static constexpr Shape image{3, 32, 32};                      ///< of each record
  static constexpr std::size_t record_bytes = 1 + image.size(); ///< a label, and the image
  static constexpr std::size_t classes = 10;                    ///< labels are below

  std::vector<std::uint32_t> labels; ///< the class of each image
  std::vector<std::uint8_t> pixels;  ///< [image][channel][row][column]
};

/// parse_cifar10 appends the records of a whole file to `records`. Throws `Error(bad_data)`; `file_name`
/// is for messages.
inline void parse_cifar10(std::span<const std::byte> bytes, std::string_view file_name,
                          Cifar10Records& records) {
  constexpr std::size_t record = Cifar10Records::record_bytes;
  if (bytes.empty() || bytes.size() % record != 0)
    fail(ErrorCode::bad_data, file_name,
         "{} bytes, expected records of {} bytes, a label and 3x32x32 pixels", bytes.size(),
         record);
  const std::size_t count = bytes.size() / record;
  records.labels.reserve(records.labels.size() + count);
  records.pixels.reserve(records.pixels.size() + bytes.size() - count);
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (std::size_t i = 0; i < count; ++i, first += record) {
    if (*first >= Cifar10Records::classes)
      fail(ErrorCode::bad_data, file_name, "label {} of record {} (byte {}), expected 0 to {}",
           *first, i, i * record, Cifar10Records::classes - 1);
    records.labels.push_back(*first);
    records.pixels.insert(records.pixels.end(), first + 1, first + record);
  }
}

/// parse_cifar10_names returns the names of the classes that `batches.meta.txt` holds, one a line.
/// Throws `Error(bad_data)` unless there are ten; `file_name` is for messages.
inline std::vector<std::string> parse_cifar10_names(std::span<const std::byte> bytes,
                                                    std::string_view file_name) {
  std::vector<std::string> names;
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view name = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (!name.empty()) names.emplace_back(name);
  }
  if (names.size() != Cifar10Records::classes)
    fail(ErrorCode::bad_data, file_name, "{} names of classes, one a line, expected {}",
         names.size(), Cifar10Records::classes);
  return names;
}

} // namespace io

/// load_cifar10 loads one split from the folder that holds `data_batch_1.bin` to `data_batch_5.bin`,
/// `test_batch.bin` and `batches.meta.txt`, the binary version of CIFAR-10. Throws `Error(bad_data)`,
/// which names the file, what was expected and what was found.
inline LabelledImages load_cifar10(const std::filesystem::path& folder, Split split) {
  const auto read = [&](const std::string& name) {
    const std::filesystem::path path = folder / name;
    std::error_code error; // other than absence: read_file reports it
    if (!std::filesystem::exists(path, error) && !error)
      io::fail(ErrorCode::bad_data, path.native(),
               "no such file, expected CIFAR-10's binary version, data_batch_1.bin to "
               "data_batch_5.bin, test_batch.bin and batches.meta.txt");
    constexpr std::uint64_t limit = std::uint64_t{1} << 30; // CIFAR-10's have 31 MB
    return std::pair(io::read_file(path, limit, ErrorCode::bad_data), path.native());
  };
  const auto [meta, meta_name] = read("batches.meta.txt");
  std::vector<std::string> names = io::parse_cifar10_names(meta, meta_name);
  io::Cifar10Records records;
  const auto add = [&](const std::string& file) {
    const auto [bytes, name] = read(file);
    io::parse_cifar10(bytes, name, records);
  };
  if (split == Split::test) add("test_batch.bin");
  for (int batch = 1; split == Split::train && batch <= 5; ++batch)
    add(fmt::format("data_batch_{}.bin", batch));
  return {records.image, std::move(records.pixels), std::move(records.labels), std::move(names)};
}

} // namespace ctnn
