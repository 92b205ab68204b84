#include "loaders.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/csv.hpp>
#include <ctnn/data/image_folder.hpp>
#include <ctnn/data/mnist.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>

#include "engine.hpp"

namespace trainer {
namespace {

constexpr auto bad_data = ctnn::ErrorCode::bad_data;

std::string text(ctnn::Shape shape) {
  return fmt::format("{}", fmt::join(shape.extent, shape.extent + shape.rank, "x"));
}

[[noreturn]] void wrong_images(const std::filesystem::path& path, std::string_view found) {
  ctnn::io::fail(bad_data, path.native(), "images of {}, network takes {}", found,
                 text(network_facts().input_shape));
}

void require_classes(const std::filesystem::path& path, std::size_t found) {
  if (found > network_facts().classes)
    ctnn::io::fail(bad_data, path.native(), "{} classes, network has {}", found,
                   network_facts().classes);
}

template <class Images>
SampleSet samples_of(const Images& images, std::vector<std::string> classes = {}) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint32_t> labels;
  pixels.reserve(images.size() * images.sample_shape().size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto image = images.pixels(i);
    pixels.insert(pixels.end(), image.begin(), image.end());
    labels.push_back(images.label(i));
  }
  return {images.sample_shape(), std::move(pixels), std::move(labels), std::move(classes)};
}

// Tables -------------------------------------------------------------------------------------------

std::vector<std::byte> read_table(const std::filesystem::path& path) {
  return ctnn::io::read_file(path, std::uint64_t{4} << 30, bad_data);
}

/// The first line of a table: its cells.
std::vector<std::string> first_line(std::span<const std::byte> bytes,
                                    const std::filesystem::path& path) {
  ctnn::io::detail::CsvParser parser({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                                     path.native(), ',');
  return parser.next() ? parser.cells : std::vector<std::string>{};
}

bool is_number(const std::string& cell) {
  double value = 0;
  const char* const first = cell.data() + (cell.starts_with('+') ? 1 : 0);
  return std::from_chars(first, cell.data() + cell.size(), value).ptr == cell.data() + cell.size();
}

ctnn::CsvColumn column(const std::string& label) {
  std::int64_t number = -1; // the last
  const char* const end = label.data() + label.size();
  const auto [stop, error] = std::from_chars(label.data(), end, number);
  if (!label.empty() && (error != std::errc{} || stop != end)) return label;
  return number;
}

ctnn::CsvTable<float> parse_table(const std::filesystem::path& path,
                                  const std::vector<std::byte>& bytes,
                                  std::optional<ctnn::CsvColumn> label) {
  const auto cells = first_line(bytes, path);
  auto table = ctnn::io::parse_csv<float>(
      bytes, path.native(),
      {.header = !std::ranges::all_of(cells, is_number), .label_column = std::move(label)});
  if (table.features.shape(1) != network_facts().input_shape.size())
    ctnn::io::fail(bad_data, path.native(), "{} features in a row, network takes {}",
                   table.features.shape(1), network_facts().input_shape.size());
  return table;
}

} // namespace

SampleSet load_idx(const Source& source, ctnn::Split split, const std::vector<std::string>&) {
  const auto& facts = network_facts();
  const ctnn::ImageDataset images =
      ctnn::load_mnist(source.path, split, facts.classes, facts.input_shape);
  return samples_of(images);
}

SampleSet load_cifar10(const Source& source, ctnn::Split split, const std::vector<std::string>&) {
  using ctnn::io::Cifar10Records;
  if (network_facts().input_shape != Cifar10Records::image)
    wrong_images(source.path, text(Cifar10Records::image));
  require_classes(source.path, Cifar10Records::classes);
  const ctnn::LabelledImages images = ctnn::load_cifar10(source.path, split);
  return samples_of(images);
}

SampleSet load_folders(const Source& source, ctnn::Split split,
                       const std::vector<std::string>& classes) {
  for (const char* const half : {"train", "test"})
    if (std::error_code error; !is_directory(source.path / half, error))
      ctnn::io::fail(bad_data, source.path.native(),
                     "no folder {} in it, expected pictures in train/<class>/ and test/<class>/",
                     half);
  const ctnn::Shape input = network_facts().input_shape;
  if (input.rank != 3 || (input.channels() != 1 && input.channels() != 3))
    wrong_images(source.path, "1 or 3 channels");
  const auto folder = source.path / (split == ctnn::Split::train ? "train" : "test");
  const ctnn::ImageFolder images(folder, input, {.resize = true, .classes = classes});
  require_classes(folder, images.classes().size());
  SampleSet samples = samples_of(images, images.classes());
  if (split == ctnn::Split::train) samples.spread_classes();
  return samples;
}

std::filesystem::path test_file(const Source& source) {
  if (!source.test.empty()) return source.test;
  std::string stem = source.path.stem().native();
  constexpr std::string_view train = "train";
  if (const std::size_t at = stem.rfind(train); at != stem.npos)
    stem.replace(at, train.size(), "test");
  else
    stem += "-test";
  auto path = source.path;
  path.replace_filename(stem += source.path.extension().native());
  return path;
}

SampleSet load_table(const Source& source, ctnn::Split split, const std::vector<std::string>&) {
  const auto path = split == ctnn::Split::train ? source.path : test_file(source);
  std::error_code error;
  if (split == ctnn::Split::test && source.test.empty() && !exists(path, error) && !error)
    ctnn::io::fail(bad_data, path.native(),
                   "no such file, expected the table to test on (--test FILE names another)");
  const auto table = parse_table(path, read_table(path), column(source.label));
  const auto classes = static_cast<std::int64_t>(network_facts().classes);
  std::vector<std::uint32_t> labels;
  for (const std::int64_t label : table.labels) {
    if (label < 0 || label >= classes)
      ctnn::io::fail(bad_data, path.native(), "label {} of row {}, network has {} classes", label,
                     labels.size() + 1, classes);
    labels.push_back(static_cast<std::uint32_t>(label));
  }
  const float* const first = table.features.data();
  SampleSet samples(network_facts().input_shape,
                    std::vector<float>(first, first + table.features.size()), std::move(labels));
  if (split == ctnn::Split::train) samples.spread_classes();
  return samples;
}

std::vector<float> load_rows(const std::filesystem::path& path, const std::string& label) {
  const auto bytes = read_table(path);
  const bool labelled = first_line(bytes, path).size() == network_facts().input_shape.size() + 1;
  const auto table =
      parse_table(path, bytes, labelled ? std::optional(column(label)) : std::nullopt);
  return {table.features.data(), table.features.data() + table.features.size()};
}

} // namespace trainer
