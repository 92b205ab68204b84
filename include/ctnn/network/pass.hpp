#pragma once
/// @file
/// The passes of a chunk through a network: what only moves numbers through blocks that somebody else
/// owns. Nothing here allocates.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/all.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/buffers.hpp>
#include <ctnn/network/context.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn::detail::inline CTNN_INSTRUCTION_SET {

/// to_inner_order brings samples of shape S from PyTorch's order, {channels, height, width}, to the
/// inner one, channels last. The two must not overlap.
template <Shape S, class T>
void to_inner_order(std::size_t samples, const T* x, T* inner) {
  kernels::channels_first<T, S.channels(), S.height() * S.width()>::to_channels_last(samples, x,
                                                                                     inner);
}

/// from_inner_order brings samples of shape S back to PyTorch's order.
template <Shape S, class T>
void from_inner_order(std::size_t samples, const T* inner, T* x) {
  kernels::channels_first<T, S.channels(), S.height() * S.width()>::from_channels_last(samples,
                                                                                       inner, x);
}

/// A Chunk is some samples that go through a network together.
struct Chunk {
  std::size_t samples;            ///< how many
  bool training = false;          ///< whether backward follows
  std::uint64_t seed = 0;         ///< decides what dropout drops
  std::uint64_t first_sample = 0; ///< a number for the first one; no two samples of a run share one
  bool opens_shard = false;       ///< whether it is the first of a shard, whose gradients are unset
  double* ghosts =
      nullptr; ///< what a shard adds up of the statistics of its groups; null if it has
};

/// Weights are the numbers that a pass reads: all parameters, and what kernels derived from them.
template <class T>
struct Weights {
  const T* parameters;
  const T* derived;
};

/// A Pass is what moves a chunk through a program.
template <class Program>
struct Pass {
  using T = typename Program::value_type;
  template <plan::Mode M>
  using Buffers = detail::Buffers<Program, M>;

  /// forward takes a chunk through one phase of the program: without cuts, from value Program::input to
  /// value Program::output.
  template <std::size_t Phase = 0, plan::Mode M>
  static void forward(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers) {
    for_each_index<Program::size>([&](auto i) {
      if constexpr (Program::phases.forward[i] == Phase)
        forward_operation<i>(chunk, weights, buffers);
    });
  }
  /// repeat makes operations [Begin, End) of a phase once more, as far as its way back reads what nobody
  /// kept: the same bits.
  template <std::size_t Phase, std::size_t Begin = 0, std::size_t End = Program::size, plan::Mode M>
  static void repeat(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers) {
    Chunk again = chunk;
    again.ghosts = nullptr; // they have been added up
    for_each_index<End - Begin>([&](auto i) {
      constexpr std::size_t I = Begin + i;
      if constexpr (Program::phases.forward[I] == Phase && Buffers<M>::plan.runs_again[I])
        forward_operation<I>(again, weights, buffers.back());
    });
  }

  /// backward takes the gradient of the same chunk back through those of the first `Operations`
  /// operations that are in the phase, from the value that the last of them makes: it adds the gradients
  /// by the parameters to `gradients` (Program::offsets.gradient_size elements), or assigns them if the
  /// chunk opens its shard, and assigns that of value Program::input if the mode says so.
  template <std::size_t Operations = Program::size, std::size_t Phase = 0, plan::Mode M>
  static void backward(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers,
                       T* gradients) {
    for_each_index<Program::size>([&](auto index) {
      constexpr std::size_t i = Program::size - 1 - index;
      if constexpr (Phase == Program::phases.last) repeat_before<i>(chunk, weights, buffers);
      if constexpr (i < Operations && Program::phases.backward[i] == Phase)
        backward_operation<i>(chunk, weights, buffers.back(), gradients);
    });
  }
  /// repeat_before makes what a Checkpoint that ends with operation I has not kept.
  template <std::size_t I, plan::Mode M>
  static void repeat_before(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers) {
    constexpr const auto& phases = Program::phases;
    if constexpr (phases.forward[I] == phases.last && plan::ends_segment(Program::graph, phases, I))
      repeat<phases.last, plan::first_of_segment(Program::graph, phases, I), I + 1>(chunk, weights,
                                                                                    buffers);
  }

  /// A Cut is the operation before which a program is cut, which wants the statistics of the batch.
  template <std::size_t C>
  struct Cut {
    static constexpr std::size_t operation = Program::phases.cut[C];
    using Kernel = typename Program::template kernel<operation>;

