#pragma once
// XNNPACK, where it is installed: the prediction of the seed network.

#include <memory>
#include <span>
#include <string>

#include <ctnn/ctnn.hpp>

#include "mnist_net.hpp"

namespace ctnn::bench {

/// The network in another library's hands, one thread.
struct RivalNetwork {
  std::string error; ///< it could not be built

  virtual ~RivalNetwork() = default;
  virtual void run() = 0;
  virtual std::span<const float> output() const = 0;
};

/// Predicts these images, channels-last, again and again. XNNPACK has no
/// log-softmax in float: the output is the logits, and it is spared that work. Null where XNNPACK
/// was not found when the benchmarks were configured.
std::unique_ptr<RivalNetwork> xnnpack(const Network<Net>& net, std::size_t images, const float* x);

} // namespace ctnn::bench
