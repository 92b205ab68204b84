// CSV files: the table that they make, and each mistake in one line.
#include <limits>
#include <string>
#include <vector>

#include <ctnn/data/csv.hpp>
#include <ctnn/train.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

const std::string points = "x,y,class\n1,2.5,0\n-3e2,+.25,1\n";

template <class T = float>
CsvTable<T> parsed(const std::string& text, const CsvOptions& options = {}) {
  return io::parse_csv<T>(test::to_bytes(text), "f", options);
}

/// The message behind "f: ".
std::string refusal(const std::string& text, const CsvOptions& options = {}) {
  const auto error = test::error_of([&] { parsed(text, options); });
  CHECK(error.code == ErrorCode::bad_data);
  CHECK(error.is_one_line());
  REQUIRE(error.message.starts_with("f: "));
  return error.message.substr(3);
}

template <class T>
bool are_equal(const Tensor<T, 2>& a, const Tensor<T, 2>& b) {
  return a == b;
}

using Labels = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a column of labels may be told by its name or number") {
  for (const CsvColumn& column : {CsvColumn("class"), CsvColumn(2), CsvColumn(-1)}) {
    const auto table = parsed(points, {.label_column = column});
    CHECK(are_equal(table.features, Tensor<float, 2>{{1, 2.5f}, {-300, 0.25f}}));
    CHECK(table.labels == Labels{0, 1});
    CHECK(table.names == Names{"x", "y"});
  }
  const auto first = parsed(points, {.label_column = 0});
  CHECK(first.labels == Labels{1, -300});
  CHECK(are_equal(first.features, Tensor<float, 2>{{2.5f, 0}, {0.25f, 1}}));
  CHECK(first.names == Names{"y", "class"});
}

TEST_CASE("without a column of labels all are features") {
  const auto table = parsed<double>(points);
  CHECK(are_equal(table.features, Tensor<double, 2>{{1, 2.5, 0}, {-300, 0.25, 1}}));
  CHECK(table.labels.empty());
  CHECK(table.names == Names{"x", "y", "class"});
}

TEST_CASE("files of other systems and habits are the same table") {
  const Tensor<float, 2> expected{{1, 2}, {3, 4}};
  CHECK(are_equal(parsed("1,2\n3,4", {.header = false}).features, expected));
  CHECK(are_equal(parsed("\xef\xbb\xbf"
                         "a,b\r\n1,2\r\n3,4\r\n")
                      .features,
                  expected));
  CHECK(
      are_equal(parsed("\n1 ;\t2\n\n  \n 3; 4 \n\n", {.header = false, .delimiter = ';'}).features,
                expected));
  CHECK(
      are_equal(parsed("1\t2\n3 \t 4\n", {.header = false, .delimiter = '\t'}).features, expected));
  const auto quoted = parsed("\"a,\"\"b\"\"\" , \"c\"\n\"1\", \"2\"\n3 ,\"4\" \n");
  CHECK(are_equal(quoted.features, expected));
  CHECK(quoted.names == Names{"a,\"b\"", "c"});
}

TEST_CASE("a table is a data set") {
  const auto table = parsed(points, {.label_column = "class"});
  const TensorDataset data(table.features, table.labels);
  CHECK(data.size() == 2);
  CHECK(data.sample_shape() == Shape{2});
  CHECK(data.label(1) == 1);
}

