#pragma once
// The folder of a run: last.safetensors, best.safetensors, state.safetensors, metrics.jsonl and
// report.html.

#include <array>
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

  /// Throws Error(bad_argument) if a run has left something here that a new one would replace, with
  /// what else can be done.
  void require_unused() const;

  /// Makes the folder if there is none, and reserves it for this process until that ends, whatever
  /// is removed from it. Throws Error(cannot_write), also if another process has it.
  void take() const;

  /// Removes what killed runs left half written, and throws Error(cannot_write) if a file of the run
  /// cannot be replaced, before hours are spent on it. Only for whoever has taken the folder.
  void prepare() const;

private:
  std::array<std::filesystem::path, 4> replaced() const {
    return {state(), last(), best(), report()};
  }

  std::filesystem::path path_;
};

} // namespace trainer
