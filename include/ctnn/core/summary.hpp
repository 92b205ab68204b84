#pragma once
/// @file
/// torchsummary's table as a compile-time string, to the byte what torchsummary 1.5.1 prints.

#include <array>
#include <cstddef>

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
  constexpr void rule(char c) {
    for (int i = 0; i < 64; ++i) put(c);
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

template <class Graph>
constexpr void write_summary(Writer& to, const Graph& graph, Rows rows, int batch) {
  // A batch of -1 means "any" and counts as one sample, as in torchsummary.
  const std::size_t samples = static_cast<std::size_t>(batch < 0 ? -batch : batch);
  std::size_t outputs = 0, parameters = 0, trained = 0, row = 0;

  to.rule('-');
  to.put("        Layer (type)               Output Shape         Param #\n");
  to.rule('=');
  for (const Node& node : graph.nodes) {
    if (node.is_fork()) continue; // copies nothing
    parameters += node.parameter_count;
    trained += node.trained_count;
    if (rows == Rows::with_parameters && node.parameter_count == 0) continue;
    outputs += node.output_shape.size();
    Cell name, shape;
    name << node.kind << '-' << ++row;
    shape << '[' << batch;
    for (std::size_t axis = 0; axis < node.output_shape.rank; ++axis)
      shape << ", " << node.output_shape[axis];
    shape << ']';
    to.right(name, 20);
    to.put("  ");
    to.right(shape, 25);
    to.put(' ');
    to.right(grouped(node.parameter_count), 15);
    to.put('\n');
  }
  to.rule('=');
  const auto line = [&to](StringView label, const Cell& value) {
    to.put(label);
    to.put(value.view());
    to.put('\n');
  };
  line("Total params: ", grouped(parameters));
  line("Trainable params: ", grouped(trained));
  line("Non-trainable params: ", grouped(parameters - trained));
  to.rule('-');
  const std::size_t input_bytes = 4 * samples * graph.nodes[0].input_shape.size();
  const std::size_t output_bytes = 2 * 4 * samples * outputs; // each output has a gradient
  line("Input size (MB): ", mebibytes(input_bytes));
  line("Forward/backward pass size (MB): ", mebibytes(output_bytes));
  line("Params size (MB): ", mebibytes(4 * parameters));
  line("Estimated Total Size (MB): ", mebibytes(input_bytes + output_bytes + 4 * parameters));
  to.rule('-');
}

/// summary_characters are the table and a NUL.
template <class Net, Rows R, int Batch>
inline constexpr auto summary_characters = [] {
  if constexpr (!is_network<Net>()) {
    return std::array<char, 1>{};
  } else {
    constexpr std::size_t length = [] {
      Writer counter;
      write_summary(counter, Net::graph, R, Batch);
      return counter.length;
    }();
    std::array<char, length + 1> characters{};
    Writer writer{characters.data()};
    write_summary(writer, Net::graph, R, Batch);
    return characters;
  }
}();

} // namespace detail

/// summary is the table that torchsummary 1.5.1 prints of a network, to the byte, with the sizes for
/// `Batch` samples; -1 is one sample, and prints -1. As there, an MB is 1024 * 1024 bytes, an element
/// four bytes. It is a StringView: `std::cout << summary<Net>` prints it, and a NUL follows it.
template <class Net, Rows R = Rows::all, int Batch = -1>
inline constexpr StringView summary{detail::summary_characters<Net, R, Batch>.data(),
                                    detail::summary_characters<Net, R, Batch>.size() - 1};

} // namespace ctnn
