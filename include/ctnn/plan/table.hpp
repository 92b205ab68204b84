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

} // namespace detail

/// table has one line an operation: its algorithm; the multiply-adds of one sample forward, as the
/// layer is defined and as that algorithm does them; what its kernel derives from the parameters, and
/// what it works in. Then the samples of a chunk, and the memory of one thread.
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
    return table;
  }
/// table of what cannot run is one compile-time error that says why.
template <class Net, class T = float>
std::string table() {
  static_assert(ctnn::detail::require_empty<ctnn::detail::not_run<Net, T>>());
  return {};
}

} // namespace ctnn::plan::inline CTNN_INSTRUCTION_SET
