#pragma once
// metrics.jsonl: one JSON object a line, each with "schema": 1, on disk as soon as it is written.

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctnn/io/error.hpp>

namespace trainer {

class MetricsLog {
public:
  /// Makes the folder and an empty metrics.jsonl in it. Throws Error(cannot_write).
  explicit MetricsLog(const std::filesystem::path& folder) : path_(folder / "metrics.jsonl") {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) fail(folder, error);
    file_.reset(std::fopen(path_.c_str(), "we"));
    if (!file_) fail(path_, {errno, std::generic_category()});
  }

  void write(nlohmann::ordered_json object) {
    nlohmann::ordered_json line{{"schema", 1}};
    line.update(object);
    const std::string text = line.dump() + '\n';
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
        std::fflush(file_.get()) != 0)
      fail(path_, {errno, std::generic_category()});
  }

  const std::filesystem::path& path() const { return path_; }

private:
  [[noreturn]] static void fail(const std::filesystem::path& path, std::error_code error) {
    throw ctnn::Error(ctnn::ExitCode::cannot_write,
                      fmt::format("{}: cannot write: {}", path.string(), error.message()));
  }
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace trainer