    /// observe adds a chunk's samples, of which `seen` came before, to the sums of a shard.
    template <plan::Mode M>
    static void observe(std::size_t n, std::size_t seen, const Buffers<M>& buffers, double* sums) {
      Kernel::observe(n, seen, buffers.value(input_of<operation>), sums);
    }
    /// settle makes of the sums of a batch what forward reads.
    static void settle(std::size_t samples, const double* sums, const T* parameters, T* derived) {
      Kernel::settle(samples, sums, own_parameters<operation>(parameters),
                     derived + Program::offsets.derived[operation]);
    }
    /// goes_backward is whether it does anything on the way back.
    template <plan::Mode M>
    static constexpr bool goes_backward = plan::runs_backward(Program::graph, operation, M);

    /// observe_backward adds a chunk's gradient to the sums of a shard.
    template <plan::Mode M>
    static void observe_backward(std::size_t n, const T* derived, const Buffers<M>& buffers,
                                 double* sums) {
      Kernel::observe_backward(n, buffers.value(input_of<operation>),
                               buffers.gradient(output_of<operation>),
                               derived + Program::offsets.derived[operation], sums);
    }
    /// clear_gradient makes the gradients by the operation's own parameters 0.
    static void clear_gradient(T* gradients) {
      std::fill_n(gradients + Program::offsets.gradient[operation],
                  Program::offsets.gradient_size_of(operation), T{});
    }
    /// settle_backward makes of the sums of a batch what backward reads, and adds the gradients by the
    /// operation's own parameters to `gradients`.
    static void settle_backward(std::size_t samples, const double* sums, T* derived, T* gradients) {
      Kernel::settle_backward(samples, sums, derived + Program::offsets.derived[operation],
                              gradients + Program::offsets.gradient[operation]);
    }
    /// add_group adds the statistics of a batch to `sums`, for update_running.
    static void add_group(std::size_t samples, const T* derived, double* sums) {
      Kernel::add_group(samples, derived + Program::offsets.derived[operation], sums);
    }
  };

  /// A Ghost is an operation that normalises by the statistics of a chunk. They lie on its tape.
  template <std::size_t I>
  struct Ghost {
    using Kernel = typename Program::template kernel<I>;

    /// settle makes of a chunk what forward reads.
    template <plan::Mode M>
    static void settle(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers) {
      std::array<double, Kernel::sums_size> sums{};
      Kernel::observe(chunk.samples, 0, buffers.value(input_of<I>), sums.data());
      Kernel::settle(chunk.samples, sums.data(), own_parameters<I>(weights.parameters),
                     buffers.tape(I));
      if (chunk.ghosts != nullptr)
        Kernel::add_group(chunk.samples, buffers.tape(I), chunk.ghosts + ghost_offset<I>);
    }
    /// settle_backward makes of a chunk's gradient what backward reads, and adds the gradients by the
    /// operation's own parameters to `own`.
    template <plan::Mode M>
    static void settle_backward(std::size_t n, const Buffers<M>& buffers, T* own) {
      std::array<double, Kernel::sums_size> sums{};
      Kernel::observe_backward(n, buffers.value(input_of<I>), buffers.gradient(output_of<I>),
                               buffers.tape(I), sums.data());
      Kernel::settle_backward(n, sums.data(), buffers.tape(I), own);
    }
  };
  /// ghost_offset is where Ghost<I> is in Chunk::ghosts, which has ghosts_size elements.
  template <std::size_t I>
  static constexpr std::size_t ghost_offset = [] {
    std::size_t offset = 0;
    for_each_index<I>([&](auto i) {
      if constexpr (Program::template is_ghost<i>) offset += Program::template kernel<i>::sums_size;
    });
    return offset;
  }();
  static constexpr std::size_t ghosts_size = ghost_offset<Program::size>;

  /// update_running moves the running statistics of operation I, among the parameters, towards the mean
  /// of those of some groups, which add_group has added up.
  template <std::size_t I>
  static void update_running(std::size_t groups, const double* sums, T* parameters) {
    using Norm = typename Program::template leaf<Program::operations[I].first>;
    const std::size_t running_mean = first_tensor<I> + (Norm::is_affine ? 2 : 0);
    Program::template kernel<I>::update_running(groups, Norm::momentum_rate, sums,
                                                tensor(parameters, running_mean).data(),
                                                tensor(parameters, running_mean + 1).data());
  }

