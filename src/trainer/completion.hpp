#pragma once
// Bash's completion of the command line, written from the options themselves.

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "suggestion.hpp"

namespace trainer {

/// The words that an option's value can be, "mnist fashion-mnist"; CLI11 keeps them in the name of its
/// type only, "{mnist,fashion-mnist,csv:FILE}". One that is not a word yet is left out.
inline std::string choices(const CLI::Option& option) {
  std::string type = option.get_type_name();
  const std::size_t open = type.find('{'), close = type.rfind('}');
  if (open == type.npos || close == type.npos) return {};
  std::string words;
  for (const std::string& word : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
    if (word.find(':') == word.npos) words += (words.empty() ? "" : " ") + word;
  return words;
}

/// A script that bash sources. What is a file is left to bash; a number has no completion.
inline std::string bash_completion(const CLI::App& app) {
  std::string cases;
  std::vector<std::string> paths, numbers;
  for (const CLI::App* command : app.get_subcommands({}))
    for (const CLI::Option* option : command->get_options()) {
      const bool flag = option->get_expected_min() == 0;
      if (flag || !option->nonpositional()) continue;
      const std::string pattern =
          fmt::format("'{} --{}'", command->get_name(), option->get_lnames().front());
      if (const std::string words = choices(*option); !words.empty())
        cases += fmt::format("    {}) words='{}' ;;\n", pattern, words);
      else
        (option->get_type_name() == "PATH" ? paths : numbers).push_back(pattern);
    }
  cases += fmt::format("    {}) return ;;\n", fmt::join(paths, " | "));
  cases +=
      fmt::format("    {}) compopt +o default 2>/dev/null; return ;;\n", fmt::join(numbers, " | "));
  for (const CLI::App* command : app.get_subcommands({}))
    cases += fmt::format("    '{} '*) words='{}' ;;\n", command->get_name(),
                         fmt::join(option_names(*command), " "));
  std::vector<std::string> first = command_names(app);
  std::ranges::copy(option_names(app), std::back_inserter(first));
  return fmt::format(R"(# source <({0} --bash-completion)
_{0}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} words=
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words='{1}'
  else
    case "${{COMP_WORDS[1]}} $before" in
{2}    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _{0} {0}
)",
                     CTNN_PROGRAM, fmt::join(first, " "), cases);
}

} // namespace trainer
