#pragma once
/// @file
/// How a network runs in an element type, all of it constants: which layers are one operation, by which
/// kernel, and where every number lies.

#include <array>
#include <cstddef>
#include <type_traits>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/plan/buffers.hpp>
#include <ctnn/plan/fusion.hpp>
#include <ctnn/plan/offsets.hpp>
#include <ctnn/plan/options.hpp>
#include <ctnn/plan/phases.hpp>
#include <ctnn/plan/plan_buffers.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {
namespace detail {

/// NoKernel is the kernel of a layer that derives nothing from its parameters.
struct NoKernel {};
template <class L, class T, Shape In>
struct kernel_of {
  using type = NoKernel;
  static constexpr KernelSizes sizes{};
};
template <class L, class T, Shape In>
  requires requires { typename L::template at<T, In>::kernel; }
struct kernel_of<L, T, In> {
  using type = typename L::template at<T, In>::kernel;
  static constexpr KernelSizes sizes{type::derived_size, type::derived_gradient_size,
                                     type::scratch_size, type::derive_tasks};
};

/// running is L as it runs: a batch normalisation that sees the batch has a kernel of its own for that.
template <class L, bool SeesBatch>
struct running {
  using type = L;
};
template <class L>
struct running<L, true> {
  using type = ctnn::detail::BatchStatistics<L>;
};

/// ghost_size is the most samples that a layer takes statistics of; 0 for any other.
template <class L>
inline constexpr std::size_t ghost_size = 0;
template <class L>
  requires std::is_base_of_v<ctnn::detail::BatchNormalization, L>
inline constexpr std::size_t ghost_size<L> = L::ghost_size;

/// sees_batch is whether a layer of Net would train by the statistics of the batch.
template <class Net>
inline constexpr bool sees_batch = [] {
  bool sees = false;
  for (const Node& node : Net::nodes) sees |= node.sees_batch;
  return sees;
}();

} // namespace detail

/// A Program is how Net runs in T, all of it constants. Its operations are the nodes of a graph of their
/// own, which has its own values: those of the network that are between operations. In a chain value i
/// is the input of operation i, and the output of operation i - 1.
///
/// `SeesBatch` is whether batch normalisations use the statistics of the batch, as they do in training,
/// but for those inside of Frozen: they are then operations of their own, and the program is cut into
/// phases before each.
template <class Net, class T, bool SeesBatch = false>
class Program {
  using Plain = typename without_options<Net>::type;
  static constexpr std::size_t layers = Net::node_count;

public:
  using network = Net;
  using value_type = T;

  static constexpr RunOptions options = without_options<Net>::options;

  /// leaf is the type of Net::nodes[I].
  template <std::size_t I>
  using leaf = typename ctnn::detail::layer_in<Plain, I>::type;

private:
  static constexpr auto found = [] {
    std::array<Shape, layers> inputs;
    std::array<Traits, layers> traits;
    ctnn::detail::for_each_index<layers>([&](auto i) {
      inputs[i] = Net::nodes[i].input_shape;
      traits[i] = detail::traits_of<leaf<i>>;
      traits[i].sees_batch = SeesBatch && Net::nodes[i].sees_batch;
      traits[i].follows = i > 0 && Net::nodes[i].is_layer() &&
                          Net::nodes[i].checkpoint == Net::nodes[i - 1].checkpoint &&
                          Net::graph.values[Net::graph.input_of(i)].maker + 1 == i;
    });
    return find_operations(inputs, traits, options);
  }();

public:
  /// size is the number of operations.
  static constexpr std::size_t size = found.count;

  static constexpr std::array<Operation, size> operations = [] {
    std::array<Operation, size> all;
    for (std::size_t i = 0; i < size; ++i) all[i] = found.operation[i];
    return all;
  }();

private:
  /// member is a layer of operation I by its position, void for position 0: there is none.
  template <std::size_t I, std::size_t Position>
  struct member {
    using type = leaf<operations[I].first + Position>;
  };
  template <std::size_t I>
  struct member<I, 0> {
    using type = void;
  };

public:
  /// layer is the one, as it was written or fused, that runs operation I.
  template <std::size_t I>
  using layer = typename detail::layer_of<
      typename detail::running<leaf<operations[I].first>,
                               SeesBatch && Net::nodes[operations[I].first].sees_batch>::type,
      typename member<I, operations[I].norm>::type, typename member<I, operations[I].pool>::type,
      typename member<I, operations[I].activation>::type, operations[I].algorithm>::type;

