#pragma once
/// @file
/// The way of a batch through a program, forward and back, in as many rounds as it has phases.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/network/aligned_block.hpp>
#include <ctnn/network/pass.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A Batch is what goes through a program: its samples, which are cut into shards, and all that a pass
/// wants of it.
template <class T>
struct Batch {
  std::size_t samples;
  std::size_t shards;         ///< how many; each is a run of samples
  std::uint64_t seed;         ///< decides what dropout drops
  std::uint64_t first_sample; ///< a number for the first one
  const T* parameters;
  T* derived;   ///< what the program's kernels derived from them; the batch's statistics are added
  T* gradients; ///< of each shard, Program::offsets.gradient_size elements, aligned

  /// begin is the first sample of a shard. It depends on the batch alone.
  std::size_t begin(std::size_t shard) const { return shard * samples / shards; }
  /// size is the number of samples of a shard.
  std::size_t size(std::size_t shard) const { return begin(shard + 1) - begin(shard); }
};

/// Rounds take batches through a program. A chunk goes through a phase while it is in cache; between two
/// phases all threads wait for the statistics of the batch. Forward there is one round a phase; the last
/// phase goes backward in the same round, chunk by chunk, and the others in one more each. A program
/// without cuts has one phase, and one round.
template <class Program, plan::Mode M>
class Rounds {
  using T = typename Program::value_type;
  using Pass = detail::Pass<Program>;
  using Buffers = detail::Buffers<Program, M>;
  static constexpr std::size_t last = Program::phases.last;

public:
  static constexpr std::size_t gradient_size = plan::aligned(Program::offsets.gradient_size);

  /// A Piece is the samples of a batch that a chunk is.
  struct Piece {
    std::size_t shard;   ///< the shard that they are in
    std::size_t first;   ///< the first one, in the batch
    std::size_t samples; ///< how many
  };

  /// go assigns the gradients of each shard of a batch. `pool.run(shards, f)` calls f(shard, worker)
  /// for each shard, and `workers[worker].workspace` is where it runs.
  ///
  /// `read(piece, worker, buffers)` brings samples to Program::input. `lose(piece, worker, buffers)` finds
  /// their outputs at Program::output, and assigns the gradient of the loss by the value that operation
  /// `Operations` - 1 makes; without any, nothing goes backward.
  template <std::size_t Operations = Program::size, class Pool, class Workers, class Read,
            class Lose>
  void go(const Batch<T>& batch, Pool&& pool, Workers&& workers, Read&& read, Lose&& lose) {
    reserve(batch);
    std::ranges::fill(ghosts_, 0.0);
    const Weights<T> weights{batch.parameters, batch.derived};
    const auto each_chunk = [&](auto&& f) {
      pool.run(batch.shards, [&](std::size_t shard, std::size_t worker) {
        if constexpr (last > 0) std::fill_n(sums(shard), sums_size, 0.0);
        Pass::for_each_chunk(batch.begin(shard), batch.begin(shard + 1),
                             [&](std::size_t first, std::size_t n) {
                               const Chunk chunk{.samples = n,
                                                 .training = true,
                                                 .seed = batch.seed,
                                                 .first_sample = batch.first_sample + first,
                                                 .opens_shard = first == batch.begin(shard),
                                                 .ghosts = ghosts(shard)};
                               const Buffers buffers = at(workers[worker].workspace, first);
                               f(Piece{shard, first, n}, workers[worker], chunk, buffers);
                             });
      });
    };
    const auto gradients = [&](std::size_t shard) {
      return batch.gradients + shard * gradient_size;
    };
    const auto observe_backward = [&](auto phase, const Piece& piece, const Buffers& buffers) {
      if constexpr (phase > 0) {
        using Cut = typename Pass::template Cut<phase - 1>;
        if constexpr (Cut::template goes_backward<M>)
          Cut::observe_backward(piece.samples, batch.derived, buffers, sums(piece.shard));
      }
    };

    for_each_index<last>([&](auto number) {
      constexpr std::size_t phase = number;
      using Cut = typename Pass::template Cut<phase>;
      each_chunk([&](const Piece& piece, auto& worker, const Chunk& chunk, const Buffers& buffers) {
        if constexpr (phase == 0) read(piece, worker, buffers);
        Pass::template forward<phase>(chunk, weights, buffers);
        Cut::observe(piece.samples, piece.first - batch.begin(piece.shard), buffers,
                     sums(piece.shard));
      });
      merge(batch.shards, [&](std::size_t shard, std::size_t other, std::size_t end) {
        Cut::Kernel::merge(sums(shard), batch.begin(other) - batch.begin(shard), sums(other),
                           batch.begin(end) - batch.begin(other));
      });
      Cut::settle(batch.samples, sums(0), batch.parameters, batch.derived);
      if constexpr (Operations > 0) // the first shard has those of all
        for (std::size_t shard = 0; shard < batch.shards; ++shard)
          Cut::clear_gradient(gradients(shard));
    });
    each_chunk([&](const Piece& piece, auto& worker, const Chunk& chunk, const Buffers& buffers) {
      if constexpr (last == 0) read(piece, worker, buffers);
      Pass::template forward<last>(chunk, weights, buffers);
      lose(piece, worker, buffers);
      if constexpr (Operations > 0) {
        Pass::template backward<Operations, last>(chunk, weights, buffers, gradients(piece.shard));
        observe_backward(std::integral_constant<std::size_t, last>{}, piece, buffers);
      }
    });
    if constexpr (Operations == 0) return;
    for_each_index<last>([&](auto number) {
      constexpr std::size_t phase = last - 1 - number;
      using Cut = typename Pass::template Cut<phase>;
      if constexpr (Cut::template goes_backward<M>) {
        merge(batch.shards, [&](std::size_t shard, std::size_t other, std::size_t) {
          Cut::Kernel::merge_backward(sums(shard), sums(other));
        });
        Cut::settle_backward(batch.samples, sums(0), batch.derived, gradients(0));
      }
      each_chunk([&](const Piece& piece, auto&, const Chunk& chunk, const Buffers& buffers) {
        Pass::template repeat<phase>(chunk, weights, buffers);
        Pass::template backward<Program::size, phase>(chunk, weights, buffers,
                                                      gradients(piece.shard));
        observe_backward(std::integral_constant<std::size_t, phase>{}, piece, buffers);
      });
    });
  }

