#pragma once
// A line on the terminal that shows how far an epoch is, in tqdm's format.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trainer {

/// What tqdm.format_meter takes. Texts are UTF-8 without control characters.
struct Meter {
  std::string_view prefix{};    ///< before the bar; ": " is added
  std::uint64_t n = 0;          ///< of `total`, both below 2^53
  std::uint64_t total = 0;      ///< 0: not known, no bar
  std::uint64_t initial = 0;    ///< what was done before the clock started, at most n
  double elapsed = 0;           ///< in seconds
  std::optional<double> rate{}; ///< a second; else (n - initial) / elapsed
  std::string_view postfix{};   ///< after the rate; ", " is added
  unsigned columns = 0;         ///< of the whole line; 0: not known, a bar of ten
  bool ascii = false;
};

/// The line of tqdm 4.64.1. Like tqdm's it may be longer than `columns` where there is no total or
/// n is beyond it. Columns of a character are as fmt estimates them: 2 for East Asian ones.
std::string format_meter(const Meter& meter);

/// Whether people watch: standard error is a terminal that can go back to the start of a line.
bool bar_wanted();

/// Whether the first of LC_ALL, LC_CTYPE and LANG that is set names UTF-8.
bool utf8_locale();

/// COLUMNS where it is a number of at most 65535, else those of the terminal, else 0.
unsigned terminal_columns();

/// Draws on standard error while it lives, and leaves nothing behind; where no bar is wanted it does
/// nothing at all. For one thread. Errors of the terminal are nobody's concern.
class ProgressBar {
public:
  /// `initial` of `total` are done before this bar's clock starts.
  explicit ProgressBar(std::uint64_t total, std::uint64_t initial = 0);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `n` of `total` are done. Draws at the first call, then at most every 0.1 s, tqdm's mininterval.
  void update(std::uint64_t n, std::string_view prefix, std::string_view postfix);

  /// Makes room for a line of someone else's. The next update draws again.
  void clear() noexcept;

private:
  using Clock = std::chrono::steady_clock;

  bool wanted_ = bar_wanted();
  bool ascii_ = !utf8_locale();
  std::uint64_t total_, initial_;
  std::uint64_t drawn_n_ = initial_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_at_ = start_;
  std::size_t drawn_columns_ = 0;  ///< of the line on the terminal, 0: none
  double steps_ = 0, seconds_ = 0; ///< between two drawings, in the smoothed mean
};

} // namespace trainer