  /// ghost_size is the most samples by whose statistics operation I normalises, a chunk; 0 for any other.
  template <std::size_t I>
  static constexpr std::size_t ghost_size = [] {
    const bool sees = SeesBatch && Net::nodes[operations[I].first].sees_batch;
    return sees ? detail::ghost_size<leaf<operations[I].first>> : 0;
  }();
  template <std::size_t I>
  static constexpr bool is_ghost = ghost_size<I> != 0;
  /// group is the ghost_size of all that have one; 0 for a network without.
  static constexpr std::size_t group = [] {
    std::size_t samples = 0;
    ctnn::detail::for_each_index<size>([&](auto i) {
      if (is_ghost<i>) samples = ghost_size<i>;
    });
    return samples;
  }();

  /// graph is the operations as nodes of a graph of their own; the `name` and `kind` of each are its
  /// first layer's.
  static constexpr auto graph = [] {
    constexpr const auto& layers_graph = Net::graph;
    constexpr std::size_t edges = layers_graph.taken.size() - (layers - size);
    Graph<size, layers_graph.parameters.size(), edges> fused;
    fused.parameters = layers_graph.parameters;
    std::array<std::size_t, edges + layers - size + 1> number{}; // of a value of the network
    fused.values[fused.value_count++] = layers_graph.values[0];
    ctnn::detail::for_each_index<size>([&](auto i) {
      constexpr Operation operation = operations[i];
      constexpr std::size_t last = operation.first + operation.count - 1;
      Node node = Net::nodes[operation.first];
      if constexpr (operation.count > 1) {
        node.output_shape = Net::nodes[last].output_shape;
        node.tape_size = layer<i>::tape_size(node.input_shape);
        node.backward_reads = layer<i>::backward_reads;
        node.in_place = false;
        for (std::size_t k = operation.first + 1; k <= last; ++k) {
          node.parameter_tensors += Net::nodes[k].parameter_tensors;
          node.parameter_count += Net::nodes[k].parameter_count;
          node.trained_count += Net::nodes[k].trained_count;
          node.sees_batch |= Net::nodes[k].sees_batch;
        }
      }
      if constexpr (is_ghost<i>) { // its chunk is all that it sees
        node.tape_size = layer<i>::tape_size(node.input_shape);
        node.sees_batch = false;
      }
      std::array<std::size_t, Net::nodes[operation.first].inputs> inputs;
      for (std::size_t k = 0; k < inputs.size(); ++k)
        inputs[k] = number[layers_graph.input_of(operation.first, k)];
      const std::size_t made = fused.add_node(node, inputs.data());
      for (std::size_t k = 0; k < node.outputs; ++k) {
        const std::size_t value = layers_graph.output_of(last, k);
        number[value] = made + k;
        fused.values[made + k].wants_gradient = layers_graph.values[value].wants_gradient;
      }
    });
    fused.parameter_tensors = fused.parameters.size();
    fused.output = number[layers_graph.output];
    return fused;
  }();

  /// input and output are the values that the user gives and gets.
  static constexpr std::size_t input = 0, output = graph.output;

private:
  template <std::size_t I>
  using kernel_of = detail::kernel_of<layer<I>, T, graph.nodes[I].input_shape>;

public:
  /// kernel is that of operation I, which says `derive` and `derive_adjoint` if it derives anything.
  template <std::size_t I>
  using kernel = typename kernel_of<I>::type;

  static constexpr std::array<KernelSizes, size> kernel_sizes = [] {
    std::array<KernelSizes, size> sizes;
    ctnn::detail::for_each_index<size>([&](auto i) { sizes[i] = kernel_of<i>::sizes; });
    return sizes;
  }();

  /// derives is whether the kernel of operation I works on derived parameters.
  template <std::size_t I>
  static constexpr bool derives = kernel_sizes[I].derived > 0;

  static constexpr auto parameters = plan_parameters(Net::graph);
  static constexpr auto offsets = plan_offsets(graph, kernel_sizes, SeesBatch);

  static constexpr Phases<size> phases = SeesBatch ? find_phases(graph) : Phases<size>{};

  /// chunk is the number of samples that go through the network together.
  static constexpr std::size_t chunk = group > 0 ? group : chunk_size(graph, phases);

  /// buffers say where a chunk's values, gradients and tapes lie in a mode.
  template <Mode M>
  static constexpr auto buffers = plan_buffers(graph, M, chunk, phases);
};

/// TrainingProgram is how Net trains. Without batch normalisations that see the batch it is the program by
/// which it predicts.
template <class Net, class T>
using TrainingProgram = Program<Net, T, detail::sees_batch<Net>>;

/// ProgramOf is the program that a network runs in a mode.
template <class Net, class T, Mode M>
using ProgramOf =
    std::conditional_t<M == Mode::inference, Program<Net, T>, TrainingProgram<Net, T>>;

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
