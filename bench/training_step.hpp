#pragma once
// The training step that is timed: one batch of random images, as PyTorch's users time it.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "reference_network.hpp"

namespace ctnn::bench {

/// 2 passes backward for each layer, but for the first, which needs no dx.
template <class Net>
constexpr double training_flops = 2.0 * static_cast<double>(3 * Net::multiply_adds -
                                                            Net::nodes[0].multiply_adds);

/// Not warm, and not checked.
template <class Net, std::size_t Batch>
class TrainingStep {
public:
  static constexpr std::size_t batch = Batch;

  explicit TrainingStep(std::size_t threads)
      : trainer_(net_, NLLLoss{}, SGD{.lr = 0.01, .momentum = 0.9}, {.threads = threads}) {
    std::iota(indices_.begin(), indices_.end(), 0u);
  }

  const Network<Net>& net() const { return net_; }
  const RandomImages<Net>& images() const { return images_; }
  Trainer<Net, NLLLoss, SGD>& trainer() { return trainer_; }

  void run() { run(batch); }
  /// With the first of its images.
  void run(std::size_t images) { trainer_.step(images_, std::span(indices_).first(images)); }

private:
  RandomImages<Net> images_{batch};
  std::vector<std::uint32_t> indices_ = std::vector<std::uint32_t>(batch);
  Network<Net> net_{1};
  Trainer<Net, NLLLoss, SGD> trainer_;
};

} // namespace ctnn::bench
