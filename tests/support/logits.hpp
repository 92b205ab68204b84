#pragma once
// A network of torchvision's with hashed weights, against the logits that torchvision's has in float64
// (tests/reference/torchvision_nets.py).

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <ctnn/infer.hpp>

#include "support/catch.hpp"
#include "support/hashed_weights.hpp"
#include "support/reference.hpp"
#include "support/torchvision.hpp"

namespace ctnn::test {

/// Checks that Net, torchvision's `network` for images of size "3x32x32" or such, has its logits within
/// `tolerance` of the largest.
template <class Net, class T>
void has_torchvisions_logits(const std::string& network, const std::string& size,
                             double tolerance) {
  INFO(network << ' ' << size << (sizeof(T) == 4 ? " in float" : " in double"));
  const auto expected = reference("torchvision_nets/" + network + ".json")[size];
  const auto samples = expected["samples"].get<std::size_t>();
  const auto logits = numbers(expected["logits"]);
  const auto x = hashed_images<T>("input " + size, samples * Net::input_shape.size());
  std::vector<T> y(samples * Net::output_shape.size());
  REQUIRE(logits.size() == y.size());

  Network<Net, T> net;
  load_hashed_weights(net,
                      torchvision_state_dict(network)); // strictly: throws if a tensor is amiss
  Workspace<Net, T> workspace;
  net.predict(samples, x.data(), y.data(), workspace);
  double largest = 0, apart = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    largest = std::max(largest, std::abs(logits[i]));
    const double error = std::abs(static_cast<double>(y[i]) - logits[i]);
    if (!(error <= apart)) apart = error; // NaN is an error too
  }
  CHECK(apart / largest <= tolerance);
}

} // namespace ctnn::test
