#pragma once
// The networks that add_shape() has added, before main() begins.

#include <nlohmann/json.hpp>

namespace ctnn::bench {

/// `[{"name": …, "input": [3, 32, 32], "layers": [{"kind": "Conv2d", "takes": [0], "makes": 1,
/// "in_channels": 3, …}, …]}, …]`, in the order in which they run: a layer takes values by their numbers,
/// of which the network's input is 0, and makes one; the last makes the output. It may be "frozen", and
/// else has the arguments of PyTorch's constructor of that name; a join, "Sum" or "Product", has none. A
/// network's name is also a pattern for --benchmark_filter.
inline nlohmann::json& shapes() {
  static nlohmann::json all = nlohmann::json::array();
  return all;
}

} // namespace ctnn::bench
