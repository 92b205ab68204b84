#pragma once
/// @file
/// MNIST, and what comes in files like its: how to find the four of them in a folder.

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/idx.hpp>
#include <ctnn/data/image_dataset.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn::io::detail {

/// find_idx_file is `<folder>/<stem>-<kind>` or, as some mirrors spell it, `<folder>/<stem>.<kind>`;
/// with `.gz` if there is no other.
inline std::filesystem::path find_idx_file(const std::filesystem::path& folder,
                                           std::string_view stem, std::string_view kind) {
  const std::string usual = fmt::format("{}-{}", stem, kind);
  const std::string dotted = fmt::format("{}.{}", stem, kind);
  std::error_code error; // other than absence: whoever reads the file reports it
  for (const auto& name : {usual, dotted, usual + ".gz", dotted + ".gz"})
    if (const auto path = folder / name; std::filesystem::exists(path, error) || error) return path;
  fail(ErrorCode::bad_data, (folder / usual).native(),
       "no such file, expected the four MNIST files (scripts/fetch-data gets them)");
}

} // namespace ctnn::io::detail

namespace ctnn {

/// load_mnist loads one split from the folder that holds `train-images-idx3-ubyte`,
/// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or
/// with `.gz`. `classes` and `image` are what the network takes. Throws `Error(bad_data)`, which names
/// the file, what was expected and what was found.
inline ImageDataset load_mnist(const std::filesystem::path& directory, Split split,
                               std::size_t classes = 10, Shape image = {1, 28, 28},
                               Normalization normalization = {}) {
  const char* prefix = split == Split::train ? "train" : "t10k";
  const auto find = [&](std::string_view what, std::string_view kind) {
    return io::detail::find_idx_file(directory, fmt::format("{}-{}", prefix, what), kind);
  };
  const std::filesystem::path images = find("images", "idx3-ubyte");
  const std::filesystem::path labels = find("labels", "idx1-ubyte");
  constexpr auto limit = io::max_idx_bytes;
  return {io::parse_idx_images(io::read_file(images, limit, ErrorCode::bad_data), images.native()),
          io::parse_idx_labels(io::read_file(labels, limit, ErrorCode::bad_data), labels.native()),
          classes,
          image,
          normalization,
          {images.native(), labels.native()}};
}

} // namespace ctnn
