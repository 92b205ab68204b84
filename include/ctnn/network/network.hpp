#pragma once
// A network with its parameters: built once, on the heap; predicts, and runs chunks for training.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include <ctnn/core/sequential.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/aligned_block.hpp>
#include <ctnn/network/context.hpp>
#include <ctnn/plan/program.hpp>
#include <ctnn/network/tensor.hpp>
#include <ctnn/network/workspace.hpp>

namespace ctnn {

/// `Network<Net> net(seed)`: the parameters of `Net`, in float or double, with what its kernels
/// derive from them. Reading (predict) is const and safe from several threads, each with its own
/// Workspace; writing goes through assign(), modify() and initialize(), which derive anew.
template <class Net, class T = float>
class Network {
public:
  using value_type = T;
  using net_type = Net;
  using Layout = ctnn::Layout<Net, T>;
  static constexpr std::size_t ops = Layout::ops;
  static constexpr std::size_t tensors = Layout::graph.parameters.size();

  explicit Network(std::uint64_t seed = 0)
      : parameters_(Layout::parameters.size), derived_(Layout::offsets.derived_size) {
    initialize(seed);
  }

  /// PyTorch's default initialization (its distributions and bounds, our random numbers): every
  /// element is a function of the seed, the parameter and the element alone.
  void initialize(std::uint64_t seed) {
    for (std::size_t p = 0; p < tensors; ++p) {
      const Initial initial = Layout::graph.parameters[p].initial;
      const double bound =
          initial.fan_in > 0 ? 1 / std::sqrt(static_cast<double>(initial.fan_in)) : 0;
      const kernels::RandomKey key{seed,
                                   kernels::stream::initialization + static_cast<std::uint32_t>(p)};
      std::size_t i = 0;
      for (T& element : mutable_tensor(p)) {
        const auto words = kernels::random_block(key, i++, 0);
        const double u = kernels::uniform01<double>(words[0], words[1]);
        element = static_cast<T>(initial.fan_in > 0 ? (2 * u - 1) * bound : initial.value);
      }
    }
    derive();
  }

  /// A view with the parameter's shape: `net.template parameter<"conv1.weight">()(o, i, y, x)`.
  template <Label Name>
  auto parameter() const {
    constexpr auto index = detail::find_parameter(Layout::graph, Name.view());
    constexpr Shape shape = Net::template parameter<Name>().shape;
    return tensor_view<shape>(parameters_.data() + Layout::parameters.offset[index]);
  }

  /// Replaces one parameter by a tensor or expression of its shape.
  template <Label Name, class Expression>
  void assign(const Expression& values) {
    constexpr auto index = detail::find_parameter(Layout::graph, Name.view());
    constexpr Shape shape = Net::template parameter<Name>().shape;
    bool same = values.dimension() == shape.rank;
    for (std::size_t axis = 0; same && axis < shape.rank; ++axis)
      same = values.shape(axis) == shape[axis];
    if (!same)
      throw std::invalid_argument("assign: " + std::string(Name.view()) + " has another shape");
    auto view = tensor_view<shape>(parameters_.data() + Layout::parameters.offset[index]);
    auto from = values.begin();
    for (auto to = view.begin(); to != view.end(); ++to, ++from) *to = static_cast<T>(*from);
    derive();
  }

  /// The elements of parameter p in PyTorch's order, as Net::graph.parameters numbers them.
  std::span<const T> tensor(std::size_t p) const {
    return parameters_.span().subspan(Layout::parameters.offset[p],
                                      Layout::graph.parameters[p].shape.size());
  }

  /// Hands `change` the elements of every parameter, `std::array<std::span<T>, tensors>`, and
  /// derives anew what the kernels need, also when `change` throws.
  template <class F>
  void modify(F&& change) {
    struct Derive {
      Network& net;
      ~Derive() { net.derive(); }
    } derive_after{*this};
    std::array<std::span<T>, tensors> all;
    for (std::size_t p = 0; p < tensors; ++p) all[p] = mutable_tensor(p);
    change(all);
  }

