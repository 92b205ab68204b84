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

/// Forward at once; NLLLoss, its mean over the images, and its gradients when asked for. It follows the
/// edges of Net's graph.
template <class Net>
class ReferenceNetwork {
public:
  ReferenceNetwork(const Network<Net>& net, const RandomImages<Net>& images, std::size_t samples) {
    for (std::size_t i = 0; i < Net::node_count; ++i) nodes_.emplace_back(graph, i, samples);
    for (const ctnn::detail::Value& value : graph.values)
      values_.emplace_back(samples * value.shape.size());
    for (std::size_t i = 0; i < samples; ++i) {
      Workspace<Net> workspace;
      ctnn::detail::Pass<plan::Program<Net, float>>::write_input(
          1, images.pixels.data() + i * Net::input_shape.size(), workspace);
      std::copy_n(workspace.value(0), Net::input_shape.size(),
                  values_[0].begin() + static_cast<std::ptrdiff_t>(i * Net::input_shape.size()));
    }
    for (std::size_t p = 0; p < graph.parameters.size(); ++p)
      std::ranges::copy(net.tensor(p), of_node(p, &Chunk<double>::parameters).begin());
    ctnn::detail::for_each_index<Net::node_count>([&](auto i) { forward<i>(); });
    for (std::size_t sample = 0; sample < samples; ++sample)
      loss_ -= output()[place_of_label(images, sample)] / static_cast<double>(samples);

    gradients_ = values_;
    for (std::vector<double>& gradient : gradients_) std::ranges::fill(gradient, 0.0);
    for (std::size_t sample = 0; sample < samples; ++sample)
      gradients_[graph.output][place_of_label(images, sample)] =
          -1.0 / static_cast<double>(samples);
  }

  double loss() const { return loss_; }
  const std::vector<double>& output() const { return values_[graph.output]; }

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
    ctnn::detail::for_each_index<Net::node_count>(
        [&](auto reversed) { backward<Net::node_count - 1 - reversed>(); });
  }
  const std::vector<double>& gradient(std::size_t p) const {
    const std::size_t node = graph.parameters[p].node;
    return nodes_[node].gradients[p - graph.nodes[node].first_parameter];
  }

private:
  using Tensors = std::vector<std::vector<double>>;
  static constexpr const auto& graph = Net::graph;

  template <std::size_t I>
  using leaf = typename plan::Program<Net, double>::template leaf<I>;
  template <std::size_t I>
  using OracleOf = Reference<leaf<I>, graph.nodes[I].input_shape, double>;

  static std::size_t place_of_label(const RandomImages<Net>& images, std::size_t sample) {
    return sample * Net::output_shape.size() + images.label(sample);
  }
  std::vector<double>& of_node(std::size_t p, Tensors Chunk<double>::*tensors) {
    const std::size_t node = graph.parameters[p].node;
    return (nodes_[node].*tensors)[p - graph.nodes[node].first_parameter];
  }

  template <std::size_t I>
  void forward() {
    constexpr const ctnn::detail::Node& node = graph.nodes[I];
    if constexpr (node.is_fork()) {
      for (std::size_t k = 0; k < node.outputs; ++k)
        values_[graph.output_of(I, k)] = values_[graph.input_of(I)];
    } else if constexpr (node.is_layer()) {
      nodes_[I].x = values_[graph.input_of(I)];
      OracleOf<I>::forward(nodes_[I]);
      values_[graph.output_of(I)] = nodes_[I].y;
    } else {
      ReferenceJoin<leaf<I>>::forward(shapes(I), taken(I, values_), values_[graph.output_of(I)]);
    }
  }
  template <std::size_t I>
  void backward() {
    constexpr const ctnn::detail::Node& node = graph.nodes[I];
    if constexpr (node.is_fork()) {
      std::vector<double>& dx = gradients_[graph.input_of(I)];
      for (std::size_t k = 0; k < node.outputs; ++k)
        for (std::size_t i = 0; i < dx.size(); ++i) dx[i] += gradients_[graph.output_of(I, k)][i];
    } else if constexpr (node.is_layer()) {
      nodes_[I].dy = gradients_[graph.output_of(I)];
      OracleOf<I>::backward(nodes_[I]);
      gradients_[graph.input_of(I)] = nodes_[I].dx;
    } else {
      Tensors dx = taken(I, gradients_);
      ReferenceJoin<leaf<I>>::backward(shapes(I), taken(I, values_), gradients_[graph.output_of(I)],
                                       dx);
      for (std::size_t k = 0; k < node.inputs; ++k) gradients_[graph.input_of(I, k)] = dx[k];
    }
  }

  /// The shapes of what a join takes, and copies of it.
  static std::vector<Shape> shapes(std::size_t node) {
    std::vector<Shape> all;
    for (std::size_t k = 0; k < graph.nodes[node].inputs; ++k)
      all.push_back(graph.values[graph.input_of(node, k)].shape);
    return all;
  }
  static Tensors taken(std::size_t node, const Tensors& values) {
    Tensors all;
    for (std::size_t k = 0; k < graph.nodes[node].inputs; ++k)
      all.push_back(values[graph.input_of(node, k)]);
    return all;
  }

  std::vector<Chunk<double>> nodes_; ///< of layers; a fork's and a join's numbers are values alone
  Tensors values_, gradients_;       ///< as the graph numbers them
  double loss_ = 0;
};

} // namespace ctnn::bench
