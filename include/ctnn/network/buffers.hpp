#pragma once
/// @file
/// The memory that a chunk runs in, as its plan lays it out.

#include <cstddef>
#include <span>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// A StorePlace is where a chunk stands in the store of its batch.
template <class T>
struct StorePlace {
  T* store = nullptr;       ///< what goes from one phase to another, of `capacity` samples
  std::size_t capacity = 0; ///< the samples that it has room for
  std::size_t first = 0;    ///< the chunk's first one among them
};

/// Buffers are the memory that a pass runs in, as the plan of its mode lays it out. Channels are last.
template <class Program, plan::Mode M>
class Buffers {
  using T = typename Program::value_type;

public:
  using program = Program;
  static constexpr const auto& plan = Program::template buffers<M>;

  Buffers(T* activations, T* scratch) : activations_(activations), scratch_(scratch) {}

  /// at is the same memory for a chunk in another place of its batch.
  Buffers at(StorePlace<T> place) const {
    Buffers moved = *this;
    moved.place_ = place;
    return moved;
  }

  /// back is the same memory for a chunk on its way back: what is made again has another place there.
  Buffers back() const {
    Buffers returning = *this;
    returning.is_back_ = true;
    return returning;
  }

  /// value is where value `i` is; Program::input is the network's input, Program::output its output.
  T* value(std::size_t i) const {
    return locate(plan.is_stored[i], is_back_ ? plan.value_back[i] : plan.value[i],
                  Program::graph.values[i].shape.size());
  }
  /// gradient is where the gradient of the loss by value `i` is; null if nobody wants it.
  T* gradient(std::size_t i) const requires(M != plan::Mode::inference) {
    return plan::has_gradient(Program::graph, i, M)
               ? locate(plan.gradient_is_stored[i], plan.gradient[i],
                        Program::graph.values[i].shape.size())
               : nullptr;
  }
  T* tape(std::size_t i) const {
    if (M == plan::Mode::inference) return nullptr;
    return locate(plan.tape_is_stored[i], is_back_ ? plan.tape_back[i] : plan.tape[i],
                  Program::graph.nodes[i].tape_size);
  }
  T* scratch() const { return scratch_; }
  /// activations are the whole block of them, for tests that poison it.
  std::span<T> activations() const { return {activations_, plan.size}; }

private:
  /// `size` is that of what is there of a sample.
  T* locate(bool is_stored, std::size_t offset, std::size_t size) const {
    return is_stored ? place_.store + offset * place_.capacity + place_.first * size
                     : activations_ + offset;
  }

  T* activations_;
  T* scratch_;
  StorePlace<T> place_;
  bool is_back_ = false;
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