  /// Outputs for a batch: x is {samples, …input_shape}, the result {samples, …output_shape}.
  /// Throws std::invalid_argument if x has another shape.
  auto predict(const Tensor<T, Net::input_shape.rank + 1>& x) const {
    Workspace<Net, T> workspace;
    return predict(x, workspace);
  }
  auto predict(const Tensor<T, Net::input_shape.rank + 1>& x, Workspace<Net, T>& workspace) const {
    if (!is_batch_of<Net::input_shape>(x))
      throw std::invalid_argument("predict: x is not a batch of the network's input shape");
    auto y = batch_tensor<T, Net::output_shape>(x.shape(0));
    predict(x.shape(0), x.data(), y.data(), workspace);
    return y;
  }
  /// The same on plain memory, both in PyTorch's order {samples, channels, height, width}.
  void predict(std::size_t samples, const T* x, T* y, Workspace<Net, T>& workspace) const {
    for (std::size_t i = 0; i < samples; i += Layout::chunk) {
      const std::size_t n = samples - i < Layout::chunk ? samples - i : Layout::chunk;
      write_input(n, x + i * Net::input_shape.size(), workspace);
      forward(n, workspace);
      read_output(n, workspace, y + i * Net::output_shape.size());
    }
  }

  /// One chunk of n samples through the layers, from workspace.value(0) to workspace.value(ops).
  struct Run {
    bool training = false;
    std::uint64_t seed = 0;
    std::uint64_t first_sample = 0;
  };
  template <plan::Mode M>
  void forward(std::size_t n, Workspace<Net, T, M>& workspace, Run run = {}) const {
    for_each_index<ops>([&](auto i) { forward_op<i>(n, workspace, run); });
  }

  /// The gradients of the same chunk, from workspace.gradient(ops) down: adds those by the
  /// parameters to `gradients` (Layout::offsets.gradient_size elements), and assigns
  /// workspace.gradient(0) if InputGradient.
  template <bool InputGradient = false, std::size_t Ops = ops>
  void backward(std::size_t n, Workspace<Net, T, plan::Mode::training>& workspace, T* gradients,
                Run run = {}) const {
    for_each_index<Ops>(
        [&](auto i) { backward_op<Ops - 1 - i, InputGradient>(n, workspace, gradients, run); });
  }

  /// One operation of backward(), which runs them from the last to the first.
  template <std::size_t I, bool InputGradient>
  void backward_op(std::size_t n, Workspace<Net, T, plan::Mode::training>& workspace, T* gradients,
                   Run run) const {
    using L = typename Layout::template layer<I>;
    std::array<std::span<T>, tensors_of<I>> own{};
    T* const at = gradients + Layout::offsets.gradient[I];
    if constexpr (!Layout::template derives<I>) own = gradient_spans<I>(at);
    L::backward(BackwardContext<T, in<I>, out<I>, tensors_of<I>, Layout::template convolution<I>,
                                (I > 0 || InputGradient)>{context<I>(n, workspace, run),
                                                          {workspace.value(I), n},
                                                          {workspace.value(I + 1), n},
                                                          {workspace.gradient(I + 1), n},
                                                          {workspace.gradient(I), n},
                                                          own,
                                                          at});
  }

  /// n samples in PyTorch's order into the workspace, and its output back.
  template <plan::Mode M>
  static void write_input(std::size_t n, const T* x, Workspace<Net, T, M>& workspace) {
    constexpr Shape s = Net::input_shape;
    kernels::channels_first<T, s.channels(), s.height() * s.width()>::to_channels_last(
        n, x, workspace.value(0));
  }
  template <plan::Mode M>
  static void read_output(std::size_t n, Workspace<Net, T, M>& workspace, T* y) {
    constexpr Shape s = Net::output_shape;
    kernels::channels_first<T, s.channels(), s.height() * s.width()>::from_channels_last(
        n, workspace.value(ops), y);
  }

  /// The block of all parameters with its gaps, for optimizers; derive what changed afterwards.
  std::span<T> parameter_block() { return parameters_.span(); }
  std::span<const T> parameter_block() const { return parameters_.span(); }

