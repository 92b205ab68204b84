#include "progress_bar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

namespace trainer {
namespace {

/// fmt pads to a number of columns, and no character takes more columns than bytes.
std::size_t columns_of(std::string_view text) {
  return 2 * text.size() - fmt::format("{:{}}", text, text.size()).size();
}

void drop_last_character(std::string& text) {
  const auto continues = [](char byte) { return (byte & 0xc0) == 0x80; };
  while (!text.empty() && continues(text.back())) text.pop_back();
  if (!text.empty()) text.pop_back();
}

/// [H:]MM:SS. In double: an estimate of the time left may be beyond every integer.
std::string format_interval(double time) {
  const double seconds = std::trunc(time), minutes = std::floor(seconds / 60);
  const double hours = std::floor(minutes / 60);
  const std::string text =
      fmt::format("{:02.0f}:{:02.0f}", std::fmod(minutes, 60), std::fmod(seconds, 60));
  return hours > 0 ? fmt::format("{:.0f}:{}", hours, text) : text;
}

/// A rate of 0 is one that is not known.
std::string format_rate(double rate) {
  if (rate == 0) return "?it/s";
  return 1 / rate > 1 ? fmt::format("{:5.2f}s/it", 1 / rate) : fmt::format("{:5.2f}it/s", rate);
}

std::string format_bar(double fraction, std::size_t cells, bool ascii) {
  static constexpr std::array<std::string_view, 9> eighths{" ", "▏", "▎", "▍", "▌",
                                                           "▋", "▊", "▉", "█"};
  static constexpr std::array<std::string_view, 11> tenths{" ", "1", "2", "3", "4", "5",
                                                           "6", "7", "8", "9", "#"};
  const std::span<const std::string_view> glyphs =
      ascii ? std::span<const std::string_view>(tenths) : eighths;
  const std::size_t parts = glyphs.size() - 1;
  auto left =
      static_cast<std::size_t>(fraction * static_cast<double>(cells) * static_cast<double>(parts));
  std::string bar;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const std::size_t part = std::min(left, parts);
    bar += glyphs[part];
    left -= part;
  }
  return bar;
}

/// What the environment says, "" where it says nothing.
std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

} // namespace

std::string format_meter(const Meter& meter) {
  const double rate = meter.rate ? *meter.rate
                      : meter.elapsed > 0
                          ? static_cast<double>(meter.n - meter.initial) / meter.elapsed
                          : 0;
  const std::string elapsed = format_interval(meter.elapsed);
  const std::string tail =
      fmt::format("{}{}{}]", format_rate(rate), meter.postfix.empty() ? "" : ", ", meter.postfix);
  if (meter.total == 0 || meter.n > meter.total)
    return fmt::format("{}{}{}it [{}, {}", meter.prefix, meter.prefix.empty() ? "" : ": ", meter.n,
                       elapsed, tail);

  const bool colon = !meter.prefix.empty() && !meter.prefix.ends_with(": ");
  const double fraction = static_cast<double>(meter.n) / static_cast<double>(meter.total);
  const std::string left =
      fmt::format("{}{}{:3.0f}%|", meter.prefix, colon ? ": " : "", 100 * fraction);
  const std::string remaining =
      rate == 0 ? "?" : format_interval(static_cast<double>(meter.total - meter.n) / rate);
  const std::string right =
      fmt::format("| {}/{} [{}<{}, {}", meter.n, meter.total, elapsed, remaining, tail);
  if (meter.columns == 0) return left + format_bar(fraction, 10, meter.ascii) + right;

  const std::size_t taken = columns_of(left) + columns_of(right);
  const std::size_t cells = meter.columns > taken ? meter.columns - taken : 1;
  std::string line = left + format_bar(fraction, cells, meter.ascii) + right;
  while (columns_of(line) > meter.columns) drop_last_character(line);
  return line;
}

bool bar_wanted() { return ::isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"; }

bool utf8_locale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const std::string_view locale = environment(name); !locale.empty()) {
      const auto names = [&](std::string_view charset) {
        return locale.find(charset) != std::string_view::npos;
      };
      return names("UTF-8") || names("utf-8") || names("UTF8") || names("utf8");
    }
  return false;
}

unsigned terminal_columns() {
  const std::string_view wanted = environment("COLUMNS");
  unsigned short columns = 0;
  const auto end = wanted.data() + wanted.size();
  if (const auto read = std::from_chars(wanted.data(), end, columns);
      read.ec == std::errc{} && read.ptr == end && columns > 0)
    return columns;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

ProgressBar::ProgressBar(std::uint64_t total, std::uint64_t initial)
    : total_(total), initial_(initial) {}

void ProgressBar::update(std::uint64_t n, std::string_view prefix, std::string_view postfix) {
  using Seconds = std::chrono::duration<double>;
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  const double seconds = Seconds(now - drawn_at_).count();
  if (drawn_columns_ > 0 && seconds < 0.1) return;
  if (n > drawn_n_ && seconds > 0) {
    // Both start from 0, and so does their share of what is missing: the ratio has no bias.
    constexpr double smoothing = 0.3;
    steps_ += smoothing * (static_cast<double>(n - drawn_n_) - steps_);
    seconds_ += smoothing * (seconds - seconds_);
  }
  drawn_n_ = n;
  drawn_at_ = now;
  const std::string line =
      format_meter({.prefix = prefix,
                    .n = n,
                    .total = total_,
                    .initial = initial_,
                    .elapsed = Seconds(now - start_).count(),
                    .rate = seconds_ > 0 ? std::optional(steps_ / seconds_) : std::nullopt,
                    .postfix = postfix,
                    .columns = terminal_columns(),
                    .ascii = ascii_});
  const std::string text = fmt::format("\r{:{}}", line, drawn_columns_);
  std::fwrite(text.data(), 1, text.size(), stderr); // at once: stderr has no buffer
  drawn_columns_ = columns_of(line);
}

void ProgressBar::clear() noexcept {
  if (drawn_columns_ == 0) return;
  // Without the heap: this may run because there is no memory left.
  std::fprintf(stderr, "\r%*s\r", static_cast<int>(drawn_columns_), "");
  drawn_columns_ = 0;
}

} // namespace trainer
