#pragma once
/// @file
/// Everything that a training needs to go on as if it had never stopped, in one file, so that it is
/// never half old and half new.

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <ctnn/io/checkpoint.hpp>
#include <ctnn/io/state_dict.hpp>
#include <ctnn/train/trainer.hpp>

namespace ctnn::io::detail {

inline constexpr const char* steps_key = "ctnn.steps";
inline constexpr const char* seed_key = "ctnn.seed";

/// training_slots are the weights by their names, and the optimizer's state:
/// "optimizer.momentum_buffer.conv1.weight".
template <class T, class Net, class Loss, class Optimizer, class Value>
std::vector<ParameterSlot<T>> training_slots(Trainer<Net, Loss, Optimizer, Value>& trainer,
                                             std::vector<ParameterSlot<T>> slots) {
  const std::size_t parameters = slots.size();
  for (std::size_t block = 0; block < Optimizer::state_names.size(); ++block) {
    const std::string_view name = ctnn::detail::state_name(trainer.optimizer, block);
    for (std::size_t p = 0; p < parameters; ++p)
      if (Net::graph.parameters[p].trained && !name.empty())
        slots.push_back({fmt::format("optimizer.{}.{}", name, slots[p].name), slots[p].shape,
                         trainer.state(block, p).data()});
  }
  return slots;
}

inline std::uint64_t stored_number(const Checkpoint& checkpoint, const char* key) {
  const auto& metadata = checkpoint.file.metadata;
  const auto found = metadata.find(key);
  if (found == metadata.end())
    fail(ErrorCode::bad_checkpoint, checkpoint.name,
         "holds no training state: no {} in its __metadata__", key);
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    fail(ErrorCode::bad_checkpoint, checkpoint.name, "{}: expected a whole number, found \"{}\"",
         key, printable(text, 40));
  return number;
}

} // namespace ctnn::io::detail

namespace ctnn {

/// save_training_state writes weights, optimizer state, number of steps and seed to `path` (safetensors)
/// atomically, with `metadata`: what the caller needs to know again. Throws `Error(cannot_write)`;
/// the file that was there stays then.
template <class Net, class Loss, class Optimizer, class T>
void save_training_state(Trainer<Net, Loss, Optimizer, T>& trainer,
                         const std::filesystem::path& path,
                         std::map<std::string, std::string> metadata = {}) {
  metadata[io::detail::steps_key] = fmt::format("{}", trainer.steps());
  metadata[io::detail::seed_key] = fmt::format("{}", trainer.seed());
  const auto slots =
      io::detail::training_slots<const T>(trainer, io::detail::parameter_slots(trainer.network()));
  io::save_parameters<const T>(path, slots, std::move(metadata));
}

/// load_training_state takes the trainer and its network on from such a file, which
/// `io::read_checkpoint` has read, so that the caller finds its own metadata there.
/// Throws `Error(bad_checkpoint)` with all that does not match; nothing has changed then.
template <class Net, class Loss, class Optimizer, class T>
void load_training_state(Trainer<Net, Loss, Optimizer, T>& trainer,
                         const io::Checkpoint& checkpoint) {
  const std::uint64_t steps = io::detail::stored_number(checkpoint, io::detail::steps_key);
  const std::uint64_t seed = io::detail::stored_number(checkpoint, io::detail::seed_key);
  trainer.network().modify([&](auto& spans) {
    const auto slots = io::detail::training_slots<T>(trainer, io::detail::slots_of<Net, T>(spans));
    io::load_parameters<T>(checkpoint.file, checkpoint.name, slots);
  });
  trainer.set_steps(steps);
  trainer.set_seed(seed);
}

/// load_training_state does the same from the file `path`.
template <class Net, class Loss, class Optimizer, class T>
void load_training_state(Trainer<Net, Loss, Optimizer, T>& trainer,
                         const std::filesystem::path& path) {
  load_training_state(trainer, io::read_checkpoint(path));
}

} // namespace ctnn
