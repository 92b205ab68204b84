#pragma once
/// @file
/// A network with its parameters: built once, on the heap; predicts.

#if !defined(__OPTIMIZE__) && !defined(CTNN_ALLOW_UNOPTIMIZED)
#pragma message(                                                                                   \
    "ctnn without optimisation runs a network at a thousandth of its speed: compile with -O3 "     \
    "(CMAKE_BUILD_TYPE=Release), or define CTNN_ALLOW_UNOPTIMIZED")
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/error.hpp>
#include <ctnn/core/facts.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/core/names.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/random.hpp>
#include <ctnn/network/aligned_block.hpp>
#include <ctnn/network/initialize.hpp>
#include <ctnn/network/pass.hpp>
#include <ctnn/network/tensor.hpp>
#include <ctnn/network/workspace.hpp>

namespace ctnn::inline CTNN_INSTRUCTION_SET {

/// A Network is the parameters of `Net`, in float or double as `T` says, with what its kernels derive
/// from them: two blocks on the heap.
///
/// Reading (predict) is const and safe from several threads, each with its own Workspace; writing goes
/// through assign(), modify() and initialize(), which derive anew, and excludes everything else.
template <class Net, class T>
  requires detail::Runs<Net, T>
class Network<Net, T> {
public:
  using value_type = T;                  ///< float or double
  using Program = plan::Program<Net, T>; ///< how the network runs, as constants
  /// tensors is the number of parameter tensors.
  static constexpr std::size_t tensors = Net::graph.parameters.size();

  /// Makes a network that starts as initialize(seed) has it.
  explicit Network(std::uint64_t seed = 0)
      : parameters_(Program::parameters.size), derived_(Program::offsets.derived_size) {
    initialize(seed);
  }
  /// Takes over another network's blocks, which leaves it without any.
  Network(Network&&) = default;
  /// Takes over another network's blocks, which leaves it without any.
  Network& operator=(Network&&) = default;

  /// clone is a copy, such as of the best weights so far; `net = best.clone()` takes them back. There is
  /// no copy constructor, because a network is large: to pass one by value is seldom meant.
  Network clone() const {
    Network copy(*this);
    return copy;
  }

  /// seed is what the network was last initialized with. A Trainer that is given none takes it over.
  std::uint64_t seed() const { return seed_; }

  /// initialize makes every parameter what its layer says, or PyTorch does by default, in distribution
  /// and bounds, with our random numbers: an element is a function of the seed, the parameter and its
  /// index alone, but for orthogonal ones.
  void initialize(std::uint64_t seed) {
    static_assert(detail::require_empty<cannot_start>());
    seed_ = seed;
    for (std::size_t p = 0; p < tensors; ++p) {
      const auto& parameter = Net::graph.parameters[p];
      detail::initialize(mutable_tensor(p), parameter.shape, parameter.initial,
                         {seed, kernels::stream::initialization + static_cast<std::uint32_t>(p)});
    }
    derive();
  }

  /// parameter is a view of a parameter in its shape: `net.parameter<"conv1.weight">()(o, i, y, x)`.
  template <detail::FixedString Name>
  auto parameter() const {
    constexpr auto index = detail::find_parameter(Net::graph, Name.view());
    constexpr Shape shape = Net::template parameter<Name>().shape;
    return detail::tensor_view<shape>(tensor(index).data());
  }

  /// assign replaces one parameter by a tensor or expression of its shape. Throws
  /// `Error(bad_argument)`, with both shapes, if `values` has another.
  template <detail::FixedString Name, class Expression>
  void assign(const Expression& values) {
    constexpr auto index = detail::find_parameter(Net::graph, Name.view());
    constexpr Shape shape = Net::template parameter<Name>().shape;
    detail::require_shape(Sentence("assign: ") << Name.view(), values, shape);
    auto view = detail::tensor_view<shape>(mutable_tensor(index).data());
    auto from = values.begin();
    for (auto to = view.begin(); to != view.end(); ++to, ++from) *to = static_cast<T>(*from);
    derive();
  }

