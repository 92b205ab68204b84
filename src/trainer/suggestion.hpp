#pragma once
// What somebody may have meant by an argument that the program does not know.

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ctnn/core/diagnose.hpp>

namespace trainer {

/// What is compared of an argument: `--Batch_Size=4` is meant as `batch-size`.
inline std::string comparable(std::string_view argument) {
  std::string word;
  for (const char c : argument.substr(0, argument.find('=')))
    word += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

/// The options of a command, `--epochs`.
inline std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    if (option->nonpositional()) names.push_back("--" + option->get_lnames().front());
  return names;
}

inline std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// "; did you mean --epochs?" or "; it is an option of train", and nothing where nothing is near.
inline std::string suggestion(const CLI::App& app, std::string_view stray) {
  const std::vector<CLI::App*> given = app.get_subcommands();
  std::vector<std::string> known = option_names(given.empty() ? app : *given.front());
  if (given.empty()) std::ranges::copy(command_names(app), std::back_inserter(known));

  const std::string word = comparable(stray);
  const auto distance = [&](const std::string& name) {
    return ctnn::detail::edit_distance(word, comparable(name));
  };
  const auto nearest = std::ranges::min_element(known, {}, distance);
  // Up to three slips, and less than every second letter: nothing is near to "" and "x".
  if (distance(*nearest) <= std::min<std::size_t>(3, word.size() / 2))
    return fmt::format("; did you mean {}?", *nearest);

  std::vector<std::string> owners;
  for (const CLI::App* command : app.get_subcommands({}))
    if (std::ranges::count(option_names(*command), "--" + word) > 0)
      owners.push_back(command->get_name());
  return owners.empty() ? "" : fmt::format("; it is an option of {}", fmt::join(owners, ", "));
}

} // namespace trainer
