#pragma once
// SIGINT, SIGTERM and SIGHUP as a wish to stop after the step; then a SIGINT stops at once.

#include <exception>
#include <string>
#include <utility>

namespace trainer {

/// From now on these signals are remembered instead of ending the program.
void catch_signals();

/// The signal that came, 0 if none did.
int caught_signal();

/// "SIGINT", "SIGTERM" or "SIGHUP".
const char* signal_name(int signal);

/// Training stopped because of a signal, after it saved. Exit code: 128 + signal.
class Stopped : public std::exception {
public:
  Stopped(int number, std::string message) : signal(number), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }

  int signal;

private:
  std::string message_;
};

} // namespace trainer