  template <std::size_t I, plan::Mode M>
  static void forward_operation(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers) {
    using L = typename Program::template layer<I>;
    const std::size_t n = chunk.samples;
    if constexpr (is_fork<L>) {
      // What it makes is what it takes.
    } else if constexpr (!node<I>.is_layer()) {
      join_forward<I>(n, buffers, std::make_index_sequence<node<I>.inputs>{});
    } else {
      if constexpr (Program::template is_ghost<I>) Ghost<I>::settle(chunk, weights, buffers);
      using Context = ForwardContext<T, in<I>, out<I>, tensors_of<I>>;
      if constexpr (requires(const Context& c) { L::forward(c); })
        L::forward(Context{context<I>(chunk, weights, buffers),
                           {buffers.value(input_of<I>), n},
                           {buffers.value(output_of<I>), n}});
      else
        static_assert(require_empty<lacks<I, true>>());
    }
  }

  /// backward_operation is one operation of backward(), which runs them from the last to the first.
  template <std::size_t I, plan::Mode M>
  static void backward_operation(const Chunk& chunk, Weights<T> weights, const Buffers<M>& buffers,
                                 T* gradients) {
    using L = typename Program::template layer<I>;
    const std::size_t n = chunk.samples;
    if constexpr (!plan::runs_backward(Program::graph, I, M)) {
      // Nobody wants the gradients that it would bring.
    } else if constexpr (is_fork<L>) {
      constexpr std::size_t branches = node<I>.outputs;
      const T* dy[branches];
      for (std::size_t k = 0; k < branches; ++k) dy[k] = buffers.gradient(output_of<I> + k);
      kernels::sum<T, branches>::forward(n * in<I>.size(), dy, buffers.gradient(input_of<I>));
    } else if constexpr (!node<I>.is_layer()) {
      if constexpr (!node<I>.passes_gradient)
        join_backward<I>(n, buffers, std::make_index_sequence<node<I>.inputs>{});
    } else {
      T* const own = gradients + Program::offsets.gradient[I];
      if constexpr (!assigns_gradient<I> && !node<I>.sees_batch)
        if (chunk.opens_shard) std::fill_n(own, Program::offsets.gradient_size_of(I), T{});
      if constexpr (Program::template is_ghost<I>) Ghost<I>::settle_backward(n, buffers, own);
      using Context =
          BackwardContext<T, in<I>, out<I>, tensors_of<I>, needs_dx<I, M>[0], trains<I>>;
      if constexpr (requires(const Context& c) { L::backward(c); })
        L::backward(Context{context<I>(chunk, weights, buffers),
                            /*x=*/{buffers.value(input_of<I>), n},
                            /*y=*/{buffers.value(output_of<I>), n},
                            /*dy=*/{buffers.gradient(output_of<I>), n},
                            /*dx=*/{buffers.gradient(input_of<I>), n}, gradient_tensors<I>(own),
                            own, chunk.opens_shard});
      else
        static_assert(require_empty<lacks<I, false>>());
    }
  }

  /// assigns_gradient is whether the kernel of operation I assigns its gradient for the first chunk of a
  /// shard. Others add to zeros, which are written when they are in cache next.
  template <std::size_t I>
  static constexpr bool assigns_gradient = [] {
    if constexpr (Program::template derives<I>) return requires {
        Program::template kernel<I>::assigns_gradient;
      };
    else
      return false;
  }();

  /// write_input brings n samples in PyTorch's order to where forward() begins.
  template <plan::Mode M>
  static void write_input(std::size_t n, const T* x, const Buffers<M>& buffers) {
    to_inner_order<Program::network::input_shape>(n, x, buffers.value(Program::input));
  }
  /// read_output brings n outputs in PyTorch's order from where forward() ends.
  template <plan::Mode M>
  static void read_output(std::size_t n, const Buffers<M>& buffers, T* y) {
    from_inner_order<Program::network::output_shape>(n, buffers.value(Program::output), y);
  }

  /// tensor is the elements of parameter p in a block that is laid out as Program::parameters says.
  template <class Element>
  static std::span<Element> tensor(Element* block, std::size_t p) {
    return {block + Program::parameters.offset[p], Program::graph.parameters[p].shape.size()};
  }

