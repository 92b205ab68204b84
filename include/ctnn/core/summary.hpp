#pragma once
/// @file
/// torchsummary's table as a compile-time string, to the byte what torchsummary 1.5.1 prints; of a
/// network that branches, a tree of its modules and branches.

#include <cstddef>

#include <ctnn/core/array.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/names.hpp>

namespace ctnn {

/// Rows says which layers have a row in the table that summary prints.
enum class Rows {
  all,            ///< every layer, as torchsummary of an nn.Sequential
  with_parameters ///< as torchsummary of a model that calls activations and poolings as functions
};

namespace detail {

/// A Cell is what stands in one column of a table.
using Cell = BoundedText<47>;

/// A Writer writes characters into `out`, or only counts them where `out` is null.
struct Writer {
  char* out = nullptr;
  std::size_t length = 0;

  constexpr void put(char c) {
    if (out != nullptr) out[length] = c;
    ++length;
  }
  constexpr void put(StringView text) {
    for (const char c : text) put(c);
  }
  constexpr void right(const Cell& text, std::size_t width) {
    for (std::size_t i = text.length; i < width; ++i) put(' ');
    put(text.view());
  }
  constexpr void left(StringView text, std::size_t width) {
    put(text);
    for (std::size_t i = text.size(); i < width; ++i) put(' ');
  }
  constexpr void rule(char c, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) put(c);
    put('\n');
  }
};

/// grouped is a number with its thousands apart: `593,200`.
constexpr Cell grouped(std::size_t number) {
  Cell digits, text;
  digits << number;
  for (std::size_t i = 0; i < digits.length; ++i) {
    if (i > 0 && (digits.length - i) % 3 == 0) text << ',';
    text << digits.chars[i];
  }
  return text;
}

/// mebibytes writes bytes in MiB as printf's %0.2f: to the nearest hundredth, halves to even.
constexpr Cell mebibytes(std::size_t bytes) {
  constexpr std::size_t unit = 1024 * 1024;
  std::size_t hundredths = bytes * 100 / unit;
  const std::size_t rest = bytes * 100 % unit;
  if (rest * 2 > unit || (rest * 2 == unit && hundredths % 2 == 1)) ++hundredths;
  Cell text;
  return text << hundredths / 100 << '.' << hundredths / 10 % 10 << hundredths % 10;
}

constexpr Cell batched(const Shape& shape, int batch) {
  Cell text;
  text << '[' << batch;
  for (std::size_t axis = 0; axis < shape.rank; ++axis) text << ", " << shape[axis];
  return text << ']';
}

/// part_end is where the part of a dotted name that begins at `begin` ends.
constexpr std::size_t part_end(StringView name, std::size_t begin) {
  return begin + name.from(begin).find(".");
}

/// parts_of is how many parts a dotted name has.
constexpr std::size_t parts_of(StringView name) {
  std::size_t parts = name.empty() ? 0 : 1;
  for (const char c : name) parts += c == '.';
  return parts;
}

/// A Tree writes the rows of a network that branches: a module's layers are indented below its name,
/// those of a join below the join; each branch begins with a plus sign.
template <class Graph>
class Tree {
public:
  static constexpr std::size_t name_width = 38;

  constexpr Tree(Writer& to, const Graph& graph, Rows rows, int batch)
      : to_(to), graph_(graph), rows_(rows), batch_(batch) {}

  constexpr void write() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (node.inputs > 1) {
        skip_to(graph_.nodes[open_[depth_ - 1].fork].outputs);
        --depth_;
        begins_ = false;
        path_ = Name(node.name.view());
        continue;
      }
      const std::size_t input = graph_.input_of(i);
      if (depth_ > 0 && graph_.values[input].maker == open_[depth_ - 1].fork)
        skip_to(input - graph_.nodes[open_[depth_ - 1].fork].first_output);
      if (node.is_fork()) {
        open_modules(node.name.view(), node.name.length);
        row(depth_ + parts_of(node.name.view()), join_of(i).kind, &join_of(i));
        open_[depth_++] = {i, parts_of(node.name.view()), 0};
      } else if (rows_ == Rows::all || node.parameter_count > 0) {
        const StringView name = node.name.view();
        std::size_t own = name.size();
        while (own > 0 && name[own - 1] != '.') --own;
        open_modules(name, own == 0 ? 0 : own - 1);
        Name text(name.from(own));
        text << " (" << node.kind << ')';
        row(depth_ + parts_of(name) - 1, text.view(), &node);
      }
    }
  }

