#include "signals.hpp"

#include <atomic>
#include <csignal>

#include <unistd.h>

namespace trainer {
namespace {

std::atomic<int> caught = 0; // the handler may run in any thread
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void remember(int signal) {
  int none = 0;
  // A terminal that closes, or a supervisor, may send several: they mean one wish.
  if (!caught.compare_exchange_strong(none, signal) && signal == SIGINT) _exit(128 + signal);
}

} // namespace

void catch_signals() {
  std::signal(SIGPIPE, SIG_IGN); // a reader that has gone is a failed write, not the end
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART; // a save that is under way goes on
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // nohup's wish is kept.
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
}

int caught_signal() { return caught; }

const char* signal_name(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP";
}

} // namespace trainer
