// Every layer of the seed network by itself, with the pooling and the activation that run with it,
// forward and backward, on a chunk of as many samples as the network runs at a time: one thread,
// warm. Beside it oneDNN's convolution or inner product, which does neither pooling nor activation.

#include <benchmark/benchmark.h>
#include <cstddef>
#include <fmt/format.h>
#include <memory>
#include <string>

#include <ctnn/ctnn.hpp>

#include "measure.hpp"
#include "mnist_net.hpp"
#include "one_group.hpp"
#include "products.hpp"
#include "rivals/onednn.hpp"

namespace ctnn::bench {
namespace {

/// oneDNN's side of the first layer of a group; nothing for layers without weights.
template <class One, bool Forward>
std::unique_ptr<Rival> rival_of(const One& one) {
  using L = typename plan::Program<typename One::Own, float>::template leaf<0>;
  constexpr Shape in = One::Own::input_shape, out = One::Own::nodes[0].output_shape;
  constexpr bool convolution = One::Own::nodes[0].kind == "Conv2d";
  constexpr Pass pass = Forward         ? Pass::forward
                        : One::needs_dx ? Pass::backward
                                        : Pass::backward_parameters;
  if constexpr (convolution)
    return onednn(pass, true, L::geometry(in), one.problem());
  else if constexpr (One::Own::nodes[0].multiply_adds > 0)
    return onednn(pass, false, {in.size(), 1, 1, out.size(), 1, 1, 1, 1, 0, 0}, one.problem());
  else
    return nullptr;
}

template <std::size_t First, bool Forward>
void layer(benchmark::State& state) {
  using One = OneGroup<Net, First>;
  static One one; // kept: Google Benchmark calls this several times
  if (!one.error().empty()) return fail(state, one.error());
  static const std::unique_ptr<Rival> rival = rival_of<One, Forward>(one);
  if (rival && !rival->error.empty()) return fail(state, rival->error);

  constexpr std::size_t passes = Forward ? 1 : one.needs_dx ? 2 : 1;
  constexpr Products made = products<typename One::Own, One::mode>;
  const Work work{.images = one.samples,
                  .flops_per_image = 2.0 * passes * static_cast<double>(One::Own::multiply_adds),
                  .products_per_image = Forward ? made.forward : made.backward};
  const auto run = [] {
    if constexpr (Forward)
      one.forward();
    else
      one.backward();
  };
  time_loop(state, CLOCK_THREAD_CPUTIME_ID, work, run);
  if (rival) take_turns(state, one.samples, run, "oneDNN", rival->images, [] { rival->run(); });
}

template <std::size_t First>
void add_layer() {
  constexpr auto group = group_at<Net>(First);
  constexpr std::size_t last = group.first + group.count - 1;
  const ctnn::detail::Node& first = Net::graph.nodes[group.first];
  Sentence name;
  name << first.name << ' ' << first.kind;
  for (std::size_t i = group.first + 1; i <= last; ++i) name << '+' << Net::graph.nodes[i].kind;
  name << ' ' << first.input_shape << " -> " << Net::graph.nodes[last].output_shape;
  benchmark::RegisterBenchmark(fmt::format("{} forward", name.view()).c_str(), layer<First, true>);
  benchmark::RegisterBenchmark(fmt::format("{} backward", name.view()).c_str(),
                               layer<First, false>);
}

[[maybe_unused]] const bool added = [] {
  for_each_group<Net>([](auto first) { add_layer<first>(); });
  return true;
}();

} // namespace
} // namespace ctnn::bench