  void derive() {
    for_each_index<ops>([&](auto i) {
      for (std::size_t part = 0; part < Layout::template kernel<i>::derive_parts; ++part)
        derive_part<i>(part);
    });
  }
  /// One part of what operation I derives; the parts may be done at the same time.
  template <std::size_t I>
  void derive_part(std::size_t part) {
    if constexpr (Layout::template derives<I>) {
      const auto values = parameters_of<I>();
      [&]<std::size_t... P>(std::index_sequence<P...>) {
        Layout::template kernel<I>::derive(part, values[P].data()...,
                                           derived_.data() + Layout::offsets.derived[I]);
      }
      (std::make_index_sequence<tensors_of<I>>{});
    }
  }

  /// Brings a shard's sum of gradients to the parameters' own layout: assigns `block`, which is
  /// laid out like parameter_block().
  static void gather_gradients(T* gradients, T* block) {
    for_each_index<ops>([&](auto i) {
      for (std::size_t part = 0; part < Layout::template kernel<i>::derive_parts; ++part)
        gather_part<i>(part, gradients, block);
    });
  }
  /// One part of what belongs to operation I; the parts may be done at the same time.
  template <std::size_t I>
  static void gather_part(std::size_t part, T* gradients, T* block) {
    constexpr std::size_t first = Layout::run.nodes[I].first_parameter;
    T* from = gradients + Layout::offsets.gradient[I];
    if constexpr (Layout::template derives<I>) {
      [&]<std::size_t... P>(std::index_sequence<P...>) {
        Layout::template kernel<I>::derive_adjoint(
            part, from, (block + Layout::parameters.offset[first + P])...);
      }
      (std::make_index_sequence<tensors_of<I>>{});
    } else {
      const auto to = gradient_spans<I>(from);
      for (std::size_t p = 0; p < tensors_of<I>; ++p)
        std::copy(to[p].begin(), to[p].end(), block + Layout::parameters.offset[first + p]);
    }
  }

private:
  std::span<T> mutable_tensor(std::size_t p) {
    return parameters_.span().subspan(Layout::parameters.offset[p],
                                      Layout::graph.parameters[p].shape.size());
  }

  template <std::size_t I>
  auto parameters_of() const {
    constexpr std::size_t first = Layout::run.nodes[I].first_parameter;
    std::array<std::span<const T>, tensors_of<I>> values;
    for (std::size_t p = 0; p < values.size(); ++p) values[p] = tensor(first + p);
    return values;
  }

  /// The gradients by operation I's own parameters where it derives nothing.
  template <std::size_t I>
  static auto gradient_spans(T* at) {
    constexpr std::size_t first = Layout::run.nodes[I].first_parameter;
    std::array<std::span<T>, tensors_of<I>> spans;
    for (std::size_t p = 0; p < spans.size(); ++p) {
      const std::size_t size = Layout::graph.parameters[first + p].shape.size();
      spans[p] = {at, size};
      at += plan::aligned(size);
    }
    return spans;
  }

  template <std::size_t I>
  static constexpr std::size_t tensors_of = Layout::run.nodes[I].parameter_tensors;
  template <std::size_t I>
  static constexpr Shape in = Layout::run.nodes[I].input_shape;
  template <std::size_t I>
  static constexpr Shape out = Layout::run.nodes[I].output_shape;

  template <std::size_t I, plan::Mode M>
  Context<T, in<I>, out<I>, tensors_of<I>, Layout::template convolution<I>>
  context(std::size_t n, Workspace<Net, T, M>& workspace, Run run) const {
    return {n,
            run.first_sample,
            run.training,
            {run.seed,
             kernels::stream::layer + static_cast<std::uint32_t>(Layout::groups.group[I].first)},
            parameters_of<I>(),
            derived_.data() + Layout::offsets.derived[I],
            workspace.tape(I),
            workspace.scratch()};
  }

  template <std::size_t I, plan::Mode M>
  void forward_op(std::size_t n, Workspace<Net, T, M>& workspace, Run run) const {
    using L = typename Layout::template layer<I>;
    L::forward(ForwardContext<T, in<I>, out<I>, tensors_of<I>, Layout::template convolution<I>>{
        context<I>(n, workspace, run), {workspace.value(I), n}, {workspace.value(I + 1), n}});
  }

  AlignedBlock<T> parameters_;
  AlignedBlock<T> derived_;
};

} // namespace ctnn
