#pragma once
/// @file
/// Parameters that an optimizer treats unlike the others, chosen by name or shape: PyTorch's
/// param_groups.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/facts.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/train/optimizers.hpp>

namespace ctnn {
namespace detail {

/// matches is whether `name` is the pattern, in which each * stands for any characters, or none.
constexpr bool matches(StringView pattern, StringView name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return matches(pattern.from(1), name) || (!name.empty() && matches(pattern, name.from(1)));
  return !name.empty() && pattern[0] == name[0] && matches(pattern.from(1), name.from(1));
}

} // namespace detail

/// ByName selects the parameters that have one of these names, in which * stands for any characters:
/// `ByName<"fc.*", "*.bias">`.
template <detail::FixedString... Patterns>
struct ByName {
  /// Whether it selects a parameter, a detail::ParameterNode. A selector of your own is a struct that
  /// says this.
  static constexpr bool selects(const detail::ParameterNode& parameter) {
    return (detail::matches(Patterns.view(), parameter.name.view()) || ...);
  }

  /// check is what is wrong with the names for a network, or nothing.
  template <class Net>
  static constexpr Sentence check() {
    Sentence error;
    ((error.empty() ? void(error = check<Net>(Patterns.view())) : void()), ...);
    return error;
  }

private:
  template <class Net>
  static constexpr Sentence check(StringView pattern) {
    Sentence error;
    std::size_t nearest = 0, distance = ~std::size_t{0};
    bool known = false;
    for (std::size_t p = 0; p < Net::graph.parameters.size(); ++p) {
      const auto& parameter = Net::graph.parameters[p];
      if (detail::matches(pattern, parameter.name.view())) {
        if (parameter.trained) return error;
        known = true;
      } else if (const auto d = detail::edit_distance(pattern, parameter.name.view());
                 d < distance) {
        nearest = p;
        distance = d;
      }
    }
    if (known) return error << "ByName: nothing is trained of what is named " << pattern;
    return error << "ByName: no parameter is named " << pattern << "; the nearest is "
                 << Net::graph.parameters[nearest].name;
  }
};

/// BiasesAndNorms selects the parameters of one dimension or none: biases, what norms and PReLU learn.
/// They are what is usually spared weight decay (timm's rule).
struct BiasesAndNorms {
  /// Whether it selects a parameter.
  static constexpr bool selects(const detail::ParameterNode& parameter) {
    return parameter.shape.rank <= 1;
  }
};

/// A Group says what is another than in the rest for the parameters that `Selector` selects, such as
/// `ByName<…>` or BiasesAndNorms: `Group<BiasesAndNorms>{.weight_decay = 0}`.
template <class Selector>
struct Group {
  double lr_scale = 1; ///< what the learning rate, which a scheduler may set, is multiplied by
  std::optional<double> weight_decay = {}; ///< the weight decay; if not said, that of the rest
};

namespace detail {

/// selector_error is what is wrong with some selectors for a network, as far as they say it, or nothing.
template <class Net, class... Selectors>
constexpr Sentence selector_error() {
  Sentence error;
  [[maybe_unused]] const auto ask = [&]<class Selector>(Selector) {
    if constexpr (requires { Selector::template check<Net>(); })
      if (error.empty()) error = Selector::template check<Net>();
  };
  (ask(Selectors{}), ...);
  return error;
}

} // namespace detail

inline namespace CTNN_INSTRUCTION_SET {

/// ParameterGroups is an optimizer O that treats some parameters in another way. Its members are O's.
/// The first group that selects a parameter has it; each group has to have one.
///
///     ParameterGroups{SGD{.lr = 0.1, .weight_decay = 5e-4},
///                     Group<BiasesAndNorms>{.weight_decay = 0}, Group<ByName<"fc.*">>{.lr_scale = 10}}
template <class O, class... Selectors>
struct ParameterGroups : O {
  using decorated = O; ///< the optimizer that it is made of

  std::array<Group<void>, sizeof...(Selectors)> groups; ///< what is said of each group, in order

  /// Makes an optimizer and its groups.
  constexpr ParameterGroups(O optimizer, Group<Selectors>... said)
      : O(optimizer), groups{Group<void>{said.lr_scale, said.weight_decay}...} {}

  static constexpr bool by_parameter = true;

  template <class Net>
  static constexpr Sentence check() {
    Sentence error = detail::selector_error<Net, Selectors...>();
    if constexpr (requires { O::template check<Net>(); })
      if (error.empty()) error = O::template check<Net>();
    if constexpr (!requires(O & optimizer) { optimizer.weight_decay = 0.0; })
      if (error.empty())
        error << detail::type_name<O>()
              << " has no double weight_decay that ParameterGroups could set";
    bool filled[sizeof...(Selectors) + 1]{};
    for (const auto& parameter : Net::graph.parameters)
      if (parameter.trained) filled[group_of(parameter)] = true;
    for (std::size_t group = 0; group < sizeof...(Selectors); ++group)
      if (error.empty() && !filled[group])
        error << "ParameterGroups: group " << group << " of "
              << std::array{detail::type_name<Selectors>()..., StringView()}[group]
              << " has no parameter that is trained and in no group before it";
    return error;
  }

  template <class T, std::size_t N>
  void update(std::uint64_t step, std::size_t count, T* w, const T* g,
              const std::array<T*, N>& state, const detail::ParameterNode& parameter,
              const auto&... scratch) const {
    O own = *this;
    if (const std::size_t group = group_of(parameter); group < groups.size()) {
      own.lr *= groups[group].lr_scale;
      own.weight_decay = groups[group].weight_decay.value_or(own.weight_decay);
    }
    if constexpr (detail::ByParameter<O>)
      own.update(step, count, w, g, state, parameter, scratch...);
    else
      own.update(step, count, w, g, state);
  }

private:
  /// group_of is the group of a parameter; their number for what is in none.
  static constexpr std::size_t group_of([[maybe_unused]] const detail::ParameterNode& parameter) {
    std::size_t group = 0;
    static_cast<void>(((Selectors::selects(parameter) || (++group, false)) || ...));
    return group;
  }
};

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
