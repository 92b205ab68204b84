#pragma once
// Optimizers and schedulers to choose from, and what they are called.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ctnn/train/schedulers.hpp>

namespace trainer {

enum class Optimizer { sgd, adam, adamw };
enum class Scheduler { constant, step, cosine, onecycle };

/// The word of an enumerator on the command line and in files, and what a sentence calls it.
struct Name {
  std::string_view word, full;
};

/// The names of an enumeration, in its order.
template <class E>
inline constexpr std::array<Name, 0> names{};
template <>
inline constexpr std::array<Name, 3> names<Optimizer>{
    {{"sgd", "SGD"}, {"adam", "Adam"}, {"adamw", "AdamW"}}};
template <>
inline constexpr std::array<Name, 4> names<Scheduler>{{{"constant", "a constant learning rate"},
                                                       {"step", "StepLR"},
                                                       {"cosine", "CosineAnnealingLR"},
                                                       {"onecycle", "OneCycleLR"}}};
template <>
inline constexpr std::array<Name, 2> names<ctnn::OneCycleLR::Anneal>{
    {{"cos", "cosine"}, {"linear", "linear"}}};

template <class E>
constexpr const Name& name(E value) {
  return names<E>[static_cast<std::size_t>(value)];
}

/// The enumerator of that word, if there is one.
template <class E>
std::optional<E> from_word(std::string_view word) {
  const auto found = std::ranges::find(names<E>, word, &Name::word);
  if (found == names<E>.end()) return std::nullopt;
  return static_cast<E>(found - names<E>.begin());
}

template <class E>
std::vector<std::string> words() {
  std::vector<std::string> all;
  for (const Name& name : names<E>) all.emplace_back(name.word);
  return all;
}

} // namespace trainer
