#pragma once
// What there is to choose from, such as optimizers and schedulers, and what it is called.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ctnn/train/schedulers.hpp>

namespace trainer {

enum class Optimizer { sgd, adam, adamw, rmsprop, nadam, lion, muon };
enum class Scheduler {
  constant,
  step,
  multistep,
  exponential,
  linear,
  cosine,
  warm_restarts,
  onecycle,
  polynomial,
  plateau
};
/// What a run may have besides them. The word is the option that asks for it.
enum class SchedulePart { warmup, cycled_momentum };
/// By what Muon scales its learning rate: PyTorch's adjust_lr_fn.
enum class AdjustLr { original, match_rms_adamw };

/// The word of an enumerator on the command line and in files, and what a sentence calls it.
struct Name {
  std::string_view word, full;
};

/// The names of an enumeration, in its order.
template <class E>
inline constexpr std::array<Name, 0> names{};
template <>
inline constexpr std::array<Name, 7> names<Optimizer>{{{"sgd", "SGD"},
                                                       {"adam", "Adam"},
                                                       {"adamw", "AdamW"},
                                                       {"rmsprop", "RMSprop"},
                                                       {"nadam", "NAdam"},
                                                       {"lion", "Lion"},
                                                       {"muon", "Muon"}}};
template <>
inline constexpr std::array<Name, 10> names<Scheduler>{
    {{"constant", "a constant learning rate"},
     {"step", "StepLR"},
     {"multistep", "MultiStepLR"},
     {"exponential", "ExponentialLR"},
     {"linear", "LinearLR"},
     {"cosine", "CosineAnnealingLR"},
     {"warm-restarts", "CosineAnnealingWarmRestarts"},
     {"onecycle", "OneCycleLR"},
     {"polynomial", "PolynomialLR"},
     {"plateau", "ReduceLROnPlateau"}}};
template <>
inline constexpr std::array<Name, 2> names<SchedulePart>{
    {{"warmup", "--warmup-epochs"}, {"cycled_momentum", "--cycle-momentum"}}};
template <>
inline constexpr std::array<Name, 2> names<AdjustLr>{
    {{"original", "original"}, {"match-rms-adamw", "match_rms_adamw"}}};
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
