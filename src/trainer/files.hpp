#pragma once
// The files of the commands: data sets, weights and metrics.jsonl. None of it depends on the
// network, so none of it is compiled with it.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <ctnn/core/shape.hpp>
#include <ctnn/data/mnist.hpp>
#include <ctnn/io/checkpoint.hpp>

#include "options.hpp"

namespace ctnn { // what load_state_dict and save_state_dict do with a network's parameters
extern template std::map<std::string, std::string>
load_parameters<float>(const std::filesystem::path&, std::span<const ParameterSlot<float>>);
extern template void save_parameters<const float>(const std::filesystem::path&,
                                                  std::span<const ParameterSlot<const float>>,
                                                  std::map<std::string, std::string>);
} // namespace ctnn

namespace trainer {

/// One split of the data set, for a network that takes `image` and tells `classes` apart.
/// Throws Error(bad_data).
ctnn::ImageDataset load_images(const DataOptions& data, ctnn::Split split, std::size_t classes,
                               ctnn::Shape image);

/// metrics.jsonl: one JSON object a line, each with "schema": 1, on disk as soon as it is written.
class MetricsLog {
public:
  struct Field {
    std::string_view name;
    std::variant<bool, std::uint64_t, double, std::string_view> value;
  };

  /// Makes the folder and an empty metrics.jsonl in it. Throws Error(cannot_write).
  explicit MetricsLog(const std::filesystem::path& folder);

  void write(std::initializer_list<Field> fields);

  const std::filesystem::path& path() const { return path_; }

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace trainer
