#pragma once
/// @file
/// Tables of numbers in CSV files: rows are samples, one column may be their class.
/// Format: RFC 4180, but for quoted line breaks; lines may end as on any system.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/core/error.hpp>
#include <ctnn/io/file.hpp>
#include <ctnn/io/message.hpp>
#include <ctnn/network/tensor.hpp>

namespace ctnn {

/// A CsvColumn is one column of a table: `"age"` by its name, `3` by its number from 0, `-1` by that from
/// the end.
struct CsvColumn {
  std::string name;        ///< as the header has it; empty where it is told by its number
  std::int64_t number = 0; ///< from 0, or negative from the end

  /// Makes a column that is told by its name.
  CsvColumn(std::string column_name) : name(std::move(column_name)) {}
  /// Makes a column that is told by its name.
  CsvColumn(const char* column_name) : name(column_name) {}
  /// Makes a column that is told by its number.
  CsvColumn(std::integral auto column) : number(static_cast<std::int64_t>(column)) {}
};

/// CsvOptions say what a CSV file is like.
struct CsvOptions {
  bool header = true; ///< whether the first line is the names of the columns
  /// The column of the samples' classes, whole numbers; if not said, all columns are features.
  std::optional<CsvColumn> label_column = {};
  char delimiter = ','; ///< what stands between the cells of a line
};

/// A CsvTable is the rows of a file: `TensorDataset(table.features, table.labels)`.
template <class T>
struct CsvTable {
  Tensor<T, 2> features;            ///< {rows, columns without that of the label}
  std::vector<std::int64_t> labels; ///< the label of each row, if a column of them was asked for
  std::vector<std::string> names;   ///< of the features, if there is a header
};

namespace io {
namespace detail {

/// A CsvParser goes through the lines of a file. What it throws names line and column, from 1.
class CsvParser {
public:
  CsvParser(std::string_view text, std::string_view file, char delimiter)
      : text_(text), file_(file), delimiter_(delimiter) {
    constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
    if (text_.starts_with(utf8_mark)) text_.remove_prefix(utf8_mark.size());
  }

  std::vector<std::string> names; ///< the header's
  std::vector<std::string> cells; ///< those of the line, without quotes and space around

  /// next goes to the next line that is not empty, and is false behind the last.
  bool next() {
    while (!text_.empty()) {
      const std::size_t end = text_.find('\n');
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(end == text_.npos ? text_.size() : end + 1);
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") == line.npos) continue;
      split(line);
      return true;
    }
    return false;
  }

  /// number is that of a cell. `what` it has to be is for the message.
  double number(std::size_t column, std::string_view what) const {
    const std::string& cell = cells[column];
    const char *first = cell.data(), *const last = first + cell.size();
    if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') ++first;
    double value = 0;
    const auto [stop, error] = std::from_chars(first, last, value);
    if (error != std::errc{} || stop != last || !std::isfinite(value)) wrong_cell(column, what);
    return value;
  }

  [[noreturn]] void wrong_cell(std::size_t column, std::string_view expected) const {
    const std::string& cell = cells[column];
    wrong(column, fmt::format("expected {}, found {}", expected,
                              cell.empty() ? "nothing" : '"' + printable(cell, 40) + '"'));
  }

  [[noreturn]] void wrong_line(std::string_view what) const {
    fail(ErrorCode::bad_data, file_, "line {}: {}", line_, what);
  }

private:
  std::string_view text_;
  std::string_view file_;
  char delimiter_;
  std::size_t line_ = 0;

  [[noreturn]] void wrong(std::size_t column, std::string_view what) const {
    const std::string name =
        column < names.size() ? fmt::format(" ({})", printable(names[column], 40)) : "";
    fail(ErrorCode::bad_data, file_, "line {}, column {}{}: {}", line_, column + 1, name, what);
  }

  bool is_space(char c) const { return (c == ' ' || c == '\t') && c != delimiter_; }

  void split(std::string_view line) {
    cells.clear();
    std::size_t at = 0;
    const auto skip_space = [&] {
      while (at < line.size() && is_space(line[at])) ++at;
    };
    for (;; ++at) { // past a delimiter
      skip_space();
      std::string& cell = cells.emplace_back();
      if (at < line.size() && line[at] == '"') {
        at = unquote(line, at + 1, cell);
        skip_space();
        if (at < line.size() && line[at] != delimiter_)
          wrong(cells.size() - 1, "expected nothing behind the closing quote");
      } else {
        cell = line.substr(at, line.find(delimiter_, at) - at);
        at += cell.size();
        while (!cell.empty() && is_space(cell.back())) cell.pop_back();
      }
      if (at >= line.size()) return;
    }
  }

