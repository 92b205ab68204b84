#include <ctnn/network/thread_pool.hpp>

#include <array>
#include <stdexcept>

#include "support/catch.hpp"

using ctnn::detail::ThreadPool;

TEST_CASE("a pool runs every task once") {
  for (const std::size_t workers : {1u, 2u, 5u}) {
    ThreadPool pool(workers);
    REQUIRE(pool.workers() == workers);
    for (const std::size_t tasks : {0u, 1u, 3u, 64u}) {
      std::array<std::atomic<int>, 64> runs{};
      pool.run(tasks, [&](std::size_t task, std::size_t worker) {
        if (worker < workers) ++runs[task];
      });
      for (std::size_t task = 0; task < runs.size(); ++task)
        CHECK(runs[task] == (task < tasks ? 1 : 0));
    }
  }
}

TEST_CASE("an exception of a task reaches the caller and the pool goes on") {
  ThreadPool pool(3);
  CHECK_THROWS_AS(pool.run(8,
                           [](std::size_t task, std::size_t) {
                             if (task == 5) throw std::runtime_error("task 5");
                           }),
                  std::runtime_error);
  std::atomic<int> runs = 0;
  pool.run(8, [&](std::size_t, std::size_t) { ++runs; });
  CHECK(runs == 8);
}
