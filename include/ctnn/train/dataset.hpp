#pragma once
/// @file
/// What can be trained on: numbered samples, each an input and a class or a target.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/network/tensor.hpp>

namespace ctnn {

/// A Dataset `D` is what can be predicted in `T`: it has `size()` samples, of which `read(i, x)` writes
/// the input of sample i in PyTorch's order {channels, height, width}. What reads a sample is called
/// from several threads at once. A data set may say `static constexpr Shape sample_shape`, which is
/// compared with the network's.
template <class D, class T>
concept Dataset = requires(const D& data, std::size_t i, T* x) {
  { data.size() } -> std::convertible_to<std::size_t>;
  data.read(i, x);
};

/// A LabelledDataset is a Dataset whose `label(i)` is the class of sample i, from 0.
template <class D, class T>
concept LabelledDataset = Dataset<D, T> && requires(const D& data, std::size_t i) {
  { data.label(i) } -> std::convertible_to<std::uint32_t>;
};

/// A TargetDataset is a Dataset whose `read_target(i, y)` writes the wanted output of sample i in
/// PyTorch's order.
template <class D, class T>
concept TargetDataset = Dataset<D, T> && requires(const D& data, std::size_t i, T* y) {
  data.read_target(i, y);
};

namespace detail {

inline void require_as_many(std::size_t samples, std::size_t found, StringView what) {
  if (samples != found)
    fail(ErrorCode::bad_argument, Sentence("TensorDataset: ")
                                      << samples << " samples, but " << found << ' ' << what);
}

} // namespace detail

/// A TensorDataset is samples in tensors, the batch first, which it holds. `InputRank` and `TargetRank`
/// count the batch. torch.utils.data.TensorDataset
template <class T, std::size_t InputRank, std::size_t TargetRank = 1>
class TensorDataset {
public:
  /// Holds samples with classes. Throws `Error(bad_argument)` unless there is a label for each sample.
  TensorDataset(Tensor<T, InputRank> inputs, std::vector<std::uint32_t> labels)
      : inputs_(std::move(inputs)), labels_(std::move(labels)) {
    detail::require_as_many(inputs_.shape(0), labels_.size(), "labels");
  }
  /// Holds samples with wanted outputs. Throws `Error(bad_argument)` unless there is one for each
  /// sample.
  TensorDataset(Tensor<T, InputRank> inputs, Tensor<T, TargetRank> targets)
      : inputs_(std::move(inputs)), targets_(std::move(targets)) {
    detail::require_as_many(inputs_.shape(0), targets_.shape(0), "targets");
  }

  /// size is the number of samples.
  std::size_t size() const { return inputs_.shape(0); }
  /// read copies the input of sample `i` to `x`.
  void read(std::size_t i, T* x) const { copy(inputs_, i, x); }
  /// label is the class of sample `i`, where there are classes.
  std::uint32_t label(std::size_t i) const { return labels_[i]; }
  /// read_target copies the wanted output of sample `i` to `y`, where there are such.
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
