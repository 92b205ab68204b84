#pragma once
// How a network runs, as a table: which layers are one operation, by which algorithm, in how much
// memory. All of it is known to the type; this only prints it.

#include <cstddef>
#include <string>

#include <ctnn/core/summary.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/plan/program.hpp>

namespace ctnn {
namespace detail {

inline void append_cell(std::string& to, const Text& text, std::size_t width, bool right) {
  const std::string gap(width > text.length ? width - text.length : 0, ' ');
  const StringView characters = text.view();
  if (right) to += gap;
  to.append(characters.data(), characters.size());
  if (!right) to += gap;
}

/// Kilobytes of 1024 bytes, rounded up.
constexpr Text kilobytes(std::size_t bytes) { return grouped((bytes + 1023) / 1024) << " KB"; }

/// "conv2 MaxPool2d ReLU": the name of a group's first layer, and what follows it.
template <class Net, class T, std::size_t I>
constexpr Text operation_name() {
  constexpr Group g = Layout<Net, T>::groups.group[I];
  Text text;
  text << Net::nodes[g.first].name;
  if (Net::nodes[g.first].parameter_count == 0) text << ' ' << Net::nodes[g.first].kind;
  for (std::size_t i = g.first + 1; i < g.first + g.count; ++i) text << ' ' << Net::nodes[i].kind;
  return text;
}

} // namespace detail

/// One line an operation: its algorithm; the multiply-adds of one sample forward, as the layer is
/// defined and as that algorithm does them; what its kernel derives from the parameters, and what it
/// works in. Then the samples of a chunk, and the memory of one thread.
template <class Net, class T = float>
std::string plan_table() {
  using Layout = ctnn::Layout<Net, T>;
  constexpr std::size_t widths[]{28, 13, 14, 14, 14, 11, 11};
  std::string table;
  const auto row = [&](const auto&... cell) {
    std::size_t i = 0;
    ((detail::append_cell(table, Text(cell), widths[i], i > 1), ++i), ...);
    table.erase(table.find_last_not_of(' ') + 1);
    table += '\n';
  };
  row("Operation", "Algorithm", "Output", "Multiply-adds", "Products", "Derived", "Scratch");
  for_each_index<Layout::ops>([&](auto i) {
    using Kernel = typename Layout::template kernel<i>;
    constexpr const Node& node = Layout::run.nodes[i];
    Text algorithm, output, products;
    output << node.output_shape;
    if constexpr (requires { Kernel::algorithm; }) {
      if (Kernel::algorithm == direct)
        algorithm << "direct";
      else
        algorithm << "winograd(" << Kernel::algorithm.tile << ')';
      products = detail::grouped(Kernel::products);
    }
    row(detail::operation_name<Net, T, i>(), algorithm, output, detail::grouped(node.multiply_adds),
        products, detail::kilobytes(sizeof(T) * Kernel::derived_size),
        detail::kilobytes(sizeof(T) * Kernel::scratch_size));
  });

  const auto line = [&](StringView label, const Text& value) {
    table.append(label.data(), label.size());
    detail::append_cell(table, value, 0, true);
    table += '\n';
  };
  constexpr std::size_t chunk = Layout::chunk;
  using plan::Mode;
  line("Samples in a chunk: ", Text("") << chunk);
  line("Activations, training: ", detail::kilobytes(sizeof(T) * Layout::template activations<Mode::training>.size));
  line("Activations, inference: ", detail::kilobytes(sizeof(T) * Layout::template activations<Mode::inference>.size));
  line("Scratch: ", detail::kilobytes(sizeof(T) * Layout::offsets.scratch_size));
  line("Derived parameters: ", detail::kilobytes(sizeof(T) * Layout::offsets.derived_size));
  line("Gradients of a shard: ", detail::kilobytes(sizeof(T) * Layout::offsets.gradient_size));
  return table;
}

} // namespace ctnn
