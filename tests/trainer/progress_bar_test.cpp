#include "trainer/progress_bar.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace trainer;

namespace {

/// Sets a variable of the environment, or takes it away, while it lives.
class Variable {
public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Variable() { set(before_ ? before_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

private:
  void set(const char* value) {
    if (value == nullptr)
      ::unsetenv(name_);
    else
      ::setenv(name_, value, 1);
  }

  const char* name_;
  std::optional<std::string> before_;
};

bool utf8(const char* all, const char* ctype, const char* lang) {
  const Variable a("LC_ALL", all), b("LC_CTYPE", ctype), c("LANG", lang);
  return utf8_locale();
}

unsigned columns(const char* value) {
  const Variable variable("COLUMNS", value);
  return terminal_columns();
}

} // namespace

TEST_CASE("the line of progress is the one of tqdm") {
  const auto file = ctnn::test::reference("progress_bar.json");
  REQUIRE(file["cases"].size() >= 150);
  for (const auto& expected : file["cases"]) {
    INFO(expected);
    const std::string prefix = expected["prefix"], postfix = expected["postfix"];
    std::optional<double> rate;
    if (!expected["rate"].is_null()) rate = expected["rate"].get<double>();
    CHECK(format_meter({.prefix = prefix,
                        .n = expected["n"],
                        .total = expected["total"],
                        .initial = expected["initial"],
                        .elapsed = expected["elapsed"],
                        .rate = rate,
                        .postfix = postfix,
                        .columns = expected["columns"],
                        .ascii = expected["ascii"]}) == expected["line"].get<std::string>());
  }
}

TEST_CASE("a time left beyond every integer is still a line") {
  const std::string line = format_meter({.n = 1, .total = 1000, .elapsed = 1, .rate = 1e-300});
  CHECK(line.ends_with("s/it]"));
  CHECK(line.size() > 300);
}

TEST_CASE("text that is not UTF-8 is cut like any other") {
  const std::string bytes = "\xff\x80\x80 \xe2\x96";
  const std::string line =
      format_meter({.prefix = bytes, .n = 1, .total = 2, .columns = 3, .ascii = true});
  CHECK(line.size() <= 3);
  CHECK(bytes.starts_with(line));
}

TEST_CASE("the first variable of the locale that is set decides the glyphs") {
  CHECK(utf8("C.UTF-8", nullptr, nullptr));
  CHECK(utf8(nullptr, "en_GB.utf8", nullptr));
  CHECK(utf8(nullptr, nullptr, "de_DE.UTF-8@euro"));
  CHECK(utf8("", "", "en_US.utf-8"));
  CHECK_FALSE(utf8("C", "C.UTF-8", "C.UTF-8"));
  CHECK_FALSE(utf8(nullptr, "de_DE.ISO-8859-1", "C.UTF-8"));
  CHECK_FALSE(utf8(nullptr, nullptr, "POSIX"));
  CHECK_FALSE(utf8(nullptr, nullptr, nullptr));
}

TEST_CASE("COLUMNS is the width where it is a number of columns") {
  CHECK(columns("132") == 132);
  CHECK(columns("65535") == 65535);
  const unsigned terminal = columns(nullptr);
  for (const char* const value : {"", "0", "-80", "80x", " 80", "wide", "65536", "4294967376"}) {
    INFO(value);
    CHECK(columns(value) == terminal);
  }
}
