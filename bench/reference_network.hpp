#pragma once
// A whole network layer by layer in scalar code and double precision, and images to run it on.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <ctnn/ctnn.hpp>

#include "reference.hpp"

namespace ctnn::bench {

/// Normal noise; a data set for Net.
template <class Net>
struct RandomImages {
  static constexpr Shape sample_shape = Net::input_shape;
  std::vector<float> pixels;

  explicit RandomImages(std::size_t images, std::uint32_t seed = std::mt19937::default_seed)
      : pixels(images * Net::input_shape.size()) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (float& pixel : pixels) pixel = normal(random);
  }
  std::size_t size() const { return pixels.size() / Net::input_shape.size(); }
  void read(std::size_t i, float* x) const {
    std::copy_n(pixels.data() + i * Net::input_shape.size(), Net::input_shape.size(), x);
  }
  std::uint32_t label(std::size_t i) const {
    return static_cast<std::uint32_t>(i % Net::output_shape.size());
  }
};

/// Forward at once; NLLLoss, its mean over the images, and its gradients when asked for.
template <class Net>
class ReferenceNetwork {
public:
  ReferenceNetwork(const Network<Net>& net, const RandomImages<Net>& images, std::size_t samples) {
    for (std::size_t i = 0; i < Net::node_count; ++i) nodes_.emplace_back(Net::graph, i, samples);
    for (std::size_t i = 0; i < samples; ++i) {
      Workspace<Net> workspace;
      ctnn::detail::Pass<plan::Program<Net, float>>::write_input(
          1, images.pixels.data() + i * Net::input_shape.size(), workspace);
      std::copy_n(workspace.value(0), Net::input_shape.size(),
                  nodes_[0].x.begin() + static_cast<std::ptrdiff_t>(i * Net::input_shape.size()));
    }
    ctnn::detail::for_each_index<Net::node_count>([&](auto i) {
      constexpr const ctnn::detail::Node& node = Net::graph.nodes[i];
      for (std::size_t p = 0; p < node.parameter_tensors; ++p)
        std::ranges::copy(net.tensor(node.first_parameter + p), nodes_[i].parameters[p].begin());
      OracleOf<i>::forward(nodes_[i]);
      if (i + 1 < Net::node_count) nodes_[i + 1].x = nodes_[i].y;
    });
    for (std::size_t sample = 0; sample < samples; ++sample) {
      const std::size_t at = sample * Net::output_shape.size() + images.label(sample);
      loss_ -= nodes_.back().y[at] / static_cast<double>(samples);
      nodes_.back().dy[at] = -1.0 / static_cast<double>(samples);
    }
  }

  double loss() const { return loss_; }
  const std::vector<double>& output() const { return nodes_.back().y; }

  /// Whether rounding, `tolerance` of the largest number at each layer, could decide otherwise than
  /// this network does: which element wins a pooling window, what a ReLU lets through.
  bool is_decided(double tolerance) const {
    bool decided = true;
    ctnn::detail::for_each_index<Net::node_count>([&](auto i) {
      if constexpr (requires { &OracleOf<i>::mark_undecided; }) {
        std::vector<bool> undecided(nodes_[i].y.size());
        OracleOf<i>::mark_undecided(nodes_[i], 2 * tolerance * largest(nodes_[i].x), undecided);
        decided &= std::ranges::find(undecided, true) == undecided.end();
      }
    });
    return decided;
  }

  void backward() {
    ctnn::detail::for_each_index<Net::node_count>([&](auto reversed) {
      constexpr std::size_t i = Net::node_count - 1 - reversed;
      OracleOf<i>::backward(nodes_[i]);
      if constexpr (i > 0) nodes_[i - 1].dy = nodes_[i].dx;
    });
  }
  const std::vector<double>& gradient(std::size_t p) const {
    const std::size_t node = Net::graph.parameters[p].node;
    return nodes_[node].gradients[p - Net::graph.nodes[node].first_parameter];
  }

private:
  template <std::size_t I>
  using OracleOf = Reference<typename plan::Program<Net, double>::template leaf<I>,
                             Net::graph.nodes[I].input_shape, double>;

  std::vector<Chunk<double>> nodes_;
  double loss_ = 0;
};

} // namespace ctnn::bench
