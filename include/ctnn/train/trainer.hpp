#pragma once
// Training and evaluation of a network on a data set, on several threads, with the same bits for
// any number of them.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/kernels/channels_first.hpp>
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/layers/softmax.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/network/thread_pool.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/losses.hpp>

namespace ctnn {

/// Sums over samples; `correct` counts those whose largest output is their label's.
struct Score {
  double loss_sum = 0;
  std::size_t correct = 0;
  std::size_t samples = 0;

  double loss() const { return loss_sum / static_cast<double>(samples); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(samples); }

  Score& operator+=(const Score& other) {
    loss_sum += other.loss_sum;
    correct += other.correct;
    samples += other.samples;
    return *this;
  }
};

struct TrainerOptions {
  std::size_t threads = 0; ///< 0: as many as the machine has
  std::uint64_t seed = 0;  ///< of dropout
};

/// `Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.01, .momentum = 0.9});`
/// A batch is cut into shards, a shard into chunks that go forward and backward while they are in
/// cache. Shards depend on the batch alone, each adds up its gradients in order, and a fixed tree
/// adds up the shards: the weights are bit-identical for any number of threads.
template <class Net, class Loss, class Optimizer, class T = float>
class Trainer {
  static constexpr Text loss_error = Loss::check(Net::output_shape);
  static_assert(detail::require_empty<loss_error>());

  using Layout = ctnn::Layout<Net, T>;
  using Target = std::conditional_t<Loss::class_targets, std::uint32_t, T>;

  /// LogSoftmax and NLLLoss go backward as one.
  static constexpr bool fuses_loss =
      Layout::options.fusion && Layout::ops > 1 &&
      std::is_same_v<Loss, NLLLoss>&&
          std::is_same_v<typename Layout::template layer<Layout::ops - 1>, LogSoftmax>;
  using LastLoss = std::conditional_t<fuses_loss, LogSoftmaxNLLLoss, Loss>;
  static constexpr std::size_t backward_ops = Layout::ops - (fuses_loss ? 1 : 0);

  /// What is wrong with the samples of a data set that knows their shape at compile time.
  template <class Data>
  static constexpr Text sample_error = [] {
    Text error;
    if constexpr (requires {
                    { Data::sample_shape } -> std::same_as<const Shape&>;
                  })
      if (Data::sample_shape != Net::input_shape)
        error << "the data set gives " << Data::sample_shape << ", the network takes "
              << Net::input_shape;
    return error;
  }();

public:
  /// More shards would let more threads help, and each costs a block of gradients and its sum.
  static constexpr std::size_t max_shards = 8;

  Optimizer optimizer; ///< its lr may be changed between steps

  Trainer(Network<Net, T>& net, Loss, Optimizer optimizer_, TrainerOptions options = {})
      : optimizer(optimizer_), net_(net), seed_(options.seed),
        pool_(std::clamp<std::size_t>(options.threads > 0 ? options.threads
                                                          : std::thread::hardware_concurrency(),
                                      1, max_shards)),
        workers_(pool_.workers()), shard_gradients_(max_shards * gradient_size),
        gradients_(Layout::parameters.size), state_(state_blocks * Layout::parameters.size) {}

  std::size_t threads() const { return pool_.workers(); }
  Network<Net, T>& network() const { return net_; }

  /// The optimizer steps so far. To continue where another trainer was: its weights in the network,
  /// its state() in this one's, and its steps. (io/training_state.hpp does it with a file.)
  std::uint64_t steps() const { return step_; }
  void set_steps(std::uint64_t steps) { step_ = steps; }

  /// What the optimizer keeps of parameter p in its block state_names[block], in PyTorch's order.
  std::span<T> state(std::size_t block, std::size_t p) {
    return state_.span().subspan(block * Layout::parameters.size + Layout::parameters.offset[p],
                                 Layout::graph.parameters[p].shape.size());
  }

