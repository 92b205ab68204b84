#pragma once
/// @file
/// What is wrong with the parts that are handed to a Trainer, one sentence each.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/error.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/layers/batch_norm.hpp>
#include <ctnn/layers/flatten.hpp>
#include <ctnn/plan/options.hpp>
#include <ctnn/plan/program.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/loss.hpp>
#include <ctnn/train/optimizers.hpp>

namespace ctnn::detail {

/// loss_error is what keeps L from being a loss for elements T, or nothing.
template <class L, class T>
constexpr Sentence loss_error() {
  Sentence error;
  if constexpr (!Loss<L, T>) {
    error << type_name<L>();
    if constexpr (Optimizer<L, T>)
      error << " is an optimizer: a Trainer takes the network, the loss, the optimizer";
    else if constexpr (!requires { bool(L::class_targets); })
      error << " is not a loss: it lacks static constexpr bool class_targets";
    else if constexpr (!requires(Shape out) { L::check(out); })
      error << " is not a loss: it lacks static constexpr Sentence check(Shape out)";
    else
      error << " is not a loss: it lacks template <class T> double sum(n, out, const T* y, "
               "const Target* targets, double scale, T* dy) const";
  }
  return error;
}

/// output_of is what the last layer of a network gives. Flatten passes it on.
template <class Net, std::size_t Nodes>
constexpr Gives output_of() {
  using Last = typename layer_in<Net, Nodes - 1>::type;
  if constexpr (std::is_same_v<Last, Flatten> && Nodes > 1)
    return output_of<Net, Nodes - 1>();
  else
    return gives<Last>;
}

/// output_error is what keeps a network's output from being what the loss L takes, or nothing.
template <class Net, class L>
constexpr Sentence output_error() {
  Sentence error = L::check(Net::output_shape);
  if constexpr (requires {
                  { L::wants } -> std::same_as<const Gives&>;
                }) {
    constexpr Gives given = output_of<typename plan::without_options<Net>::type, Net::node_count>();
    if (!error.empty()) return error;
    // Log-probabilities are scores: LogSoftmax of them are they again.
    if (L::wants == Gives::log_probabilities && given != L::wants)
      error << type_name<L>() << " wants log-probabilities: end the network in LogSoftmax"
            << (L::class_targets ? ", or take CrossEntropyLoss" : "");
    else if (L::wants == Gives::probabilities && given != L::wants)
      error << type_name<L>() << " wants probabilities: end the network in Softmax";
    else if (L::wants == Gives::scores && given == Gives::probabilities)
      error << type_name<L>() << " wants scores and makes probabilities of them itself: leave out "
            << "the Softmax at the end";
  }
  return error;
}

/// norm_error is what keeps L, a node of a network, from training by the statistics of a batch, or of a
/// group of as many samples as other norms have; 0 if there was none before.
template <class L>
constexpr Sentence norm_error(const Node& node, std::size_t& group) {
  Sentence error;
  const std::size_t samples = plan::detail::ghost_size<L>;
  if (!std::is_base_of_v<BatchNormalization, L>)
    error << "layer " << node.name << ' ' << node.kind
          << " says sees_batch, which only BatchNorm1d and BatchNorm2d can";
  else if (samples > 0 && group > 0 && samples != group)
    error << "layer " << node.name << ' ' << describe<L>() << ": another norm has groups of "
          << group << " samples; a network has one size of them";
  if (samples > 0) group = samples;
  return error;
}

/// batch_error is what keeps a network from training by the statistics of a batch or of a group, or
/// nothing.
template <class Net>
constexpr Sentence batch_error() {
  Sentence error;
  std::size_t group = 0;
  for_each_index<Net::node_count>([&](auto i) {
    if (Net::nodes[i].sees_batch && error.empty())
      error = norm_error<typename layer_in<typename plan::without_options<Net>::type, i>::type>(
          Net::nodes[i], group);
  });
  return error;
}

/// SeesGradients is whether O has a before_update for that many parameters.
template <class O, class T, std::size_t Tensors>
concept SeesGradients = requires(O& optimizer,
                                 const std::array<std::span<const T>, Tensors>& weights,
                                 const std::array<std::span<T>, Tensors>& gradients) {
  optimizer.before_update(weights, gradients);
};

/// NamesBeforeUpdate is whether O has a member of that name, whatever it is: with another of the name
/// beside it, it is ambiguous.
struct BeforeUpdate {
  int before_update;
};
template <class O>
struct BesideBeforeUpdate : O, BeforeUpdate {};
template <class O>
concept NamesBeforeUpdate = !requires {
  &BesideBeforeUpdate<O>::before_update;
};

/// optimizer_error is what keeps O from being an optimizer of that many parameters in T, or nothing.
template <class O, class T, std::size_t Tensors>
constexpr Sentence optimizer_error() {
  Sentence error;
  if constexpr (requires { typename O::decorated; })
    error = optimizer_error<typename O::decorated, T, Tensors>();
  if (!error.empty()) return error;
  if constexpr (!Optimizer<O, T>) {
    error << type_name<O>();
    if constexpr (Loss<O, T>)
      error << " is a loss: a Trainer takes the network, the loss, the optimizer";
    else if constexpr (!requires { O::state_names.size(); })
      error << " is not an optimizer: it lacks static constexpr std::array<StringView, N> "
               "state_names";
    else if constexpr (!requires(const O& optimizer) { double(optimizer.lr); })
      error << " is not an optimizer: it lacks double lr";
    else
      error << " is not an optimizer: it lacks template <class T> void update(step, count, T* w, "
               "const T* g, const std::array<T*, N>& state"
            << (ByParameter<O> ? ", const auto& parameter" : "")
            << (ByWholeParameter<O, T> ? ", T* scratch" : "") << ") const";
  } else if constexpr (NamesBeforeUpdate<O> && !SeesGradients<O, T, Tensors>) {
    error << type_name<O>()
          << " is not an optimizer: its before_update is not void before_update(const auto& "
             "weights, const auto& gradients)";
  } else {
    constexpr const auto& names = O::state_names;
    for (std::size_t i = 0; i < names.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (error.empty() && names[i] == names[j])
          error << type_name<O>() << " is not an optimizer: two of its state_names are "
                << names[i];
  }
  return error;
}

/// shape_error is what keeps samples or targets (`what`) of shape `found` from a network whose `side` is
/// `wanted`, or nothing.
constexpr Sentence shape_error(StringView what, const Shape& found, StringView side,
                               const Shape& wanted) {
  Sentence error;
  if (found != wanted)
    error << "the data set gives " << what << found << ", the network " << side << wanted;
  return error;
}
constexpr Sentence sample_error(const Shape& found, const Shape& wanted) {
  return shape_error("", found, "takes ", wanted);
}
constexpr Sentence target_error(const Shape& found, const Shape& wanted) {
  return shape_error("targets of ", found, "has outputs of ", wanted);
}

/// dataset_error is what keeps D from giving samples to a network in T, from `input` to `output`, that
/// is trained with L, or nothing, as far as the type D says.
template <class D, class L, class T>
constexpr Sentence dataset_error(const Shape& input, const Shape& output) {
  Sentence error;
  if constexpr (!Dataset<D, T>) {
    error << type_name<D>() << " is not a data set: it lacks ";
    if constexpr (!requires(const D& data) { std::size_t(data.size()); })
      error << "std::size_t size() const";
    else if constexpr (!HasSampleShape<D>)
      error << "static constexpr Shape sample_shape, or Shape sample_shape() const";
    else
      error << "void read(std::size_t i, T* x) const, T as the network has it";
  } else if constexpr (L::class_targets && !LabelledDataset<D, T>) {
    error << type_name<L>() << " wants classes, and " << type_name<D>()
          << " has no label(std::size_t i) const that is a whole number";
  } else if constexpr (!L::class_targets && !TargetDataset<D, T>) {
    error << type_name<L>() << " wants target tensors, and " << type_name<D>() << " has no ";
    if constexpr (requires(const D& data, T* y) { data.read_target(std::size_t{}, y); })
      error << "static constexpr Shape target_shape, or Shape target_shape() const";
    else
      error << "void read_target(std::size_t i, T* y) const";
  } else {
    if constexpr (HasConstantSampleShape<D>) error = sample_error(D::sample_shape, input);
    if constexpr (!L::class_targets && HasConstantTargetShape<D>)
      if (error.empty()) error = target_error(D::target_shape, output);
  }
  return error;
}

/// require_fit asks a loss and a data set what their types do not say, before a sample is read. Throws
/// `Error(bad_argument)` for a member of the loss, `Error(bad_data)`, with both shapes, for the data.
template <class L, class D>
void require_fit(const L& loss, const D& data, const Shape& input, const Shape& output) {
  if constexpr (requires { loss.check_members(output); })
    if (const Sentence wrong = loss.check_members(output); !wrong.empty())
      fail(ErrorCode::bad_argument, wrong);
  Sentence error = sample_error(sample_shape(data), input);
  if constexpr (!L::class_targets)
    if (error.empty()) error = target_error(target_shape(data), output);
  if (!error.empty()) fail(ErrorCode::bad_data, error);
}

} // namespace ctnn::detail
