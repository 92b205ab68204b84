// libFuzzer: any bytes as a CSV file, of each kind that options tell.

#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <ctnn/data/csv.hpp>

#include "fuzz/require.hpp"

using fuzz::require;
namespace io = ctnn::io;

namespace {

/// The table, or nothing and false.
bool parse(std::span<const std::byte> bytes, const ctnn::CsvOptions& options,
           ctnn::CsvTable<double>& table) {
  return fuzz::accepts(ctnn::ErrorCode::bad_data,
                       [&] { table = io::parse_csv<double>(bytes, "f", options); });
}

/// A table has a row of finite numbers for each label, and written down again it is the same table.
void check(std::span<const std::byte> bytes, const ctnn::CsvOptions& options) {
  ctnn::CsvTable<double> table, again;
  if (!parse(bytes, options, table)) return;
  const std::size_t rows = table.features.shape(0), columns = table.features.shape(1);
  require(rows > 0 && columns > 0, "there are numbers");
  require(table.labels.size() == (options.label_column ? rows : 0), "each row has a label");
  require(table.names.size() == (options.header ? columns : 0), "each column has a name");
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < columns; ++k) {
      require(std::isfinite(table.features(i, k)), "numbers are finite");
      text += fmt::format("{}\"{}\"", k == 0 ? "" : ",", table.features(i, k));
    }
    text += options.label_column ? fmt::format(",{}\n", table.labels[i]) : "\n";
  }
  const ctnn::CsvOptions plain{
      .header = false,
      .label_column = options.label_column ? std::optional<ctnn::CsvColumn>(-1) : std::nullopt};
  require(parse(std::as_bytes(std::span(text)), plain, again), "the table parses again");
  require(again.features == table.features && again.labels == table.labels, "it is equal");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes, {});
  check(bytes, {.header = false});
  check(bytes, {.label_column = "y"});
  check(bytes, {.header = false, .label_column = 0, .delimiter = ';'});
  return 0;
}
