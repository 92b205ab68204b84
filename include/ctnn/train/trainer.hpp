#pragma once
/// @file
/// Training and evaluation of a network on a data set, on several threads, with the same bits for
/// any number of them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/error.hpp>
#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/network/aligned_block.hpp>
#include <ctnn/network/network.hpp>
#include <ctnn/network/pass.hpp>
#include <ctnn/network/rounds.hpp>
#include <ctnn/network/thread_pool.hpp>
#include <ctnn/train/check.hpp>
#include <ctnn/train/dataset.hpp>
#include <ctnn/train/losses.hpp>
#include <ctnn/train/optimizers.hpp>
#include <ctnn/train/score.hpp>
#include <ctnn/train/training_worker.hpp>

namespace ctnn {

/// TrainerOptions say how a Trainer runs.
struct TrainerOptions {
  std::size_t threads = 0; ///< how many, at most Trainer's max_shards; 0 for the machine's number
  std::optional<std::uint64_t> seed =
      {}; ///< decides what dropout drops; if not said, the network's seed
};

namespace detail::inline CTNN_INSTRUCTION_SET {

/// trainer_error is what is wrong with the parts of a Trainer, or nothing.
template <class Net, class L, class O, class T>
inline constexpr Sentence trainer_error = [] {
  Sentence error = loss_error<L, T>();
  constexpr std::size_t tensors = [] {
    if constexpr (WellFormed<Net>)
      return Net::graph.parameters.size();
    else
      return std::size_t{0};
  }();
  if (error.empty()) error = optimizer_error<O, T, tensors>();
  if constexpr (WellFormed<Net>) {
    if constexpr (requires { O::template check<Net>(); })
      if (error.empty() && Net::trainable_count > 0) error = O::template check<Net>();
    if (error.empty()) error = batch_error<Net>();
    if (error.empty() && Net::trainable_count == 0)
      error << "the network has no parameters to train"
            << (Net::parameter_count > 0 ? ": all are Frozen" : "");
  }
  if constexpr (Loss<L, T> && WellFormed<Net>)
    if (error.empty()) error = output_error<Net, L>();
  return error;
}();

} // namespace detail::inline CTNN_INSTRUCTION_SET

inline namespace CTNN_INSTRUCTION_SET {

/// Trainer of parts that do not fit, such as a loss in the optimizer's place, is one compile-time error
/// that says why. See the specialisation for those that do.
template <class Net, class Loss, class Optimizer, class T = float>
class Trainer {
  static_assert(detail::require_empty<detail::trainer_error<Net, Loss, Optimizer, T>>());

public:
  /// @cond what keeps the uses of a Trainer of wrong parts from complaining again
  struct {
    double lr, momentum, weight_decay, max_norm, total_norm, clip_value, decay;
    StringView state_name(std::size_t) const { return {}; }
  } optimizer;

  Trainer(Network<Net, T>& net, Loss, Optimizer, TrainerOptions = {}) : net_(net) {}
  std::size_t threads() const { return 1; }
  Network<Net, T>& network() const { return net_; }
  std::uint64_t seed() const { return 0; }
  void set_seed(std::uint64_t) {}
  std::uint64_t steps() const { return 0; }
  void set_steps(std::uint64_t) {}
  detail::poison state(std::size_t, std::size_t) const { return {}; }
  detail::poison gradient(std::size_t) const { return {}; }
  Score step(auto&&...) { return {}; }
  Score evaluate(auto&&...) { return {}; }

private:
  Network<Net, T>& net_;
  /// @endcond
};

/// A Trainer trains and evaluates a Network: `Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.01, .momentum
/// = 0.9});`. It refers to the network, which must outlive it.
///
/// A batch is cut into shards, a shard into chunks that go forward and backward while they are in
/// cache. Shards depend on the batch alone, each adds up its gradients in order, and a fixed tree adds
/// up the shards: the weights are bit-identical for any number of threads. A network with batch
/// normalisations goes in phases: between two of them all threads wait for the statistics of the batch,
/// and what crosses is kept for the whole batch. step() and evaluate() are to
/// be called from one thread at a time.
template <class Net, class Loss, class Optimizer, class T>
  requires(detail::Runs<Net, T>&& detail::trainer_error<Net, Loss, Optimizer, T>.empty())
class Trainer<Net, Loss, Optimizer, T> {
  using Program = plan::TrainingProgram<Net, T>;
  using Pass = detail::Pass<Program>;
  using Evaluation = plan::Program<Net, T>;
  using Rounds = detail::Rounds<Program, plan::Mode::training>;

  using Worker = detail::TrainingWorker<Net, Loss, T>;
  /// backward_operations are those that go backward after the loss, backward_from is the value whose
  /// gradient the loss assigns.
  static constexpr std::size_t backward_operations = Program::size - (Worker::fuses_loss ? 1 : 0);
  static constexpr std::size_t backward_from =
      Worker::fuses_loss ? Program::graph.input_of(Program::size - 1) : Program::output;

public:
  /// max_shards is how many a batch is cut into. More would let more threads help, but each costs a
  /// block of gradients and its sum.
  static constexpr std::size_t max_shards = 8;

  Loss loss;           ///< the loss, whose members may be changed between steps
  Optimizer optimizer; ///< the optimizer, whose lr may be changed between steps

  /// Makes a trainer of `net` with its threads and all memory that steps take. Throws std::system_error
  /// if the threads cannot be had.
  Trainer(Network<Net, T>& net, Loss loss_, Optimizer optimizer_, TrainerOptions options = {})
      : loss(loss_), optimizer(optimizer_), net_(net), seed_(options.seed.value_or(net.seed())),
        pool_(std::clamp<std::size_t>(options.threads > 0 ? options.threads
                                                          : std::thread::hardware_concurrency(),
                                      1, max_shards)),
        workers_(pool_.workers()),
        shard_gradients_(std::max(max_shards * gradient_size, scratch.back())),
        gradients_(trained_size), state_begin_(place_state(optimizer)), state_(state_begin_.back()),
        derived_(Worker::evaluates_apart ? Program::offsets.derived_size : 0) {}

  /// threads is the number of threads that run a step.
  std::size_t threads() const { return pool_.workers(); }
  /// network is the one that is trained.
  Network<Net, T>& network() const { return net_; }

  /// seed decides what dropout drops, and the order of samples in epochs that say no other.
  std::uint64_t seed() const { return seed_; }
  /// steps is the number of optimizer steps so far.
  std::uint64_t steps() const { return step_; }
  /// set_steps lets the trainer go on where another was, together with its seed, its weights in the
  /// network and its state() in this one's: load_training_state does all four.
  void set_steps(std::uint64_t steps) { step_ = steps; }
  /// set_seed takes over the seed of another trainer.
  void set_seed(std::uint64_t seed) { seed_ = seed; }

  /// state is what the optimizer keeps of parameter `p` in its block state_names[block], in PyTorch's
  /// order; nothing of one that is not trained, and of a block that the optimizer does not use.
  std::span<T> state(std::size_t block, std::size_t p) {
    if (!Net::graph.parameters[p].trained || !has_state(block)) return {};
    return Pass::tensor(state_.data() + state_begin_[block], p);
  }

  /// step makes one optimizer step on the mean loss of the samples `batch` of `data` and returns their
  /// score before the step. It allocates nothing, but for a network with batch normalisations at a batch
  /// larger than all before. Throws `Error(bad_argument)` for an empty batch, a sample past the end or
  /// members of the loss that do not fit, `Error(bad_data)` for samples or targets of another shape than
  /// the network's and for a label that is none of its classes. What is thrown, also by the data set,
  /// leaves network and trainer as they were.
  template <class Data>
  Score step(const Data& data, std::span<const std::uint32_t> batch) {
    if constexpr (fits<Data>()) {
      detail::require_fit(loss, data, Net::input_shape, Net::output_shape);
      if (batch.empty()) detail::fail(ErrorCode::bad_argument, "Trainer::step: the batch is empty");
      const std::size_t last = *std::max_element(batch.begin(), batch.end());
      if (last >= data.size())
        detail::fail(ErrorCode::bad_argument, Sentence("Trainer::step: sample ")
                                                  << last << " of a data set of " << data.size());
      const detail::Batch<T> going{.samples = batch.size(),
                                   .shards = std::min(max_shards, batch.size()),
                                   .seed = seed_,
                                   .first_sample = (step_ + 1) << 32,
                                   .parameters = net_.parameter_block().data(),
                                   .derived = Worker::evaluates_apart ? derived_.data()
                                                                      : net_.derived_block().data(),
                                   .gradients = shard_gradients_.data()};
      require_statistics(going);
      const double scale = detail::mean_scale(loss, data, batch, Net::output_shape.size());
      const Score score = make_gradients(data, batch, going, scale);
      sum_gradients(going.shards);
      show_gradients();
      ++step_;
      update_parameters();
      rounds_.update_running(going, net_.parameter_block().data());
      derive();
      return score;
    }
    return {};
  }

  /// evaluate returns the score of the whole data set, with dropout off. It assigns the samples'
  /// outputs one after the other, in PyTorch's order, to `outputs` if that is not empty. Throws
  /// `Error(bad_argument)` if that has another size, `Error(bad_data)` for an empty data set and as
  /// step() does.
  template <class Data>
  Score evaluate(const Data& data, std::span<T> outputs = {}) {
    if constexpr (fits<Data>()) {
      detail::require_fit(loss, data, Net::input_shape, Net::output_shape);
      if (data.size() == 0)
        detail::fail(ErrorCode::bad_data, "Trainer::evaluate: the data set is empty");
      constexpr std::size_t chunk = Evaluation::chunk, out_size = Net::output_shape.size();
      const std::size_t samples = data.size();
      if (!outputs.empty() && outputs.size() != samples * out_size)
        detail::fail(ErrorCode::bad_argument, Sentence("Trainer::evaluate: room for ")
                                                  << outputs.size() << " outputs, but " << samples
                                                  << " samples have " << samples * out_size);
      std::vector<Score> scores((samples + chunk - 1) / chunk);
      pool_.run(scores.size(), [&](std::size_t task, std::size_t worker) {
        Worker& own = workers_[worker];
        const std::size_t first = task * chunk;
        const std::size_t n = std::min(chunk, samples - first);
        const auto& buffers = own.evaluation();
        for (std::size_t i = 0; i < n; ++i) {
          own.read(data, first + i, i, buffers);
          own.read_target(loss, data, first + i, i);
        }
        detail::Pass<Evaluation>::forward({.samples = n}, net_.weights(), buffers);
        scores[task] = own.score(loss, n, 0, nullptr, buffers);
        if (!outputs.empty())
          detail::Pass<Evaluation>::read_output(n, buffers, outputs.data() + first * out_size);
      });
      Score total;
      for (const Score& score : scores) total += score;
      return total;
    }
    return {};
  }

  /// evaluate does the same and makes `outputs` the samples' outputs {samples, …output_shape}: what
  /// confusion_matrix takes.
  template <class Data>
  Score evaluate(const Data& data, Tensor<T, Net::output_shape.rank + 1>& outputs) {
    if constexpr (fits<Data>()) {
      outputs = detail::batch_tensor<T, Net::output_shape>(data.size());
      return evaluate(data, std::span<T>(outputs.data(), outputs.size()));
    }
    return {};
  }

  /// gradient is that of the last step's mean loss by parameter `p`, in PyTorch's order, as the
  /// optimizer's before_update left it; nothing for one that is not trained.
  std::span<const T> gradient(std::size_t p) const {
    if (!Net::graph.parameters[p].trained) return {};
    return Pass::tensor(gradients_.data(), p);
  }

private:
  static constexpr std::size_t trained_size = Program::parameters.trained_size;
  static constexpr std::size_t gradient_size = Rounds::gradient_size;
  static constexpr std::size_t stretch = 16 * 1024; // elements of a block that one task handles
  static constexpr std::size_t state_blocks = Optimizer::state_names.size();
  static constexpr std::size_t tensors = Network<Net, T>::tensors;

  /// state_begins are where the optimizer's blocks begin in the one that all are in, and its end.
  using state_begins = std::array<std::size_t, state_blocks + 1>;
  static state_begins place_state(const Optimizer& optimizer) {
    state_begins begin{};
    for (std::size_t block = 0; block < state_blocks; ++block)
      begin[block + 1] =
          begin[block] + (detail::state_name(optimizer, block).empty() ? 0 : trained_size);
    return begin;
  }
  bool has_state(std::size_t block) const { return state_begin_[block] < state_begin_[block + 1]; }

  /// updates_whole is whether the optimizer takes parameters as wholes, with scratch for each; scratch is
  /// where that begins, in the block of the shards' gradients, which nobody needs then.
  static constexpr bool updates_whole = detail::ByWholeParameter<Optimizer, T>;
  static constexpr std::array<std::size_t, tensors + 1> scratch = [] {
    std::array<std::size_t, tensors + 1> first{};
    if constexpr (updates_whole)
      for (std::size_t p = 0; p < tensors; ++p) {
        const auto& parameter = Net::graph.parameters[p];
        first[p + 1] = first[p];
        if (parameter.trained)
          first[p + 1] += plan::aligned(Optimizer::template scratch_size<T>(parameter));
      }
    return first;
  }();

  template <class Data>
  static constexpr Sentence data_error = detail::dataset_error<Data, Loss, T>(Net::input_shape,
                                                                              Net::output_shape);
  /// fits compiles only for a data set that does; the error is the sentence that says why not.
  template <class Data>
  static constexpr bool fits() {
    static_assert(detail::require_empty<data_error<Data>>());
    return data_error<Data>.empty();
  }

  /// require_statistics refuses a batch, or a group of it, of one value for each channel, of which there is
  /// no variance.
  static void require_statistics(const detail::Batch<T>& batch) {
    detail::for_each_index<Program::size>([&](auto i) {
      constexpr const detail::Node& node = Program::graph.nodes[i];
      constexpr bool is_ghost = Program::template is_ghost<i>;
      if constexpr (is_ghost || node.sees_batch) {
        constexpr std::size_t pixels = node.output_shape.size() / node.output_shape.channels();
        const std::size_t samples = is_ghost ? Rounds::smallest_group(batch) : batch.samples;
        if (samples * pixels == 1)
          detail::fail(ErrorCode::bad_argument,
                       Sentence("Trainer::step: layer ")
                           << node.name << ' ' << node.kind
                           << " wants more than one value for each channel, and "
                           << (is_ghost ? "a group of the batch" : "the batch")
                           << " is one sample");
      }
    });
  }

  /// make_gradients leaves the gradients of each shard, `scale` times those of its sum of losses, in its
  /// block, and returns the score of all.
  template <class Data>
  Score make_gradients(const Data& data, std::span<const std::uint32_t> indices,
                       const detail::Batch<T>& batch, double scale) {
    if constexpr (Worker::evaluates_apart)
      for_each_task<Program>([&](auto i, std::size_t task) {
        Pass::template derive_task<i>(task, batch.parameters, batch.derived);
      });
    std::array<Score, max_shards> scores{};
    rounds_.template go<backward_operations>(
        batch, pool_, workers_,
        [&](const auto& piece, Worker& own, const auto& buffers) {
          for (std::size_t i = 0; i < piece.samples; ++i)
            own.read(data, indices[piece.first + i], i, buffers);
        },
        [&](const auto& piece, Worker& own, const auto& buffers) {
          for (std::size_t i = 0; i < piece.samples; ++i)
            own.read_target(loss, data, indices[piece.first + i], i);
          scores[piece.shard] +=
              own.score(loss, piece.samples, scale, buffers.gradient(backward_from), buffers);
        });
    Score total;
    for (std::size_t shard = 0; shard < batch.shards; ++shard) total += scores[shard];
    return total;
  }

  /// for_each_stretch calls f(begin, count) over [0, size), a stretch a task.
  template <class F>
  void for_each_stretch(std::size_t size, F&& f) {
    pool_.run((size + stretch - 1) / stretch, [&](std::size_t task, std::size_t) {
      f(task * stretch, std::min(stretch, size - task * stretch));
    });
  }

  /// for_each_task calls f(i, task) for every task of every operation's derived parameters in a program,
  /// one a task.
  template <class Program, class F>
  void for_each_task(F&& f) {
    pool_.run(Program::offsets.task.back(),
              [&](std::size_t task, std::size_t) { detail::Pass<Program>::at_task(task, f); });
  }

  /// sum_gradients leaves the sum of all shards in `gradients_`.
  void sum_gradients(std::size_t shards) {
    for_each_stretch(gradient_size, [&](std::size_t begin, std::size_t count) {
      T* const at = shard_gradients_.data() + begin;
      kernels::sum_shards(count, shards, at, gradient_size, at);
    });
    for_each_task<Program>([&](auto i, std::size_t task) {
      Pass::template gather_task<i>(task, net_.weights(), shard_gradients_.data(),
                                    gradients_.data());
    });
  }

  /// show_gradients lets the optimizer see all gradients, if it wants to.
  void show_gradients() {
    std::array<std::span<const T>, tensors> weights;
    std::array<std::span<T>, tensors> gradients;
    if constexpr (detail::SeesGradients<Optimizer, T, tensors>) {
      for (std::size_t p = 0; p < tensors; ++p) {
        weights[p] = net_.tensor(p);
        if (Net::graph.parameters[p].trained) gradients[p] = Pass::tensor(gradients_.data(), p);
      }
      optimizer.before_update(weights, gradients);
    }
  }

  void update_parameters() {
    const std::span<T> parameters = net_.parameter_block();
    const auto update = [&](std::size_t begin, std::size_t count, const auto&... parameter) {
      std::array<T*, state_blocks> state;
      for (std::size_t block = 0; block < state.size(); ++block)
        state[block] = has_state(block) ? state_.data() + state_begin_[block] + begin : nullptr;
      optimizer.update(step_, count, parameters.data() + begin, gradients_.data() + begin, state,
                       parameter...);
    };
    if constexpr (updates_whole)
      pool_.run(tensors, [&](std::size_t p, std::size_t) {
        const auto& parameter = Net::graph.parameters[p];
        if (parameter.trained)
          update(Program::parameters.offset[p], parameter.shape.size(), parameter,
                 shard_gradients_.data() + scratch[p]);
      });
    else
      for_each_stretch(trained_size, [&](std::size_t begin, std::size_t count) {
        if constexpr (detail::ByParameter<Optimizer>)
          for (std::size_t p = 0; p < tensors; ++p) {
            const auto& parameter = Net::graph.parameters[p];
            const std::size_t at = Program::parameters.offset[p];
            const std::size_t first = std::max(begin, at);
            const std::size_t last = std::min(begin + count, at + parameter.shape.size());
            if (parameter.trained && first < last) update(first, last - first, parameter);
          }
        else
          update(begin, count);
      });
  }

  /// derive makes anew what the network predicts by.
  void derive() {
    for_each_task<Evaluation>([&](auto i, std::size_t task) {
      detail::Pass<Evaluation>::template derive_task<i>(task, net_.parameter_block().data(),
                                                        net_.derived_block().data());
    });
  }

  Network<Net, T>& net_;
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  detail::ThreadPool pool_;
  std::vector<Worker> workers_;
  detail::AlignedBlock<T> shard_gradients_;
  detail::AlignedBlock<T> gradients_;
  state_begins state_begin_;
  detail::AlignedBlock<T> state_;
  detail::AlignedBlock<T>
      derived_; ///< what kernels derive to train by, if not what they predict by
  Rounds rounds_;
};

/// A Trainer has the types of its parts.
template <class Net, class T, class Loss, class Optimizer>
Trainer(Network<Net, T>&, Loss, Optimizer) -> Trainer<Net, Loss, Optimizer, T>;
/// A Trainer has the types of its parts.
template <class Net, class T, class Loss, class Optimizer>
Trainer(Network<Net, T>&, Loss, Optimizer, TrainerOptions) -> Trainer<Net, Loss, Optimizer, T>;

} // namespace CTNN_INSTRUCTION_SET
} // namespace ctnn
