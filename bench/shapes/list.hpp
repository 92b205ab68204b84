#pragma once
// The networks that add_shape() has added, before main() begins.

#include <nlohmann/json.hpp>

namespace ctnn::bench {

/// An array of what describe() makes. A network's name is also a pattern for --benchmark_filter.
inline nlohmann::json& shapes() {
  static nlohmann::json all = nlohmann::json::array();
  return all;
}

} // namespace ctnn::bench
