#pragma once
/// @file
/// One mistake, one sentence. The sentence is computed by constexpr code and becomes the name of a
/// template that is never defined, because that is what both compilers print in the error line:
///
///     error: incomplete type 'ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4
///     MaxPool2d<5>: window 5x5 …"}>'

#include <cstddef>
#include <type_traits>

#include <ctnn/core/text.hpp>

namespace ctnn {

namespace detail {

template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

/// poison is what the members of an ill-formed network are, so that nothing that uses them complains
/// again: it converts to anything, compares as wished, counts, can be called, indexed, looped over and
/// printed; and its members are poison.
struct poison {
  template <class T>
  constexpr operator T() const {
    return T{};
  }
  template <class... Arguments>
  constexpr poison operator()(Arguments&&...) const {
    return {};
  }
  template <class Index>
  constexpr poison operator[](const Index&) const {
    return {};
  }
  constexpr const poison* begin() const { return this; }
  constexpr const poison* end() const { return this; }

  template <class T>
  friend constexpr bool operator==(poison, const T&) {
    return true;
  }
  template <class T>
  friend constexpr bool operator!=(poison, const T&) {
    return true;
  }
  template <class T>
  friend constexpr bool operator<(poison, const T&) {
    return true;
  }
  template <Arithmetic T>
  friend constexpr bool operator<(const T&, poison) {
    return true;
  }
  template <class T>
  friend constexpr bool operator>(poison, const T&) {
    return true;
  }
  template <Arithmetic T>
  friend constexpr bool operator>(const T&, poison) {
    return true;
  }
  template <class T>
  friend constexpr bool operator<=(poison, const T&) {
    return true;
  }
  template <Arithmetic T>
  friend constexpr bool operator<=(const T&, poison) {
    return true;
  }
  template <class T>
  friend constexpr bool operator>=(poison, const T&) {
    return true;
  }
  template <Arithmetic T>
  friend constexpr bool operator>=(const T&, poison) {
    return true;
  }
  template <class T>
  friend constexpr poison operator+(poison, const T&) {
    return {};
  }
  template <Arithmetic T>
  friend constexpr poison operator+(const T&, poison) {
    return {};
  }
  template <class T>
  friend constexpr poison operator-(poison, const T&) {
    return {};
  }
  template <Arithmetic T>
  friend constexpr poison operator-(const T&, poison) {
    return {};
  }
  template <class T>
  friend constexpr poison operator*(poison, const T&) {
    return {};
  }
  template <Arithmetic T>
  friend constexpr poison operator*(const T&, poison) {
    return {};
  }
  template <class T>
  friend constexpr poison operator/(poison, const T&) {
    return {};
  }
  template <Arithmetic T>
  friend constexpr poison operator/(const T&, poison) {
    return {};
  }
  template <class Stream>
    requires requires(Stream& to) { to.write("", 0); }
  friend Stream& operator<<(Stream& to, poison) { return to; }

  // The members of Graph, Node, ParameterNode, Shape and of a tensor.
  static const poison nodes, parameters, error, name, kind, input_shape, output_shape,
      first_parameter, parameter_tensors, parameter_count, multiply_adds, tape_size, backward_reads,
      in_place, shape, initial, node, extent, rank, channels, height, width, size, data, empty,
      view, chars, length, values, output, trained_count, role, trained, is_fork, is_layer, inputs,
      outputs, first_input, first_output, taken, maker, taker, wants_gradient, passes_gradient,
      sees_batch, frozen, checkpoint, input_of, output_of, node_count, value_count, edge_count;
};
inline constexpr poison poison::nodes{}, poison::parameters{}, poison::error{}, poison::name{},
    poison::kind{}, poison::input_shape{}, poison::output_shape{}, poison::first_parameter{},
    poison::parameter_tensors{}, poison::parameter_count{}, poison::multiply_adds{},
    poison::tape_size{}, poison::backward_reads{}, poison::in_place{}, poison::shape{},
    poison::initial{}, poison::node{}, poison::extent{}, poison::rank{}, poison::channels{},
    poison::height{}, poison::width{}, poison::size{}, poison::data{}, poison::empty{},
    poison::view{}, poison::chars{}, poison::length{}, poison::values{}, poison::output{},
    poison::trained_count{}, poison::role{}, poison::trained{}, poison::is_fork{},
    poison::is_layer{}, poison::inputs{}, poison::outputs{}, poison::first_input{},
    poison::first_output{}, poison::taken{}, poison::maker{}, poison::taker{},
    poison::wants_gradient{}, poison::passes_gradient{}, poison::sees_batch{}, poison::frozen{},
    poison::checkpoint{}, poison::input_of{}, poison::output_of{}, poison::node_count{},
    poison::value_count{}, poison::edge_count{};

/// Lines are a text as a template argument for clang, which cuts a literal there after 36 characters:
/// its lines, of one length each, are cut behind a blank.
template <std::size_t Count>
struct Lines {
  char line[Count][37];
};

/// line_end is where the line that starts at `begin` ends.
constexpr std::size_t line_end(StringView sentence, std::size_t begin) {
  constexpr std::size_t longest = 36;
  if (sentence.size() - begin <= longest) return sentence.size();
  std::size_t end = begin + longest;
  while (end > begin && sentence[end - 1] != ' ') --end;
  return end > begin ? end : begin + longest;
}

/// lettering is a sentence as a template argument, as the compiler prints it best.
template <const Sentence& What>
constexpr auto lettering() {
  constexpr StringView text = What.view();
#if !defined(__clang__) || (defined(__cpp_static_assert) && __cpp_static_assert >= 202306L)
  FixedString<text.size() + 1> all;
  for (std::size_t i = 0; i < text.size(); ++i) all.chars[i] = text[i];
  return all;
#else
  constexpr std::size_t count = [] {
    std::size_t lines = 0;
    for (std::size_t at = 0; at < What.length; at = line_end(What.view(), at)) ++lines;
    return lines;
  }();
  Lines<count> all;
  std::size_t at = 0;
  for (auto& line : all.line) {
    const std::size_t end = line_end(text, at);
    for (char& c : line) c = at < end ? text[at++] : ' ';
    line[36] = '\0';
    at = end;
  }
  return all;
#endif
}

/// ill_formed is never defined: to need it is the error.
template <auto Text>
struct ill_formed;

/// show is the one place that fails: once for a text, however often it is told.
template <auto Text>
constexpr bool show() {
#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
  static_assert(Text.view().empty(), Text.view());
#else
  static_assert(ill_formed<Text>::value);
#endif
  return true;
}

/// require_empty compiles if `What` is empty, and otherwise is the error that says it.
template <const Sentence& What>
constexpr bool require_empty() {
  if constexpr (What.empty())
    return true;
  else
    return show<lettering<What>()>();
}

/// tell fails with the sentence, unless it is empty, where its result is needed.
template <const Sentence& What>
constexpr poison tell() {
  static_cast<void>(require_empty<What>());
  return {};
}

/// already_told is the error of something that has told it already.
inline constexpr Sentence already_told{};

/// edit_distance is the least number of insertions, deletions and replacements that lead from one word
/// to the other (Levenshtein).
constexpr std::size_t edit_distance(StringView from, StringView to) {
  std::size_t row[Name::capacity + 1]{};
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      const std::size_t one_more = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      row[j] = replaced < one_more ? replaced : one_more;
    }
  }
  return row[to.size()];
}

} // namespace detail
} // namespace ctnn
