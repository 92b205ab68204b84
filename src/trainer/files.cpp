#include "files.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/io/error.hpp>

namespace ctnn {
template std::map<std::string, std::string>
load_parameters<float>(const std::filesystem::path&, std::span<const ParameterSlot<float>>);
template void save_parameters<const float>(const std::filesystem::path&,
                                           std::span<const ParameterSlot<const float>>,
                                           std::map<std::string, std::string>);
} // namespace ctnn

namespace trainer {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::error_code error) {
  throw ctnn::Error(ctnn::ExitCode::cannot_write,
                    fmt::format("{}: cannot write: {}", path.string(), error.message()));
}

} // namespace

ctnn::ImageDataset load_images(const DataOptions& data, ctnn::Split split, std::size_t classes,
                               ctnn::Shape image) {
  return ctnn::load_mnist(data.path(), split, classes, image);
}

MetricsLog::MetricsLog(const std::filesystem::path& folder) : path_(folder / "metrics.jsonl") {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(folder, error);
  file_.reset(std::fopen(path_.c_str(), "we"));
  if (!file_) fail(path_, {errno, std::generic_category()});
}

void MetricsLog::write(std::initializer_list<Field> fields) {
  nlohmann::ordered_json line{{"schema", 1}};
  for (const Field& field : fields)
    std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
  const std::string text = line.dump() + '\n';
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0)
    fail(path_, {errno, std::generic_category()});
}

} // namespace trainer