  /// One optimizer step on the mean loss of the samples `batch` of `data`. Returns their score
  /// before the step. Throws std::invalid_argument for an empty batch.
  template <class Data>
  Score step(const Data& data, std::span<const std::uint32_t> batch) {
    if (batch.empty()) throw std::invalid_argument("Trainer::step: the batch is empty");
    const std::size_t shards = std::min(max_shards, batch.size());
    ++step_;
    std::array<Score, max_shards> scores;
    pool_.run(shards, [&](std::size_t shard, std::size_t worker) {
      scores[shard] = run_shard(data, batch, shards, shard, workers_[worker]);
    });
    sum_gradients(shards);
    update_parameters();
    Score total;
    for (std::size_t shard = 0; shard < shards; ++shard) total += scores[shard];
    return total;
  }

  /// The score of the whole data set, with dropout off. Assigns the samples' outputs one after the
  /// other, in PyTorch's order, to `outputs` if that is not empty.
  template <class Data>
  Score evaluate(const Data& data, std::span<T> outputs = {}) {
    constexpr std::size_t chunk = Layout::chunk, out_size = Net::output_shape.size();
    if (!outputs.empty() && outputs.size() != data.size() * out_size)
      throw std::invalid_argument("Trainer::evaluate: as many outputs as the samples have");
    std::vector<Score> scores((data.size() + chunk - 1) / chunk);
    pool_.run(scores.size(), [&](std::size_t task, std::size_t worker) {
      Worker& own = workers_[worker];
      const std::size_t first = task * chunk;
      const std::size_t n = std::min(chunk, data.size() - first);
      for (std::size_t i = 0; i < n; ++i) own.read(data, first + i, i);
      net_.forward(n, own.workspace);
      scores[task] = own.score(n, 0, nullptr);
      if (!outputs.empty()) net_.read_output(n, own.workspace, outputs.data() + first * out_size);
    });
    Score total;
    for (const Score& score : scores) total += score;
    return total;
  }

  /// The gradient of the last step's mean loss by parameter p, in PyTorch's order.
  std::span<const T> gradient(std::size_t p) const {
    return gradients_.span().subspan(Layout::parameters.offset[p],
                                     Layout::graph.parameters[p].shape.size());
  }

private:
  static constexpr std::size_t gradient_size = plan::aligned(Layout::offsets.gradient_size);
  static constexpr std::size_t stretch = 16 * 1024; // elements of a block that one task handles
  static constexpr std::size_t state_blocks = Optimizer::state_names.size();

  /// What one thread works with.
  struct Worker {
    Workspace<Net, T, plan::Mode::training> workspace;
    std::vector<T> sample =
        std::vector<T>(std::max(Net::input_shape.size(), Net::output_shape.size()));
    std::vector<Target> targets =
        std::vector<Target>(Layout::chunk * (Loss::class_targets ? 1 : Net::output_shape.size()));

    template <class Data>
    void read(const Data& data, std::size_t index, std::size_t at) {
      static_assert(detail::require_empty<sample_error<Data>>());
      constexpr Shape in = Net::input_shape, out = Net::output_shape;
      data.read(index, sample.data());
      kernels::channels_first<T, in.channels(), in.height() * in.width()>::to_channels_last(
          1, sample.data(), workspace.value(0) + at * in.size());
      if constexpr (Loss::class_targets) {
        static_assert(LabelledDataset<Data, T>, "this loss wants a data set with label(i)");
        targets[at] = data.label(index);
        if (targets[at] >= out.size())
          throw std::invalid_argument("label " + std::to_string(targets[at]) + " of sample " +
                                      std::to_string(index) + " is not one of the network's " +
                                      std::to_string(out.size()) + " classes");
      } else {
        static_assert(TargetDataset<Data, T>, "this loss wants a data set with read_target(i, y)");
        data.read_target(index, sample.data());
        kernels::channels_first<T, out.channels(), out.height() * out.width()>::to_channels_last(
            1, sample.data(), targets.data() + at * out.size());
      }
    }