  /// derive_task does one task of what operation I derives; tasks may be done at the same time.
  template <std::size_t I>
  static void derive_task(std::size_t task, const T* parameters, T* derived) {
    if constexpr (Program::template derives<I>) {
      Program::template kernel<I>::derive(task, own_parameters<I>(parameters),
                                          derived + Program::offsets.derived[I]);
    }
  }

  /// gather_task does one task of bringing a shard's sum of gradients, what belongs to operation I, to the
  /// layout of the parameters: it assigns what is trained in `block`. Tasks may be done at the same time.
  template <std::size_t I>
  static void gather_task(std::size_t task, Weights<T> weights, T* gradients, T* block) {
    T* const from = gradients + Program::offsets.gradient[I];
    std::array<T*, tensors_of<I>> own;
    for (std::size_t p = 0; p < own.size(); ++p) {
      const bool trained = Program::graph.parameters[first_tensor<I> + p].trained;
      own[p] = trained ? tensor(block, first_tensor<I> + p).data() : nullptr;
    }
    if constexpr (!trains<I>) {
      // Nobody wants its gradients.
    } else if constexpr (Program::template derives<I>) {
      using Kernel = typename Program::template kernel<I>;
      if constexpr (requires(std::array<const T*, tensors_of<I>> p) {
                      Kernel::derive_adjoint(task, from, own, p);
                    })
        Kernel::derive_adjoint(task, from, own, own_parameters<I>(weights.parameters));
      else
        Kernel::derive_adjoint(task, from, own);
    } else {
      const auto tensors = gradient_tensors<I>(from);
      for (std::size_t p = 0; p < own.size(); ++p)
        if (own[p] != nullptr) std::copy(tensors[p].begin(), tensors[p].end(), own[p]);
    }
  }

  /// derive assigns all that kernels derive.
  static void derive(const T* parameters, T* derived) {
    for_each_task([&](auto i, std::size_t task) { derive_task<i>(task, parameters, derived); });
  }
  /// gather brings all gradients to the layout of the parameters.
  static void gather(Weights<T> weights, T* gradients, T* block) {
    for_each_task(
        [&](auto i, std::size_t task) { gather_task<i>(task, weights, gradients, block); });
  }

  /// at_task calls f(i, task) for one of the Program::offsets.task.back() tasks of a step.
  template <class F>
  static void at_task(std::size_t number, F&& f) {
    constexpr const auto& first = Program::offsets.task;
    for_each_index<Program::size>([&](auto i) {
      if (first[i] <= number && number < first[i + 1]) f(i, number - first[i]);
    });
  }

  /// for_each_chunk calls f(first, n) for the samples [begin, end), a chunk at a time. Where a chunk is a
  /// group whose statistics count, all are as large as each other, give or take one.
  template <class F>
  static void for_each_chunk(std::size_t begin, std::size_t end, F&& f) {
    if constexpr (Program::group > 0) {
      const std::size_t samples = end - begin, groups = groups_of(samples);
      for (std::size_t i = 0; i < groups; ++i) {
        const std::size_t first = i * samples / groups;
        f(begin + first, (i + 1) * samples / groups - first);
      }
      return;
    }
    for (std::size_t first = begin; first < end; first += Program::chunk)
      f(first, std::min(Program::chunk, end - first));
  }

  /// groups_of is how many groups some samples are cut into.
  static constexpr std::size_t groups_of(std::size_t samples) {
    return (samples + Program::chunk - 1) / Program::chunk;
  }

private:
  template <std::size_t I>
  static constexpr const Node& node = Program::graph.nodes[I];
  template <std::size_t I>
  static constexpr std::size_t first_tensor = Program::graph.nodes[I].first_parameter;
  template <std::size_t I>
  static constexpr std::size_t tensors_of = Program::graph.nodes[I].parameter_tensors;
  template <std::size_t I, std::size_t K = 0>
  static constexpr std::size_t input_of = Program::graph.input_of(I, K);
  template <std::size_t I>
  static constexpr std::size_t output_of = Program::graph.output_of(I);
  template <std::size_t I, std::size_t K = 0>
  static constexpr Shape in = Program::graph.values[input_of<I, K>].shape;
  template <std::size_t I>
  static constexpr Shape out = Program::graph.nodes[I].output_shape;

  /// own_parameters are operation I's own tensors in the block of all.
  template <std::size_t I>
  static auto own_parameters(const T* parameters) {
    std::array<const T*, tensors_of<I>> own;
    for (std::size_t p = 0; p < own.size(); ++p)
      own[p] = tensor(parameters, first_tensor<I> + p).data();
    return own;
  }