TEST_CASE("a cell that is not what it should be is told with its place") {
  const struct {
    std::string text, message;
  } rows[] = {
      {"x,y\n1,2\n3,four\n", "line 3, column 2 (y): expected a finite number, found \"four\""},
      {"x,y\n1,\n", "line 2, column 2 (y): expected a finite number, found nothing"},
      {"x,y\n1, \"\"\n", "line 2, column 2 (y): expected a finite number, found nothing"},
      {"x\n1e39\n", "line 2, column 1 (x): expected a finite number, found \"1e39\""},
      {"x\n1e999\n", "line 2, column 1 (x): expected a finite number, found \"1e999\""},
      {"x\nnan\n", "line 2, column 1 (x): expected a finite number, found \"nan\""},
      {"x\n-inf\n", "line 2, column 1 (x): expected a finite number, found \"-inf\""},
      {"x\n1.5.2\n", "line 2, column 1 (x): expected a finite number, found \"1.5.2\""},
      {"x\n1 2\n", "line 2, column 1 (x): expected a finite number, found \"1 2\""},
      {"x\n+-1\n", "line 2, column 1 (x): expected a finite number, found \"+-1\""},
      {"x\n0x10\n", "line 2, column 1 (x): expected a finite number, found \"0x10\""},
      {"x\n\x1b[31m\n", "line 2, column 1 (x): expected a finite number, found \"\\x1b[31m\""},
      {"x\n" + std::string(50, '7') + "x\n",
       "line 2, column 1 (x): expected a finite number, found \"" + std::string(40, '7') + "...\""},
      {"x\n1;2\n", "line 2, column 1 (x): expected a finite number, found \"1;2\""},
      {"x\n\n\"1\n2\"\n", "line 3, column 1 (x): a quote is not closed in its line"},
      {"x\n\"1\"2\n", "line 2, column 1 (x): expected nothing behind the closing quote"},
      {"x,y\n1,2,3\n", "line 2: expected 2 cells as in the first line, found 3"},
      {"x,y\n1,2\n1\n", "line 3: expected 2 cells as in the first line, found 1"},
      {"x,y\n1,2,\n", "line 2: expected 2 cells as in the first line, found 3"},
      {"", "no rows of numbers, expected at least 1"},
      {"x,y\n\n", "no rows of numbers, expected at least 1"},
  };
  for (const auto& row : rows) CHECK(refusal(row.text) == row.message);
  CHECK(refusal("1,x\n", {.header = false}) ==
        "line 1, column 2: expected a finite number, found \"x\"");
  CHECK(parsed<double>("x\n1e39\n").features(0, 0) == 1e39);
}

TEST_CASE("a label that is none is told with its place") {
  for (const std::string label : {"1.5", "cat", "1e300", ""})
    CHECK(refusal("x,class\n1," + label + "\n", {.label_column = "class"}) ==
          "line 2, column 2 (class): expected a whole number, found " +
              (label.empty() ? "nothing" : '"' + label + '"'));
  CHECK(parsed("x,class\n1,2.0\n", {.label_column = "class"}).labels == Labels{2});
}

TEST_CASE("a column that is not there is told with those that are") {
  CHECK(refusal(points, {.label_column = "label"}) ==
        "line 1: no column \"label\", found x, y, class");
  CHECK(refusal("1,2\n", {.header = false, .label_column = "label"}) ==
        "line 1: no column \"label\", found no header");
  CHECK(refusal("x,x\n1,2\n", {.label_column = "x"}) == "line 1: two columns \"x\"");
  CHECK(refusal(points, {.label_column = 3}) == "line 1: 3 columns, of which 3 is to be the label");
  CHECK(refusal(points, {.label_column = -4}) ==
        "line 1: 3 columns, of which -4 is to be the label");
  CHECK(refusal("x\n1\n", {.label_column = "x"}) == "line 1: no column but the label's");
}

TEST_CASE("a file is read from its path, and what cannot be read is named") {
  const test::temporary_folder folder;
  test::write(folder / "points.csv", points);
  const auto table = load_csv<double>(folder / "points.csv", {.label_column = "class"});
  CHECK(table.features.shape(0) == 2);
  const auto error = test::error_of([&] { load_csv(folder / "none.csv"); });
  CHECK(error.code == ErrorCode::bad_data);
  CHECK(error.message ==
        (folder / "none.csv").native() + ": cannot read: No such file or directory");
  CHECK(test::error_of([&] { load_csv(folder.path()); }).says("found a directory"));
}