    Score score(std::size_t n, double scale, T* dy) {
      const T* y = workspace.value(Layout::ops);
      Score score{.samples = n};
      score.loss_sum =
          LastLoss::template sum<T>(n, Net::output_shape, y, targets.data(), scale, dy);
      if constexpr (Loss::class_targets)
        for (std::size_t i = 0; i < n; ++i, y += Net::output_shape.size())
          if (std::max_element(y, y + Net::output_shape.size()) - y ==
              static_cast<std::ptrdiff_t>(targets[i]))
            ++score.correct;
      return score;
    }
  };

  template <class Data>
  Score run_shard(const Data& data, std::span<const std::uint32_t> batch, std::size_t shards,
                  std::size_t shard, Worker& own) {
    T* const gradients = shard_gradients_.data() + shard * gradient_size;
    std::fill_n(gradients, gradient_size, T{});
    const double scale = 1 / static_cast<double>(batch.size());
    const std::size_t end = (shard + 1) * batch.size() / shards;
    Score total;
    for (std::size_t first = shard * batch.size() / shards; first < end; first += Layout::chunk) {
      const std::size_t n = std::min(Layout::chunk, end - first);
      const typename Network<Net, T>::Run run{true, seed_, step_ << 32 | first};
      for (std::size_t i = 0; i < n; ++i) own.read(data, batch[first + i], i);
      net_.forward(n, own.workspace, run);
      total += own.score(n, scale, own.workspace.gradient(backward_ops));
      net_.template backward<false, backward_ops>(n, own.workspace, gradients, run);
    }
    return total;
  }

  /// f(begin, count) over [0, size), a stretch a task.
  template <class F>
  void for_each_stretch(std::size_t size, F&& f) {
    pool_.run((size + stretch - 1) / stretch, [&](std::size_t task, std::size_t) {
      f(task * stretch, std::min(stretch, size - task * stretch));
    });
  }

  /// f(i, part) for every part of every operation's derived parameters, a part a task.
  template <class F>
  void for_each_part(F&& f) {
    constexpr const auto& first = Layout::offsets.part;
    pool_.run(first.back(), [&](std::size_t task, std::size_t) {
      for_each_index<Layout::ops>([&](auto i) {
        if (first[i] <= task && task < first[i + 1]) f(i, task - first[i]);
      });
    });
  }

  /// Leaves the sum of all shards in `gradients_`.
  void sum_gradients(std::size_t shards) {
    for_each_stretch(gradient_size, [&](std::size_t begin, std::size_t count) {
      T* const at = shard_gradients_.data() + begin;
      kernels::sum_shards(count, shards, at, gradient_size, at);
    });
    for_each_part([&](auto i, std::size_t part) {
      net_.template gather_part<i>(part, shard_gradients_.data(), gradients_.data());
    });
  }

  void update_parameters() {
    const std::span<T> parameters = net_.parameter_block();
    for_each_stretch(parameters.size(), [&](std::size_t begin, std::size_t count) {
      std::array<T*, state_blocks> state;
      for (std::size_t block = 0; block < state.size(); ++block)
        state[block] = state_.data() + block * Layout::parameters.size + begin;
      optimizer.update(step_, count, parameters.data() + begin, gradients_.data() + begin, state);
    });
    for_each_part([&](auto i, std::size_t part) { net_.template derive_part<i>(part); });
  }

  Network<Net, T>& net_;
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  ThreadPool pool_;
  std::vector<Worker> workers_;
  AlignedBlock<T> shard_gradients_;
  AlignedBlock<T> gradients_;
  AlignedBlock<T> state_;
};

template <class Net, class T, class Loss, class Optimizer>
Trainer(Network<Net, T>&, Loss, Optimizer) -> Trainer<Net, Loss, Optimizer, T>;
template <class Net, class T, class Loss, class Optimizer>
Trainer(Network<Net, T>&, Loss, Optimizer, TrainerOptions) -> Trainer<Net, Loss, Optimizer, T>;

} // namespace ctnn
