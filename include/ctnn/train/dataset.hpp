#pragma once
/// @file
/// What can be trained on: numbered samples, each an input and a class or a target.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <ctnn/core/error.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/network/tensor.hpp>

namespace ctnn {

namespace detail {

/// The shapes that a data set says, as a constant of its type or as a function of the object.
template <class D>
concept HasConstantSampleShape = requires {
  { D::sample_shape } -> std::convertible_to<Shape>;
};
template <class D>
concept HasSampleShape = HasConstantSampleShape<D> || requires(const D& data) {
  { data.sample_shape() } -> std::convertible_to<Shape>;
};
template <class D>
concept HasConstantTargetShape = requires {
  { D::target_shape } -> std::convertible_to<Shape>;
};
template <class D>
concept HasTargetShape = HasConstantTargetShape<D> || requires(const D& data) {
  { data.target_shape() } -> std::convertible_to<Shape>;
};

template <HasSampleShape D>
constexpr Shape sample_shape(const D& data) {
  if constexpr (HasConstantSampleShape<D>)
    return D::sample_shape;
  else
    return data.sample_shape();
}
template <HasTargetShape D>
constexpr Shape target_shape(const D& data) {
  if constexpr (HasConstantTargetShape<D>)
    return D::target_shape;
  else
    return data.target_shape();
}

} // namespace detail

/// A Dataset `D` is what can be predicted in `T`: it has `size()` samples of shape `sample_shape`, of
/// which `read(i, x)` writes the input of sample i in PyTorch's order {channels, height, width}. The
/// shape is a `static constexpr Shape`, which the compiler compares with the network's, or a function
/// `Shape sample_shape() const`, which is asked before samples are read. What reads a sample is called
/// from several threads at once.
template <class D, class T>
concept Dataset = detail::HasSampleShape<D> && requires(const D& data, std::size_t i, T* x) {
  { data.size() } -> std::convertible_to<std::size_t>;
  data.read(i, x);
};

/// A LabelledDataset is a Dataset whose `label(i)` is the class of sample i, a whole number from 0.
template <class D, class T>
concept LabelledDataset = Dataset<D, T> && requires(const D& data, std::size_t i) {
  { data.label(i) } -> std::integral;
};

/// A TargetDataset is a Dataset whose `read_target(i, y)` writes the wanted output of sample i, of
/// shape `target_shape`, in PyTorch's order. The shape is a constant or a function as `sample_shape` is.
template <class D, class T>
concept TargetDataset = Dataset<D, T> && detail::HasTargetShape<D> &&
    requires(const D& data, std::size_t i, T* y) {
  data.read_target(i, y);
};

namespace detail {

/// class_of is the label of sample `i`, which must be one of `classes`, or the one that is ignored.
/// Throws `Error(bad_data)`.
template <class Data>
std::uint32_t class_of(const Data& data, std::size_t i, std::size_t classes,
                       std::optional<int> ignored = {}) {
  const auto label = data.label(i);
  // Widened, because no comparison of unlike integers takes bool and char.
  const auto wide = static_cast<std::int64_t>(label);
  if (ignored && wide == *ignored) return static_cast<std::uint32_t>(wide);
  if (wide < 0 || static_cast<std::uint64_t>(wide) >= classes)
    fail(ErrorCode::bad_data, Sentence("label ")
                                  << wide << " of sample " << i << " is not one of the network's "
                                  << classes << " classes");
  return static_cast<std::uint32_t>(wide);
}

/// sample_extents is the shape of what a tensor holds for each index of its first axis; a number for
/// each makes a vector of one.
template <class T, std::size_t Rank>
Shape sample_extents(const Tensor<T, Rank>& tensor) {
  Shape shape{std::size_t{1}};
  if constexpr (Rank > 1) shape.rank = Rank - 1;
  for (std::size_t axis = 1; axis < Rank; ++axis) shape.extent[axis - 1] = tensor.shape(axis);
  return shape;
}

} // namespace detail

/// A TensorDataset is samples in tensors, the batch first, which it holds: inputs of `InputRank` axes,
/// and a class for each, or where `TargetRank` is not 0 a wanted output in a tensor of so many axes.
/// torch.utils.data.TensorDataset
///
/// `TensorDataset data(x, labels)` and `TensorDataset data(x, y)` find the numbers themselves.
template <class T, std::size_t InputRank, std::size_t TargetRank = 0>
  requires(InputRank >= 1 && InputRank <= Shape::max_rank + 1 && TargetRank <= Shape::max_rank + 1)
class TensorDataset {
public:
  /// Holds samples with classes, whole numbers of any type. Throws `Error(bad_argument)` unless there
  /// is a label for each sample.
  template <std::integral Label>
    requires(TargetRank == 0)
  TensorDataset(Tensor<T, InputRank> inputs, const std::vector<Label>& labels)
      : inputs_(std::move(inputs)) {
    for (const Label label : labels) targets_.push_back(static_cast<std::int64_t>(label));
    require_as_many(targets_.size(), "labels");
  }
  /// Holds samples with wanted outputs. Throws `Error(bad_argument)` unless there is one for each
  /// sample.
  TensorDataset(Tensor<T, InputRank> inputs, Tensor<T, TargetRank> targets) requires(TargetRank > 0)
      : inputs_(std::move(inputs)), targets_(std::move(targets)) {
    require_as_many(targets_.shape(0), "targets");
  }

  /// size is the number of samples.
  std::size_t size() const { return inputs_.shape(0); }
  /// sample_shape is the shape of each input.
  Shape sample_shape() const { return detail::sample_extents(inputs_); }
  /// target_shape is the shape of each wanted output.
  Shape target_shape() const requires(TargetRank > 0) { return detail::sample_extents(targets_); }
  /// read copies the input of sample `i` to `x`.
  void read(std::size_t i, T* x) const { copy(inputs_, i, x); }
  /// label is the class of sample `i`.
  std::int64_t label(std::size_t i) const requires(TargetRank == 0) { return targets_[i]; }
  /// read_target copies the wanted output of sample `i` to `y`.
  void read_target(std::size_t i, T* y) const requires(TargetRank > 0) { copy(targets_, i, y); }

private:
  template <std::size_t Rank>
  static void copy(const Tensor<T, Rank>& from, std::size_t i, T* to) {
    const std::size_t size = detail::sample_extents(from).size();
    std::copy_n(from.data() + i * size, size, to);
  }

  void require_as_many(std::size_t found, StringView what) const {
    if (size() != found)
      detail::fail(ErrorCode::bad_argument, Sentence("TensorDataset: ")
                                                << size() << " samples, but " << found << ' '
                                                << what);
  }

  Tensor<T, InputRank> inputs_;
  std::conditional_t<TargetRank == 0, std::vector<std::int64_t>,
                     Tensor<T, TargetRank == 0 ? 1 : TargetRank>>
      targets_;
};

/// A TensorDataset of labels has no targets.
template <class T, std::size_t InputRank, std::integral Label>
TensorDataset(Tensor<T, InputRank>, const std::vector<Label>&) -> TensorDataset<T, InputRank>;
/// A TensorDataset has the ranks of its tensors.
template <class T, std::size_t InputRank, std::size_t TargetRank>
TensorDataset(Tensor<T, InputRank>, Tensor<T, TargetRank>)
    -> TensorDataset<T, InputRank, TargetRank>;

} // namespace ctnn
