#pragma once
// The networks that add_shape() has added, before main() begins.

#include <nlohmann/json.hpp>

namespace ctnn::bench {

/// `[{"name": …, "input": [3, 32, 32], "layers": [{"kind": "Conv2d", "in_channels": 3, …}, …]}, …]`:
/// a layer has the arguments of PyTorch's constructor of that name. A network's name is also a
/// pattern for --benchmark_filter.
inline nlohmann::json& shapes() {
  static nlohmann::json all = nlohmann::json::array();
  return all;
}

} // namespace ctnn::bench
