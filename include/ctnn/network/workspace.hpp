#pragma once
/// @file
/// Where one thread runs a chunk of samples: the planned block of activations and the kernels'
/// scratch.

#include <cstddef>
#include <utility>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/names.hpp>
#include <ctnn/network/aligned_block.hpp>
#include <ctnn/network/pass.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn::inline CTNN_INSTRUCTION_SET {

/// A Workspace of what cannot run is one compile-time error that says why. See the specialisation for
/// what can.
/// @cond
template <class Net, class T = float, plan::Mode M = plan::Mode::inference>
class Workspace {
  static_assert(detail::require_empty<detail::not_run<Net, T>>());

public:
  static constexpr std::size_t chunk = 1;
};
/// @endcond

/// A Workspace is the memory of one thread that predicts or trains, made once and used again: two
/// blocks on the heap, zeroed, whose size is Program's. It can be moved, not copied. `M` is what it
/// serves: plan::Mode::inference or plan::Mode::training.
template <class Net, class T, plan::Mode M>
  requires detail::Runs<Net, T>
class Workspace<Net, T, M> : public detail::Buffers<plan::ProgramOf<Net, T, M>, M> {
  using Program = plan::ProgramOf<Net, T, M>;

public:
  static constexpr plan::Mode mode = M;                ///< inference or training
  static constexpr std::size_t chunk = Program::chunk; ///< the samples that it has room for

  /// Makes a workspace, zeroed.
  Workspace()
      : Workspace(detail::AlignedBlock<T>(Workspace::plan.size),
                  detail::AlignedBlock<T>(Program::offsets.scratch_size)) {}

private:
  Workspace(detail::AlignedBlock<T> activations, detail::AlignedBlock<T> scratch)
      : detail::Buffers<Program, M>(activations.data(), scratch.data()),
        activations_(std::move(activations)), scratch_(std::move(scratch)) {}

  detail::AlignedBlock<T> activations_;
  detail::AlignedBlock<T> scratch_;
};

} // namespace ctnn::inline CTNN_INSTRUCTION_SET