  template <std::size_t I>
  static constexpr bool trains = Program::graph.nodes[I].trained_count > 0;

  /// needs_dx is which of the gradients by the values that operation I takes are wanted.
  template <std::size_t I, plan::Mode M>
  static constexpr auto needs_dx = [] {
    std::array<bool, node<I>.inputs> needs;
    for (std::size_t k = 0; k < needs.size(); ++k)
      needs[k] = plan::wants_gradient(Program::graph.values[Program::graph.input_of(I, k)], M);
    return needs;
  }();

  /// lacks says that the layer or join of operation I cannot go one of the ways.
  template <std::size_t I, bool Forward>
  static constexpr Sentence lacks = [] {
    return Sentence() << Program::graph.nodes[I].kind << " lacks static void "
                      << (Forward ? "forward" : "backward") << "(const auto& c): a "
                      << (node<I>.is_layer() ? "layer" : "join") << " needs it to "
                      << (Forward ? "run" : "train");
  }();

  template <std::size_t I, plan::Mode M, std::size_t... K>
  static void join_forward(std::size_t n, const Buffers<M>& buffers, std::index_sequence<K...>) {
    using J = typename Program::template layer<I>;
    using Context = JoinForwardContext<T, out<I>, in<I, K>...>;
    if constexpr (requires(const Context& c) { J::forward(c); })
      J::forward(Context{n,
                         /*x=*/{View<const T, in<I, K>>{buffers.value(input_of<I, K>), n}...},
                         /*y=*/{buffers.value(output_of<I>), n}});
    else
      static_assert(require_empty<lacks<I, true>>());
  }
  template <std::size_t I, plan::Mode M, std::size_t... K>
  static void join_backward(std::size_t n, const Buffers<M>& buffers, std::index_sequence<K...>) {
    using J = typename Program::template layer<I>;
    using Context = JoinBackwardContext<T, needs_dx<I, M>, out<I>, in<I, K>...>;
    if constexpr (requires(const Context& c) { J::backward(c); })
      J::backward(Context{n,
                          /*x=*/{View<const T, in<I, K>>{buffers.value(input_of<I, K>), n}...},
                          /*y=*/{buffers.value(output_of<I>), n},
                          /*dy=*/{buffers.gradient(output_of<I>), n},
                          /*dx=*/{View<T, in<I, K>>{buffers.gradient(input_of<I, K>), n}...}});
    else
      static_assert(require_empty<lacks<I, false>>());
  }

  template <class F>
  static void for_each_task(F&& f) {
    for_each_index<Program::size>([&](auto i) {
      for (std::size_t task = 0; task < Program::kernel_sizes[i].derive_tasks; ++task) f(i, task);
    });
  }

  template <std::size_t I, plan::Mode M>
  static Context<T, in<I>, out<I>, tensors_of<I>> context(const Chunk& chunk, Weights<T> weights,
                                                          const Buffers<M>& buffers) {
    std::array<ParameterView<const T>, tensors_of<I>> parameters;
    for (std::size_t p = 0; p < parameters.size(); ++p)
      parameters[p] = tensor(weights.parameters, first_tensor<I> + p);
    constexpr auto layer = static_cast<std::uint32_t>(Program::operations[I].first);
    return {.samples = chunk.samples,
            .first_sample = chunk.first_sample,
            .training = chunk.training && !node<I>.frozen,
            .random_key = {chunk.seed, kernels::stream::layer + layer},
            .parameters = parameters,
            .derived = Program::template is_ghost<I>
                           ? buffers.tape(I)
                           : weights.derived + Program::offsets.derived[I],
            .tape = buffers.tape(I),
            .scratch = buffers.scratch()};
  }

  /// gradient_tensors are the gradients by operation I's own parameters, one behind the other; they
  /// have no meaning where its kernel derives something.
  template <std::size_t I>
  static std::array<ParameterView<T>, tensors_of<I>> gradient_tensors(T* at) {
    std::array<ParameterView<T>, tensors_of<I>> tensors{};
    if constexpr (!Program::template derives<I>)
      for (std::size_t p = 0; p < tensors.size(); ++p) {
        const std::size_t size = Program::graph.parameters[first_tensor<I> + p].shape.size();
        tensors[p] = std::span<T>(at, size);
        at += plan::aligned(size);
      }
    return tensors;
  }
};

} // namespace ctnn::detail::inline CTNN_INSTRUCTION_SET
