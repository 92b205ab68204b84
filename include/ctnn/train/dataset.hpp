#pragma once
// What can be trained on: numbered samples, each an input and a class or a target.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <ctnn/network/tensor.hpp>

namespace ctnn {

/// `read(i, x)` writes the input of sample i in PyTorch's order {channels, height, width}. It is
/// called from several threads at once.
template <class D, class T>
concept Dataset = requires(const D& data, std::size_t i, T* x) {
  { data.size() } -> std::convertible_to<std::size_t>;
  data.read(i, x);
};

/// … with `label(i)`, the class of sample i, from 0.
template <class D, class T>
concept LabelledDataset = Dataset<D, T> && requires(const D& data, std::size_t i) {
  { data.label(i) } -> std::convertible_to<std::uint32_t>;
};

/// … with `read_target(i, y)`, which writes the wanted output of sample i in PyTorch's order.
template <class D, class T>
concept TargetDataset = Dataset<D, T> && requires(const D& data, std::size_t i, T* y) {
  data.read_target(i, y);
};

/// Samples in tensors, the batch first: torch.utils.data.TensorDataset. Holds copies.
template <class T, std::size_t InputRank, std::size_t TargetRank = 1>
class TensorDataset {
public:
  /// Classes. Throws std::invalid_argument unless there is a label for each sample.
  TensorDataset(Tensor<T, InputRank> inputs, std::vector<std::uint32_t> labels)
      : inputs_(std::move(inputs)), labels_(std::move(labels)) {
    if (inputs_.shape(0) != labels_.size())
      throw std::invalid_argument("TensorDataset: as many labels as samples are wanted");
  }
  /// Wanted outputs.
  TensorDataset(Tensor<T, InputRank> inputs, Tensor<T, TargetRank> targets)
      : inputs_(std::move(inputs)), targets_(std::move(targets)) {
    if (inputs_.shape(0) != targets_.shape(0))
      throw std::invalid_argument("TensorDataset: as many targets as samples are wanted");
  }

  std::size_t size() const { return inputs_.shape(0); }
  void read(std::size_t i, T* x) const { copy(inputs_, i, x); }
  std::uint32_t label(std::size_t i) const { return labels_[i]; }
  void read_target(std::size_t i, T* y) const { copy(targets_, i, y); }

private:
  template <std::size_t Rank>
  static void copy(const Tensor<T, Rank>& from, std::size_t i, T* to) {
    const std::size_t size = from.size() / from.shape(0);
    std::copy_n(from.data() + i * size, size, to);
  }

  Tensor<T, InputRank> inputs_;
  std::vector<std::uint32_t> labels_;
  Tensor<T, TargetRank> targets_;
};

} // namespace ctnn
