#pragma once
/// @file
/// What runs a network, by its name alone: whoever makes one of what is no network is told so, and
/// whoever has only core.hpp is told which header is missing.

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {
namespace detail {

/// WellFormed is a network that can be asked for its facts.
template <class Net>
concept WellFormed = requires {
  requires Net::well_formed;
};

/// Runs is a network that can run in elements T.
template <class Net, class T>
concept Runs = WellFormed<Net> &&(std::same_as<T, float> || std::same_as<T, double>);

/// not_a_network is what keeps Net from being a network, or nothing if it is one or has told already.
template <class Net>
inline constexpr Sentence not_a_network = [] {
  if constexpr (WellFormed<Net>)
    return Sentence{};
  else if constexpr (requires { Net::error; })
    return Net::error;
  else
    return Sentence() << type_name<Net>()
                      << " is not a network: that is a Sequential which starts with an Input";
}();

/// is_network is whether Net is one. If not, it is the error that says why.
template <class Net>
constexpr bool is_network() {
  return require_empty<not_a_network<Net>>() && WellFormed<Net>;
}

/// not_run is why there is no Network<Net, T>.
template <class Net, class T>
inline constexpr Sentence not_run = [] {
  if constexpr (!WellFormed<Net>)
    return not_a_network<Net>;
  else if constexpr (!Runs<Net, T>)
    return Sentence() << "a network runs in float or double, not in " << type_name<T>();
  else
    return Sentence("to run a network, include <ctnn/infer.hpp>, or <ctnn/train.hpp> to train it");
}();

} // namespace detail

inline namespace CTNN_INSTRUCTION_SET {

/// A Network of what cannot run is one compile-time error that says why. See the specialisation in
/// network/network.hpp for what can.
/// @cond what keeps its uses from complaining again
template <class Net, class T = float>
class Network {
  static_assert(detail::require_empty<detail::not_run<Net, T>>());

public:
  using value_type = T;
  static constexpr std::size_t tensors = 0;
  explicit Network(std::uint64_t = 0) {}
  std::uint64_t seed() const { return 0; }
  Network clone() const { return Network(); }
  void initialize(std::uint64_t) {}
  template <detail::FixedString>
  detail::poison parameter() const {
    return {};
  }
  template <detail::FixedString>
  void assign(const auto&) {}
  detail::poison tensor(std::size_t) const { return {}; }
  void modify(auto&&) {}
  detail::poison predict(auto&&...) const { return {}; }
  detail::poison parameter_block() const { return {}; }
};
/// @endcond

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
