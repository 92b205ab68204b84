#pragma once
// report.html: a training run as one page that opens from disk, without a network.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace trainer {

/// Shades of grey, or red, green and blue one after the other, row by row.
struct Picture {
  std::vector<std::uint8_t> pixels; ///< rows * cols of one channel or of three
  std::size_t rows, cols;
  std::uint32_t label;
};

struct Mistake {
  Picture picture;
  std::size_t index; ///< among the images that choose the best weights
  std::uint32_t predicted;
  double probability; ///< of `predicted`, from 0 to 1
  double probability_of_label;
};

/// The learning rate of a step.
struct Rate {
  double epochs; ///< done before the step: 0.5 is in the middle of the first
  double rate;
};

struct ReportData {
  std::string title;
  std::filesystem::path metrics; ///< the run's metrics.jsonl
  std::vector<Rate> rates;       ///< from the first step to the last; none: no such curve
  std::vector<std::pair<std::string, std::string>> facts; ///< what made the run: name and value
  std::vector<std::pair<std::string, std::string>> texts; ///< of fixed width: heading and text
  std::vector<Picture> augmented;                         ///< none: the page has no such section
  std::vector<Mistake> mistakes;        ///< in the order of the page; none: no such section
  std::vector<std::string> class_names; ///< a class without a name is shown by its number
  bool dark_paper =
      true; ///< whether 0 is the paper of the pictures, which a page in light colours inverts
};

/// Replaces or creates the page `path`. Lines of the metrics that are not JSON objects, as a crash
/// may leave them, are counted on the page. Throws ctnn::Error(cannot_write), also if the metrics
/// cannot be read.
void write_report(const std::filesystem::path& path, const ReportData& report);

} // namespace trainer
