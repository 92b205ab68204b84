#pragma once
// The folder of a run: last.safetensors, best.safetensors, state.safetensors, metrics.jsonl and
// report.html.

#include <filesystem>
#include <utility>

namespace trainer {

class RunFolder {
public:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path last() const { return path_ / "last.safetensors"; }
  std::filesystem::path best() const { return path_ / "best.safetensors"; }
  std::filesystem::path state() const { return path_ / "state.safetensors"; }
  std::filesystem::path metrics() const { return path_ / "metrics.jsonl"; }
  std::filesystem::path report() const { return path_ / "report.html"; }
  const std::filesystem::path& path() const { return path_; }

  /// Makes the folder if there is none, and removes what killed runs left half written in it.
  /// Throws Error(cannot_write).
  void make() const;

private:
  std::filesystem::path path_;
};

} // namespace trainer
