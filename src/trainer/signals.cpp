#include "signals.hpp"

#include <csignal>

#include <unistd.h>

namespace trainer {
namespace {

volatile std::sig_atomic_t caught = 0;

extern "C" void remember(int signal) {
  if (caught != 0) _exit(128 + signal); // asked twice: whoever asks does not want to wait
  caught = signal;
}

} // namespace

void catch_signals() {
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

} // namespace trainer
