#pragma once
/// @file
/// One mistake, one sentence. The sentence is computed by constexpr code and becomes the name of a
/// template that is never defined, because that is what both compilers print whole in the error
/// line:
///
///     error: incomplete type 'ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4
///     MaxPool2d<5>: window 5x5 …"}>'

#include <cstddef>
#include <utility>

#include <ctnn/core/text.hpp>

namespace ctnn {

namespace detail {

/// ill_formed is never defined: to need it is the error.
template <FixedString... Pieces>
struct ill_formed;

/// poison is what the members of an ill-formed network are, so that nothing that uses them complains
/// again: it converts to anything, compares as wished, can be called and indexed.
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
  template <class T>
  friend constexpr bool operator>(poison, const T&) {
    return true;
  }
  template <class T>
  friend constexpr bool operator<=(poison, const T&) {
    return true;
  }
  template <class T>
  friend constexpr bool operator>=(poison, const T&) {
    return true;
  }

  static const poison name, kind, input_shape, output_shape, parameter_count, multiply_adds, shape,
      parameters;
  constexpr poison size() const { return {}; }
  constexpr poison view() const { return {}; }
};
inline constexpr poison poison::name{}, poison::kind{}, poison::input_shape{},
    poison::output_shape{}, poison::parameter_count{}, poison::multiply_adds{}, poison::shape{},
    poison::parameters{};

#ifdef __clang__
// clang cuts a literal in a template argument after 36 characters.
inline constexpr std::size_t longest_piece = 36;
#else
inline constexpr std::size_t longest_piece = Sentence::capacity;
#endif

/// piece_end is where the piece that starts at `begin` ends: after a blank, if the text does not fit.
constexpr std::size_t piece_end(StringView sentence, std::size_t begin) {
  if (sentence.size() - begin < longest_piece) return sentence.size();
  std::size_t end = begin + longest_piece - 1;
  while (end > begin && sentence[end - 1] != ' ') --end;
  return end > begin ? end : begin + longest_piece - 1;
}

constexpr std::size_t piece_begin(StringView sentence, std::size_t index) {
  std::size_t begin = 0;
  while (index-- > 0) begin = piece_end(sentence, begin);
  return begin;
}

constexpr std::size_t piece_count(StringView sentence) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < sentence.size(); begin = piece_end(sentence, begin)) ++count;
  return count;
}

template <const Sentence& What, std::size_t Index>
constexpr auto piece() {
  constexpr std::size_t begin = piece_begin(What.view(), Index);
  constexpr std::size_t end = piece_end(What.view(), begin);
  FixedString<end - begin + 1> cut;
  for (std::size_t i = begin; i < end; ++i) cut.chars[i - begin] = What.chars[i];
  cut.chars[end - begin] = '\0'; // written out: clang prints an implicit filler as integers
  return cut;
}

template <const Sentence& What, class = std::make_index_sequence<piece_count(What.view())>>
struct sentence;
template <const Sentence& What, std::size_t... Index>
struct sentence<What, std::index_sequence<Index...>> {
  using type = ill_formed<piece<What, Index>()...>;
};

/// show is the one place that fails, unless the sentence is empty.
template <class Pieces>
struct show {
  static_assert(Pieces::value);
};
template <>
struct show<ill_formed<>> {};

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
template <FixedString First, FixedString... Rest>
struct show<ill_formed<First, Rest...>> {
  static constexpr Sentence whole = [] {
    Sentence all;
    all << StringView(First.chars);
    ((all << StringView(Rest.chars)), ...);
    return all;
  }();
  static_assert(whole.empty(), whole.view());
};
#endif

/// require_empty compiles if `What` is empty, and otherwise is the error that says it.
template <const Sentence& What>
constexpr bool require_empty() {
  return sizeof(show<typename sentence<What>::type>) > 0;
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
