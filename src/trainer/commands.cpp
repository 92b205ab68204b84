// The commands, compiled for one network.

#include CTNN_NETWORK_HEADER

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>

#include <ctnn/io/error.hpp>
#include <ctnn/io/state_dict.hpp>
#include <ctnn/train.hpp>

#include "commands.hpp"
#include "files.hpp"
#include "output.hpp"

namespace trainer {
namespace {

/// NLLLoss where the network ends in LogSoftmax, else CrossEntropyLoss on its scores.
using Loss = std::conditional_t<std::is_same_v<Net::layer<Net::layer_count - 1>, ctnn::LogSoftmax>,
                                ctnn::NLLLoss, ctnn::CrossEntropyLoss>;

ctnn::ImageDataset load(const DataOptions& data, ctnn::Split split) {
  return load_images(data, split, Net::output_shape.size(), Net::input_shape);
}

void print_test(const ctnn::Score& test) {
  print("Test set: Average loss: {:.4f}, Accuracy: {}/{} ({:.2f}%)\n", test.loss(), test.correct,
        test.samples, 100 * test.accuracy());
}

void print_learning_rate(double lr) {
  print("Adjusting learning rate of group 0 to {:.4e}.\n", lr);
}

/// Throws Error(diverged) if a loss is not finite: the weights on disk stay those of the last
/// epoch.
void require_finite(const ctnn::Score& score, std::size_t epoch, std::size_t batch, double lr) {
  if (!std::isfinite(score.loss()))
    throw ctnn::Error(ctnn::ExitCode::diverged,
                      format("training diverged: the loss is {} in epoch {}, batch {}, with a "
                             "learning rate of {}",
                             score.loss(), epoch, batch, lr));
}

} // namespace

const char* const instruction_set = ctnn::simd::instruction_set;

void summary(bool all, bool plan) {
  if (plan) return write_out(ctnn::plan_table<Net>());
  write_out(all ? ctnn::summary<Net> : ctnn::summary<Net, ctnn::Rows::with_parameters>);
}

void evaluate(const EvaluateOptions& options) {
  ctnn::Network<Net> net;
  ctnn::load_state_dict(net, options.weights);
  const ctnn::ImageDataset test = load(options.data, ctnn::Split::test);
  ctnn::Trainer trainer(net, Loss{}, ctnn::SGD{}, {.threads = options.data.threads});
  print_test(trainer.evaluate(test));
}

void train(const TrainOptions& options) {
  ctnn::ImageDataset train = load(options.data, ctnn::Split::train);
  const ctnn::ImageDataset test = load(options.data, ctnn::Split::test);
  if (options.limit > 0) train.truncate(options.limit);

  ctnn::Network<Net> net(options.seed);
  if (!options.init.empty()) ctnn::load_state_dict(net, options.init);
  const ctnn::StepLR schedule{options.lr, options.step_size, options.gamma};
  ctnn::Trainer trainer(net, Loss{}, ctnn::SGD{.lr = options.lr, .momentum = options.momentum},
                        {.threads = options.data.threads, .seed = options.seed});

  MetricsLog log(options.output());
  log.write({{"event", "start"},
             {"dataset", options.data.dataset},
             {"parameters", Net::parameter_count},
             {"train_samples", train.size()},
             {"test_samples", test.size()},
             {"epochs", options.epochs},
             {"batch_size", options.batch_size},
             {"momentum", options.momentum},
             {"seed", options.seed},
             {"shuffle", !options.no_shuffle},
             {"threads", trainer.threads()},
             {"instruction_set", ctnn::simd::instruction_set}});

  print_learning_rate(options.lr);
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    print("Epoch {}\n", epoch);
    const double lr = trainer.optimizer.lr = schedule.lr_at(epoch - 1);
    const auto start = std::chrono::steady_clock::now();
    std::size_t batches = 0;
    double last_loss = 0;
    const ctnn::Score score = ctnn::train_epoch(trainer, train,
                                                {.batch_size = options.batch_size,
                                                 .shuffle = !options.no_shuffle,
                                                 .seed = options.seed,
                                                 .epoch = static_cast<std::uint32_t>(epoch)},
                                                [&](const ctnn::Score& batch, const ctnn::Score&) {
                                                  require_finite(batch, epoch, batches++, lr);
                                                  last_loss = batch.loss();
                                                });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    print("Train: Loss={:.4f} Batch_id={} Accuracy={:.2f}\n", last_loss, batches - 1,
          100 * score.accuracy());

    const ctnn::Score tested = trainer.evaluate(test);
    require_finite(tested, epoch, batches, lr);
    print_test(tested);
    ctnn::save_state_dict(net, options.output() / "last.safetensors",
                          {{"ctnn.epoch", std::to_string(epoch)}});
    log.write({{"event", "epoch"},
               {"epoch", epoch},
               {"lr", lr},
               {"train_loss", score.loss()},
               {"train_accuracy", score.accuracy()},
               {"test_loss", tested.loss()},
               {"test_accuracy", tested.accuracy()},
               {"test_correct", tested.correct},
               {"seconds", seconds.count()},
               {"images_per_second", static_cast<double>(train.size()) / seconds.count()}});
    print_learning_rate(schedule.lr_at(epoch));
  }
  print("Saved {} and {}\n", (options.output() / "last.safetensors").string(), log.path().string());
}

} // namespace trainer