  /// unquote appends what stands up to the closing quote, and returns where that ends.
  std::size_t unquote(std::string_view line, std::size_t at, std::string& cell) const {
    for (; at < line.size(); ++at) {
      if (line[at] == '"' && line.substr(at + 1, 1) != "\"") return at + 1;
      if (line[at] == '"') ++at; // two are one
      cell += line[at];
    }
    wrong(cells.size() - 1, "a quote is not closed in its line");
  }
};

/// csv_column is the number, from 0, of a column of a line.
inline std::size_t csv_column(const CsvColumn& column, const CsvParser& parser) {
  const std::size_t count = parser.cells.size();
  if (column.name.empty()) {
    const auto signed_count = static_cast<std::int64_t>(count);
    const std::int64_t number = column.number < 0 ? column.number + signed_count : column.number;
    if (number < 0 || number >= signed_count)
      parser.wrong_line(
          fmt::format("{} columns, of which {} is to be the label", count, column.number));
    return static_cast<std::size_t>(number);
  }
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < parser.names.size(); ++i)
    if (parser.names[i] == column.name) {
      if (found) parser.wrong_line(fmt::format("two columns \"{}\"", printable(column.name, 40)));
      found = i;
    }
  if (!found)
    parser.wrong_line(fmt::format(
        "no column \"{}\", found {}", printable(column.name, 40),
        parser.names.empty() ? "no header"
                             : printable(fmt::format("{}", fmt::join(parser.names, ", ")), 200)));
  return *found;
}

} // namespace detail

/// parse_csv makes a table of a whole file. Throws `Error(bad_data)`, with the line and the column, for a
/// cell that is no finite number of `T`, a label that is no whole number, or a line of more or fewer
/// cells than the first; `file_name` is for messages.
template <class T = float>
CsvTable<T> parse_csv(std::span<const std::byte> bytes, std::string_view file_name,
                      const CsvOptions& options = {}) {
  detail::CsvParser parser({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file_name,
                           options.delimiter);
  bool more = parser.next();
  if (options.header && more) parser.names = parser.cells;
  std::optional<std::size_t> label;
  if (options.label_column && more) label = detail::csv_column(*options.label_column, parser);
  const std::size_t columns = parser.cells.size();
  if (label && columns == 1) parser.wrong_line("no column but the label's");
  if (options.header && more) more = parser.next();
  if (!more) fail(ErrorCode::bad_data, file_name, "no rows of numbers, expected at least 1");

  std::vector<T> features;
  std::vector<std::int64_t> labels;
  std::size_t rows = 0;
  for (; more; more = parser.next(), ++rows) {
    if (parser.cells.size() != columns)
      parser.wrong_line(fmt::format("expected {} cells as in the first line, found {}", columns,
                                    parser.cells.size()));
    for (std::size_t column = 0; column < columns; ++column) {
      if (column == label) {
        constexpr std::string_view expected = "a whole number";
        const double number = parser.number(column, expected);
        if (number != std::trunc(number) || std::abs(number) > 9e15)
          parser.wrong_cell(column, expected);
        labels.push_back(static_cast<std::int64_t>(number));
      } else {
        constexpr std::string_view expected = "a finite number";
        features.push_back(static_cast<T>(parser.number(column, expected)));
        if (!std::isfinite(features.back())) parser.wrong_cell(column, expected);
      }
    }
  }
  if (label && !parser.names.empty())
    parser.names.erase(parser.names.begin() + static_cast<std::ptrdiff_t>(*label));
  CsvTable<T> table{Tensor<T, 2>::from_shape({rows, columns - (label ? 1 : 0)}), std::move(labels),
                    std::move(parser.names)};
  std::copy(features.begin(), features.end(), table.features.data());
  return table;
}

} // namespace io

/// load_csv reads a file of numbers, `load_csv("points.csv", {.label_column = "class"})`. Throws
/// `Error(bad_data)` if it cannot be read, and as io::parse_csv does.
template <class T = float>
CsvTable<T> load_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  constexpr std::uint64_t limit = std::uint64_t{4} << 30;
  return io::parse_csv<T>(io::read_file(path, limit, ErrorCode::bad_data), path.native(), options);
}

} // namespace ctnn
