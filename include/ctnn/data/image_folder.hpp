#pragma once
/// @file
/// A folder of pictures, one sub-folder a class. Not a part of ctnn.hpp: a program that includes it links
/// to ctnn::images, see io/image_file.hpp.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/data/labelled_images.hpp>
#include <ctnn/data/transforms/resize.hpp>
#include <ctnn/io/image_file.hpp>
#include <ctnn/io/message.hpp>

namespace ctnn {

/// ImageFolderOptions say how an ImageFolder is read.
struct ImageFolderOptions {
  bool resize = false; ///< whether pictures of another size are resized, or refused
  /// The names that the classes must have, such as those of the folder that was trained on; if not said,
  /// any.
  std::vector<std::string> classes = {};
};

namespace io::detail {

/// picture_endings are of the files that are read: torchvision's. Those of formats that read_image does
/// not know are among them, so that such a picture is refused and not passed over.
inline constexpr std::array<std::string_view, 9> picture_endings{
    ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"};

inline bool is_picture(const std::filesystem::path& path) {
  std::string ending = path.extension().native();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return std::ranges::find(picture_endings, ending) != picture_endings.end();
}

/// entries_of are those below `folder` that `is_wanted`, sorted: a folder has no order of its own.
template <class Iterator>
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder,
                                              auto&& is_wanted) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  const auto links_too = std::filesystem::directory_options::follow_directory_symlink;
  for (Iterator entry(folder, links_too, error); !error && entry != Iterator();
       entry.increment(error))
    if (is_wanted(*entry)) found.push_back(entry->path());
  if (error) fail(ErrorCode::bad_data, folder.native(), "cannot read: {}", error.message());
  std::ranges::sort(found);
  return found;
}

inline LabelledImages read_image_folder(const std::filesystem::path& folder, Shape shape,
                                        const ImageFolderOptions& options) {
  using namespace std::filesystem;
  if (shape.rank != 3 || (shape[0] != 1 && shape[0] != 3) || shape.size() == 0)
    throw Error(ErrorCode::bad_argument,
                "ImageFolder: expected a shape of 1 or 3 channels, a height and a width");
  const std::vector<path> folders = entries_of<directory_iterator>(
      folder, [error = std::error_code()](const directory_entry& entry) mutable {
        return entry.is_directory(error);
      });
  std::vector<std::string> classes;
  for (const path& each : folders) classes.push_back(each.filename().native());
  if (classes.empty())
    fail(ErrorCode::bad_data, folder.native(), "no folders in it, expected one for each class");
  if (!options.classes.empty() && classes != options.classes)
    fail(ErrorCode::bad_data, folder.native(), "expected the classes {}, found {}",
         printable(fmt::format("{}", fmt::join(options.classes, ", ")), 400),
         printable(fmt::format("{}", fmt::join(classes, ", ")), 400));

  std::vector<std::uint8_t> pixels;
  std::vector<std::uint32_t> labels;
  for (std::size_t label = 0; label < folders.size(); ++label) {
    const std::vector<path> files = entries_of<recursive_directory_iterator>(
        folders[label], [](const directory_entry& entry) { return is_picture(entry.path()); });
    if (files.empty())
      fail(ErrorCode::bad_data, folders[label].native(), "no pictures in it, expected {}",
           fmt::join(picture_endings, ", "));
    for (const path& file : files) {
      ByteImage image = read_image(file, shape[0]);
      const Shape found{image.channels, image.rows, image.cols};
      if (found != shape && !options.resize)
        fail(ErrorCode::bad_data, file.native(),
             "a picture of {}x{}x{}, expected {}x{}x{} (or .resize = true)", found[0], found[1],
             found[2], shape[0], shape[1], shape[2]);
      if (found != shape) image.pixels = transforms::resize(image.pixels, found, shape);
      pixels.insert(pixels.end(), image.pixels.begin(), image.pixels.end());
      labels.push_back(static_cast<std::uint32_t>(label));
    }
  }
  return {shape, std::move(pixels), std::move(labels), std::move(classes)};
}

} // namespace io::detail

/// An ImageFolder is the pictures of a folder in memory, as io::read_image reads them: those in each
/// sub-folder, however deep, are of the class that has its name. Classes are numbered in the order of their
/// names, images are in that of their paths. torchvision.datasets.ImageFolder
class ImageFolder : public LabelledImages {
public:
  /// Reads all pictures, each of shape `image`, {1 or 3, height, width}; with `resize`, they are brought
  /// to it as torchvision's Resize does. Throws `Error(bad_data)` for a picture that cannot be read or has
  /// another shape, a class without pictures, and other classes than were expected; `Error(bad_argument)`
  /// for a shape that no picture has.
  ImageFolder(const std::filesystem::path& folder, Shape image,
              const ImageFolderOptions& options = {})
      : LabelledImages(io::detail::read_image_folder(folder, image, options)) {}
};

} // namespace ctnn