  /// tensor is the elements of parameter `p` in PyTorch's order, as Net::graph.parameters numbers them.
  std::span<const T> tensor(std::size_t p) const { return Pass::tensor(parameters_.data(), p); }

  /// modify hands `change` the elements of every parameter, `std::array<std::span<T>, tensors>`, and
  /// derives anew what the kernels need, also when `change` throws.
  template <class F>
  void modify(F&& change) {
    std::array<std::span<T>, tensors> all;
    for (std::size_t p = 0; p < tensors; ++p) all[p] = mutable_tensor(p);
    try {
      change(all);
    } catch (...) {
      derive();
      throw;
    }
    derive();
  }

  /// predict returns the outputs {samples, …output_shape} of a batch `x` {samples, …input_shape}, a
  /// Tensor or what makes one. It makes a Workspace at each call: where that costs too much, hand it one that is kept. Throws
  /// `Error(bad_argument)`, with both shapes, if x has another.
  template <class Batch>
  auto predict(const Batch& x) const {
    Workspace<Net, T> workspace;
    return predict(x, workspace);
  }
  /// predict does the same in a `workspace` that is kept. It allocates nothing but its result, unless x
  /// is an expression of tensors, which is evaluated first.
  template <class Batch>
  auto predict(const Batch& x, Workspace<Net, T>& workspace) const {
    detail::require_shape("predict: x", x, Net::input_shape, 1);
    const detail::Evaluated<T, Net::input_shape.rank + 1, Batch>& batch = x;
    const std::size_t samples = batch.shape(0);
    auto y = detail::batch_tensor<T, Net::output_shape>(samples);
    predict(samples, batch.data(), y.data(), workspace);
    return y;
  }
  /// predict does the same on plain memory, `x` and `y` in PyTorch's order {samples, channels, height,
  /// width}. It allocates nothing.
  void predict(std::size_t samples, const T* x, T* y, Workspace<Net, T>& workspace) const {
    Pass::for_each_chunk(0, samples, [&](std::size_t first, std::size_t n) {
      Pass::write_input(n, x + first * Net::input_shape.size(), workspace);
      Pass::forward({.samples = n}, weights(), workspace);
      Pass::read_output(n, workspace, y + first * Net::output_shape.size());
    });
  }

  /// weights are what passes read: where the parameters are, and what was derived from them.
  detail::Weights<T> weights() const { return {parameters_.data(), derived_.data()}; }

  /// parameter_block is the block of all parameters with its gaps, as Program::parameters lays it out.
  /// Whoever writes to it derives anew afterwards.
  std::span<T> parameter_block() { return parameters_.span(); }
  /// parameter_block is the same block, to be read.
  std::span<const T> parameter_block() const { return parameters_.span(); }

  /// derived_block is the block of what the kernels derive from the parameters.
  std::span<T> derived_block() { return derived_.span(); }

  /// derive makes the derived block anew.
  void derive() { Pass::derive(parameters_.data(), derived_.data()); }

private:
  using Pass = detail::Pass<Program>;

  /// cannot_start is what is wrong with how a parameter starts. The library's layers have told it before;
  /// this is for a user's own.
  static constexpr Sentence cannot_start = [] {
    Sentence what;
    for (const auto& parameter : Net::graph.parameters)
      if (what.empty())
        what = detail::start_error(parameter.name.view(), parameter.shape, parameter.initial);
    return what;
  }();

  Network(const Network&) = default;

  std::span<T> mutable_tensor(std::size_t p) { return Pass::tensor(parameters_.data(), p); }

  std::uint64_t seed_ = 0;
  detail::AlignedBlock<T> parameters_;
  detail::AlignedBlock<T> derived_;
};

} // namespace ctnn::inline CTNN_INSTRUCTION_SET
