// The program that ctnn_add_trainer builds around a network header: its command line and its end.
// What it does is in trainer/.

#include <exception>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <ctnn/core/error.hpp>

#include "trainer/command_line.hpp"
#include "trainer/commands.hpp"
#include "trainer/completion.hpp"
#include "trainer/engine.hpp"
#include "trainer/exit_code.hpp"
#include "trainer/output.hpp"
#include "trainer/signals.hpp"
#include "trainer/suggestion.hpp"

namespace {

#if defined(__clang__)
constexpr const char* compiler = "clang++ " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

trainer::ExitCode run(int argc, char** argv) {
  CLI::App app("Trains the neural network that it was compiled for.", CTNN_PROGRAM);
  app.formatter(std::make_shared<trainer::Formatter>());
  app.option_defaults()->take_last(); // what is added to `scripts/train --out X` overrides it
  app.require_subcommand(1);
  app.footer("Each command has a --help of its own.");
  app.set_version_flag("--version", trainer::version());

  CLI::App* summary = app.add_subcommand("summary", "Print the network's table");
  bool all = false, plan = false;
  CLI::Option* all_flag =
      summary->add_flag("--all", all, "with a row for layers without parameters too");
  summary->add_flag("--plan", plan, "how the network runs instead: algorithms, memory")
      ->excludes(all_flag);
  trainer::TrainOptions train_options;
  trainer::WeightsOptions weights_options;
  CLI::App* train = trainer::add_train(app, train_options);
  CLI::App* evaluate = trainer::add_evaluate(app, weights_options);
  trainer::add_predict(app, weights_options);
  app.add_flag_callback(
      "--bash-completion", [&] { throw CLI::CallForVersion(trainer::bash_completion(app), 0); },
      "Print what bash sources to complete all this");
  summary->footer(trainer::examples({{"summary", ""}, {"summary --plan", ""}}));

  if (argc == 1) {
    trainer::write_out(app.help());
    throw ctnn::Error(
        ctnn::ErrorCode::bad_argument,
        fmt::format("expected a command: {}", fmt::join(trainer::command_names(app), ", ")));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    std::ostringstream text;
    app.exit(help_or_version, text);
    trainer::write_out(text.str());
    return trainer::ExitCode::ok;
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> strays = app.remaining(true); // CLI11 names them last
    throw ctnn::Error(ctnn::ErrorCode::bad_argument,
                      fmt::format("{} (see --help)",
                                  strays.empty()
                                      ? error.what()
                                      : fmt::format("unexpected argument \"{}\"{}", strays.front(),
                                                    trainer::suggestion(app, strays.front()))));
  }

  if (summary->parsed())
    trainer::summary(all, plan);
  else if (train->parsed())
    trainer::train(train_options);
  else if (evaluate->parsed())
    trainer::evaluate(weights_options);
  else
    return trainer::predict(weights_options);
  return trainer::ExitCode::ok;
}

int report(trainer::ExitCode code, std::string message) {
  trainer::error_line(std::move(message));
  return static_cast<int>(code);
}

} // namespace

std::string trainer::version() {
  return fmt::format("{} {} ({}, {}, {})", CTNN_PROGRAM, CTNN_VERSION, CTNN_REVISION,
                     instruction_set, compiler);
}

int main(int argc, char** argv) {
  trainer::keep_closed_streams_closed();
  trainer::let_large_files_fail();
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const trainer::Stopped& stopped) {
    trainer::note(stopped.what());
    return 128 + stopped.signal;
  } catch (const ctnn::Error& error) {
    return report(trainer::exit_code(error.code), error.what());
  } catch (const std::bad_alloc&) {
    return report(trainer::ExitCode::out_of_memory, "out of memory");
  } catch (const std::system_error& error) {
    const bool threads = error.code() == std::errc::resource_unavailable_try_again;
    return report(threads ? trainer::ExitCode::out_of_memory : trainer::ExitCode::unexpected,
                  threads ? "cannot start the threads: try --threads 1" : error.what());
  } catch (const std::exception& error) {
    return report(trainer::ExitCode::unexpected, error.what());
  }
}
