#pragma once
// Where one thread runs a chunk of samples: the planned block of activations and the kernels'
// scratch.

#include <cstddef>

#include <ctnn/network/aligned_block.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn {

template <class Net, class T = float, plan::Mode M = plan::Mode::inference>
class Workspace {
public:
  using Layout = ctnn::Layout<Net, T>;
  static constexpr plan::Mode mode = M;
  static constexpr std::size_t chunk = Layout::chunk; ///< samples it has room for
  static constexpr auto plan = Layout::template activations<M>;

  Workspace() : activations_(plan.size), scratch_(Layout::offsets.scratch_size) {}

  /// Value i is the input of operation i; the last is the network's output. Channels-last.
  T* value(std::size_t i) { return activations_.data() + plan.value[i]; }
  T* gradient(std::size_t i) requires(M == plan::Mode::training) {
    return activations_.data() + plan.gradient[i];
  }
  T* tape(std::size_t i) {
    return M == plan::Mode::training ? activations_.data() + plan.tape[i] : nullptr;
  }
  T* scratch() { return scratch_.data(); }

private:
  AlignedBlock<T> activations_;
  AlignedBlock<T> scratch_;
};

} // namespace ctnn
