// The program that ctnn_add_trainer builds around a network header: summary, train, evaluate.
// Exit codes: ctnn::ExitCode in ctnn/io/error.hpp.

#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include CTNN_NETWORK_HEADER

#include "trainer/options.hpp"
#include "trainer/train.hpp"

namespace {

using ctnn::ExitCode;

ExitCode run(int argc, char** argv) {
  CLI::App app("Trains the neural network that it was compiled for.");
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("{} (ctnn {}, {}, {})", argv[0], CTNN_VERSION,
                                                CTNN_REVISION, ctnn::simd::instruction_set));

  CLI::App* summary = app.add_subcommand("summary", "Print the network's table");
  bool all = false;
  summary->add_flag("--all", all, "with a row for layers without parameters too");
  trainer::TrainOptions train_options;
  trainer::EvaluateOptions evaluate_options;
  CLI::App* train = trainer::add_train(app, train_options);
  trainer::add_evaluate(app, evaluate_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
    return ExitCode::ok;
  } catch (const CLI::ParseError& error) {
    throw ctnn::Error(ExitCode::usage, std::string(error.what()) + " (see --help)");
  }

  if (summary->parsed())
    fmt::print("{}", all ? ctnn::summary<Net> : ctnn::summary<Net, ctnn::Rows::with_parameters>);
  else if (train->parsed())
    trainer::train<Net>(train_options);
  else
    trainer::evaluate<Net>(evaluate_options);
  return ExitCode::ok;
}

int report(const char* program, ExitCode code, const std::string& message) {
  std::fflush(stdout);
  std::fputs(fmt::format("{}: error: {}\n", program, message).c_str(), stderr); // never throws
  return static_cast<int>(code);
}

/// Whether this processor has the instructions that the compiler was allowed to use.
bool processor_fits() {
#if defined(__AVX512F__)
  return __builtin_cpu_supports("x86-64-v4") > 0;
#elif defined(__AVX2__)
  return __builtin_cpu_supports("x86-64-v3") > 0;
#else
  return __builtin_cpu_supports("x86-64-v2") > 0;
#endif
}

} // namespace

int main(int argc, char** argv) {
  const char* const program = "mnist";
  if (!processor_fits())
    return report(program, ExitCode::unexpected,
                  fmt::format("this program was built for {}, which this processor lacks",
                              ctnn::simd::instruction_set));
  try {
    const ExitCode code = run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
      return report(program, ExitCode::cannot_write, "standard output: cannot write");
    return static_cast<int>(code);
  } catch (const ctnn::Error& error) {
    return report(program, error.code, error.what());
  } catch (const std::bad_alloc&) {
    return report(program, ExitCode::out_of_memory, "out of memory");
  } catch (const std::system_error& error) {
    const bool threads = error.code() == std::errc::resource_unavailable_try_again;
    return report(program, threads ? ExitCode::out_of_memory : ExitCode::unexpected,
                  threads ? "cannot start the threads: try --threads 1" : error.what());
  } catch (const std::exception& error) {
    return report(program, ExitCode::unexpected, error.what());
  }
}
