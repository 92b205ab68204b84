#pragma once
/// @file
/// A fixed set of threads that share out numbered tasks.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <ctnn/core/instruction_set.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A ThreadPool shares out tasks: `pool.run(tasks, f)` calls f(task, worker) once for every task below
/// `tasks` and returns when all have ended. The caller is worker 0. Which worker gets a task is left to
/// chance, so a result must depend on the task alone. The first exception of a task is thrown again by
/// run(). run() allocates nothing, and is to be called from one thread at a time.
class ThreadPool {
public:
  /// Throws std::system_error if the threads cannot be had.
  explicit ThreadPool(std::size_t workers) {
    try {
      for (std::size_t worker = 1; worker < workers; ++worker)
        threads_.emplace_back([this, worker] { serve(worker); });
    } catch (...) {
      stop();
      throw;
    }
  }
  ~ThreadPool() { stop(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t workers() const { return threads_.size() + 1; }

  template <class F>
  void run(std::size_t tasks, F&& f) {
    job_ = [](void* context, std::size_t task, std::size_t worker) {
      (*static_cast<std::remove_reference_t<F>*>(context))(task, worker);
    };
    context_ = &f;
    tasks_ = tasks;
    next_ = 0;
    busy_ = threads_.size();
    ++round_;
    round_.notify_all();
    work(0);
    for (std::size_t busy = busy_; busy != 0; busy = busy_) busy_.wait(busy);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

private:
  void stop() {
    stop_ = true;
    ++round_;
    round_.notify_all();
  }

  void serve(std::size_t worker) {
    for (std::uint64_t seen = 0;;) {
      round_.wait(seen);
      seen = round_;
      if (stop_) return;
      work(worker);
      if (--busy_ == 0) busy_.notify_one();
    }
  }

  void work(std::size_t worker) {
    try {
      for (std::size_t task = next_++; task < tasks_; task = next_++) job_(context_, task, worker);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void (*job_)(void*, std::size_t, std::size_t) = nullptr;
  void* context_ = nullptr;
  std::size_t tasks_ = 0;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> busy_ = 0;
  std::atomic<std::uint64_t> round_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_; // last: they use all of the above
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