  /// at is a workspace for the chunk that begins at sample `first` of the last batch.
  Buffers at(const Buffers& workspace, std::size_t first) {
    return workspace.at({store_.data(), capacity_, first});
  }
  /// store is all that the last batch has stored.
  std::span<T> store() { return store_.span(); }

  /// update_running moves the running statistics, among the parameters, towards those of the batch that
  /// has been through.
  void update_running(const Batch<T>& batch, T* parameters) {
    for_each_index<last>([&](auto cut) {
      using Cut = typename Pass::template Cut<cut>;
      std::fill_n(sums(0), sums_size, 0.0);
      Cut::add_group(batch.samples, batch.derived, sums(0));
      Pass::template update_running<Cut::operation>(1, sums(0), parameters);
    });
    if constexpr (Program::group > 0) {
      std::size_t groups = 0;
      for (std::size_t shard = 0; shard < batch.shards; ++shard)
        groups += Pass::groups_of(batch.size(shard));
      merge(batch.shards, [&](std::size_t shard, std::size_t other, std::size_t) {
        for (std::size_t i = 0; i < Pass::ghosts_size; ++i) ghosts(shard)[i] += ghosts(other)[i];
      });
      for_each_index<Program::size>([&](auto i) {
        if constexpr (Program::template is_ghost<i>)
          Pass::template update_running<i>(groups, ghosts(0) + Pass::template ghost_offset<i>,
                                           parameters);
      });
    }
  }

  /// smallest_group is the number of samples of the smallest group of a batch whose statistics count: of a
  /// network without ghosts, the batch itself.
  static std::size_t smallest_group(const Batch<T>& batch) {
    std::size_t smallest = batch.samples;
    if constexpr (Program::group > 0)
      for (std::size_t shard = 0; shard < batch.shards; ++shard)
        smallest = std::min(smallest, batch.size(shard) / Pass::groups_of(batch.size(shard)));
    return smallest;
  }

private:
  /// sums_size is that of the cut with most.
  static constexpr std::size_t sums_size = [] {
    std::size_t most = 0;
    for_each_index<last>(
        [&](auto cut) { most = std::max(most, Pass::template Cut<cut>::Kernel::sums_size); });
    return most;
  }();

  double* sums(std::size_t shard) { return sums_.data() + shard * sums_size; }
  double* ghosts(std::size_t shard) { return ghosts_.data() + shard * Pass::ghosts_size; }

  /// merge calls f(shard, other, end) for each two neighbouring pieces [shard, other) and [other, end) of
  /// the shards that become one, pair by pair: a tree that depends on their number alone.
  template <class F>
  static void merge(std::size_t shards, F&& f) {
    for (std::size_t step = 1; step < shards; step *= 2)
      for (std::size_t shard = 0; shard + step < shards; shard += 2 * step)
        f(shard, shard + step, std::min(shards, shard + 2 * step));
  }

  /// reserve makes room for a batch that is larger than any before.
  void reserve(const Batch<T>& batch) {
    ghosts_.resize(std::max(ghosts_.size(), batch.shards * Pass::ghosts_size));
    if constexpr (last > 0) {
      sums_.resize(std::max(sums_.size(), batch.shards * sums_size));
      if (batch.samples <= capacity_) return;
      capacity_ = plan::aligned(batch.samples);
      store_ = AlignedBlock<T>(Buffers::plan.stored * capacity_);
    }
  }

  AlignedBlock<T> store_ = AlignedBlock<T>(0);
  std::size_t capacity_ = 0;
  std::vector<double> sums_;   ///< of each shard, for the cut that is next
  std::vector<double> ghosts_; ///< of each shard, for all groups
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
