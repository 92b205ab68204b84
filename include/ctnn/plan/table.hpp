#pragma once
/// @file
/// How a network runs, as a table: which layers are one operation, by which algorithm, in how much
/// memory. All of it is known to the type; this only prints it.

#include <cstddef>
#include <string>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/names.hpp>
#include <ctnn/core/summary.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/layers/options.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn::plan::inline CTNN_INSTRUCTION_SET {
namespace detail {

using ctnn::detail::grouped;

inline void append_cell(std::string& to, StringView text, std::size_t width, bool right) {
  const std::string gap(width > text.size() ? width - text.size() : 0, ' ');
  if (right) to += gap;
  to.append(text.data(), text.size());
  if (!right) to += gap;
}

/// kilobytes are of 1024 bytes, rounded up.
constexpr auto kilobytes(std::size_t bytes) { return grouped((bytes + 1023) / 1024) << " KB"; }

/// operation_name is "conv2 MaxPool2d ReLU": the name of an operation's first layer, and what runs with
/// it.
template <class Net>
constexpr Sentence operation_name(const Operation& operation) {
  const Node& first = Net::nodes[operation.first];
  Sentence text;
  text << first.name;
  if (first.multiply_adds == 0) text << (first.name.empty() ? "" : " ") << first.kind;
  for (std::size_t i = 1; i < operation.count; ++i)
    text << ' ' << Net::nodes[operation.first + i].kind;
  return text;
}

/// append_phases adds how a network with batch normalisations trains: what each phase begins with, what of
/// it is kept for the whole batch, and what is made again for its way back.
template <class Program>
void append_phases(std::string& table) {
  using Net = typename Program::network;
  constexpr const auto& graph = Program::graph;
  constexpr const auto& phases = Program::phases;
  constexpr const auto& buffers = Program::template buffers<Mode::training>;
  const auto name = [](std::size_t operation) {
    return std::string(operation_name<Net>(Program::operations[operation]).view());
  };
  const auto listed = [](const std::string& names) { return names.empty() ? "-" : names; };
  constexpr std::size_t widths[]{8, 28, 44};
  const auto row = [&](StringView phase, const std::string& first, const std::string& kept,
                       const std::string& again) {
    append_cell(table, phase, widths[0], false);
    append_cell(table, first.c_str(), widths[1], false);
    append_cell(table, listed(kept).c_str(), widths[2], false);
    table += listed(again) + '\n';
  };
  table += "\nTraining waits for the whole batch before each batch normalisation:\n";
  row("Phase", "Begins with", "Kept of it for the batch", "Made again on the way back");
  for (std::size_t phase = 0; phase <= phases.last; ++phase) {
    std::string kept = phase == 0 ? "the samples" : "", again;
    const auto add = [](std::string& list, const std::string& what) {
      list += (list.empty() ? "" : ", ") + what;
    };
    for (std::size_t i = 0; i < graph.node_count; ++i) {
      if (phases.forward[i] != phase || graph.nodes[i].is_fork()) continue;
      if (buffers.is_stored[graph.output_of(i)]) add(kept, name(i));
      if (buffers.runs_again[i]) add(again, name(i));
    }
    row((Sentence() << phase).view(), name(phase == 0 ? 0 : phases.cut[phase - 1]), kept, again);
  }
}

} // namespace detail

/// table has one line an operation: its algorithm; the multiply-adds of one sample forward, as the
/// layer is defined and as that algorithm does them; what its kernel derives from the parameters, and
/// what it works in. Then the samples of a chunk, and the memory of one thread. A network with batch
/// normalisations trains by another program than it predicts by: its phases follow.
template <class Net, class T = float>
  requires ctnn::detail::Runs<Net, T> std::string table() {
    using Program = plan::Program<Net, T>;
    constexpr std::size_t widths[]{28, 13, 14, 14, 14, 11, 11};
    std::string table;
    const auto row = [&](const auto&... cell) {
      std::size_t i = 0;
      ((detail::append_cell(table, Sentence(cell).view(), widths[i], i > 1), ++i), ...);
      table.erase(table.find_last_not_of(' ') + 1);
      table += '\n';
    };
    row("Operation", "Algorithm", "Output", "Multiply-adds", "Products", "Derived", "Scratch");
    ctnn::detail::for_each_index<Program::size>([&](auto i) {
      using Kernel = typename Program::template kernel<i>;
      constexpr const Node& node = Program::graph.nodes[i];
      if constexpr (node.is_fork()) return; // copies nothing
      constexpr KernelSizes sizes = Program::kernel_sizes[i];
      Sentence algorithm, output, products;
      output << node.output_shape;
      if constexpr (requires { Kernel::algorithm; }) {
        ctnn::detail::write_option(algorithm, Kernel::algorithm);
        products << detail::grouped(Kernel::products);
      }
      row(detail::operation_name<Net>(Program::operations[i]).view(), algorithm.view(),
          output.view(), detail::grouped(node.multiply_adds).view(), products.view(),
          detail::kilobytes(sizeof(T) * sizes.derived).view(),
          detail::kilobytes(sizeof(T) * sizes.scratch).view());
    });

    const auto line = [&](StringView label, StringView value) {
      detail::append_cell(table, label, 0, false);
      detail::append_cell(table, value, 0, false);
      table += '\n';
    };
    const auto memory = [&](StringView label, std::size_t elements) {
      line(label, detail::kilobytes(sizeof(T) * elements).view());
    };
    line("Samples in a chunk: ", (Sentence() << Program::chunk).view());
    memory("Activations, training: ", Program::template buffers<Mode::training>.size);
    memory("Activations, inference: ", Program::template buffers<Mode::inference>.size);
    memory("Scratch: ", Program::offsets.scratch_size);
    memory("Derived parameters: ", Program::offsets.derived_size);
    memory("Gradients of a shard: ", Program::offsets.gradient_size);
    using Training = TrainingProgram<Net, T>;
    if constexpr (Training::phases.last > 0) {
      detail::append_phases<Training>(table);
      line("Samples in a chunk: ", (Sentence() << Training::chunk).view());
      memory("Activations: ", Training::template buffers<Mode::training>.size);
      memory("Kept for the batch, a sample: ", Training::template buffers<Mode::training>.stored);
    }
    return table;
  }
/// table of what cannot run is one compile-time error that says why.
template <class Net, class T = float>
std::string table() {
  static_assert(ctnn::detail::require_empty<ctnn::detail::not_run<Net, T>>());
  return {};
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