private:
  /// An Open is a fork whose branches are being written: the module that it stands in by the number of
  /// parts of its name, and the branches so far.
  struct Open {
    std::size_t fork = 0, parts = 0, branches = 0;
  };

  constexpr const Node& join_of(std::size_t fork) const {
    std::size_t nested = 0;
    for (std::size_t i = fork + 1;; ++i) {
      if (graph_.nodes[i].is_fork()) ++nested;
      if (graph_.nodes[i].inputs > 1 && nested-- == 0) return graph_.nodes[i];
    }
  }

  /// skip_to begins branch number `branch`; what lies between has no layers.
  constexpr void skip_to(std::size_t branch) {
    Open& open = open_[depth_ - 1];
    path_ = Name(graph_.nodes[open.fork].name.view());
    for (; open.branches < branch; ++open.branches) {
      begins_ = true;
      if (rows_ == Rows::all) row(depth_ + open.parts, "Identity", nullptr);
    }
    ++open.branches;
    begins_ = true;
  }

  /// open_modules writes the modules of the first `length` characters of a name that are not open yet.
  constexpr void open_modules(StringView name, std::size_t length) {
    const StringView modules = name.first(length);
    std::size_t begin = 0, parts = 0;
    while (begin < length) {
      const std::size_t end = part_end(modules, begin);
      const bool is_open = path_.length >= end && path_.view().first(end) == modules.first(end) &&
                           (path_.length == end || path_.chars[end] == '.');
      if (!is_open) {
        std::size_t forks = 0;
        while (forks < depth_ && open_[forks].parts <= parts) ++forks;
        row(forks + parts, modules.first(end).from(begin), nullptr);
      }
      ++parts;
      begin = end + 1;
    }
    path_ = Name(modules);
  }

  /// row writes what has a shape with its numbers, and otherwise the text alone.
  constexpr void row(std::size_t depth, StringView text, const Node* node) {
    Name cell;
    for (std::size_t i = 0; i < depth; ++i) cell << (begins_ && i + 1 == depth ? "+ " : "  ");
    begins_ = false;
    cell << text;
    if (node == nullptr) {
      to_.put(cell.view());
    } else {
      to_.left(cell.view(), name_width);
      to_.put(' ');
      to_.right(batched(node->output_shape, batch_), 25);
      to_.put(' ');
      to_.right(grouped(node->parameter_count), 15);
    }
    to_.put('\n');
  }

  Writer& to_;
  const Graph& graph_;
  Rows rows_;
  int batch_;
  Array<Open, Graph::most_forks + 1> open_{};
  std::size_t depth_ = 0;
  Name path_{};
  bool begins_ = false; ///< whether the next row begins a branch
};

template <class Graph>
constexpr void write_summary(Writer& to, const Graph& graph, Rows rows, int batch) {
  // A batch of -1 means "any" and counts as one sample, as in torchsummary.
  const std::size_t samples = static_cast<std::size_t>(batch < 0 ? -batch : batch);
  std::size_t outputs = 0, parameters = 0, trained = 0, row = 0;
  bool branches = false;
  for (const Node& node : graph.nodes) {
    branches |= node.is_fork();
    parameters += node.parameter_count;
    trained += node.trained_count;
    if (!node.is_fork() && (rows == Rows::all || node.parameter_count > 0))
      outputs += node.output_shape.size();
  }

  const std::size_t width = branches ? Tree<Graph>::name_width + 42 : 64;
  to.rule('-', width);
  if (branches) {
    to.left("Layer (type)", Tree<Graph>::name_width);
    to.put("              Output Shape         Param #\n");
    to.rule('=', width);
    Tree(to, graph, rows, batch).write();
  } else {
    to.put("        Layer (type)               Output Shape         Param #\n");
    to.rule('=', width);
    for (const Node& node : graph.nodes) {
      if (rows == Rows::with_parameters && node.parameter_count == 0) continue;
      Cell name;
      name << node.kind << '-' << ++row;
      to.right(name, 20);
      to.put("  ");
      to.right(batched(node.output_shape, batch), 25);
      to.put(' ');
      to.right(grouped(node.parameter_count), 15);
      to.put('\n');
    }
  }
  to.rule('=', width);
  const auto line = [&to](StringView label, const Cell& value) {
    to.put(label);
    to.put(value.view());
    to.put('\n');
  };
  line("Total params: ", grouped(parameters));
  line("Trainable params: ", grouped(trained));
  line("Non-trainable params: ", grouped(parameters - trained));
  to.rule('-', width);
  const std::size_t input_bytes = 4 * samples * graph.nodes[0].input_shape.size();
  const std::size_t output_bytes = 2 * 4 * samples * outputs; // each output has a gradient
  line("Input size (MB): ", mebibytes(input_bytes));
  line("Forward/backward pass size (MB): ", mebibytes(output_bytes));
  line("Params size (MB): ", mebibytes(4 * parameters));
  line("Estimated Total Size (MB): ", mebibytes(input_bytes + output_bytes + 4 * parameters));
  to.rule('-', width);
}

/// summary_characters are the table and a NUL.
template <class Net, Rows R, int Batch>
inline constexpr auto summary_characters = [] {
  if constexpr (!is_network<Net>()) {
    return Array<char, 1>{};
  } else {
    constexpr std::size_t length = [] {
      Writer counter;
      write_summary(counter, Net::graph, R, Batch);
      return counter.length;
    }();
    Array<char, length + 1> characters{};
    Writer writer{characters.data()};
    write_summary(writer, Net::graph, R, Batch);
    return characters;
  }
}();

} // namespace detail

/// summary is the table that torchsummary 1.5.1 prints of a network, to the byte, with the sizes for
/// `Batch` samples; -1 is one sample, and prints -1. As there, an MB is 1024 * 1024 bytes, an element
/// four bytes. Of a network that branches it is a tree, as torchinfo's: modules and joins with what is in
/// them below. It is a StringView: `std::cout << summary<Net>` prints it, and a NUL follows it.
template <class Net, Rows R = Rows::all, int Batch = -1>
inline constexpr StringView summary{detail::summary_characters<Net, R, Batch>.data(),
                                    detail::summary_characters<Net, R, Batch>.size() - 1};

} // namespace ctnn
