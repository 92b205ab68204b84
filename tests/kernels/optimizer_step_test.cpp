// Optimizer steps against PyTorch's numbers (tests/reference/optimizers.py), and the sum of shards.

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "kernels/exact_buffer.hpp"
#include "support/reference.hpp"
#include <ctnn/kernels/optimizer_step.hpp>
#include <ctnn/train/optimizers.hpp>

using namespace ctnn;
using namespace ctnn::kernels;
using test::ExactBuffer;

namespace {

const nlohmann::json& torch_numbers() {
  static const auto file = test::reference("optimizers.json");
  return file;
}

template <class T>
std::vector<T> as(const nlohmann::json& list) {
  const auto values = test::numbers(list);
  return std::vector<T>(values.begin(), values.end());
}

template <class T>
struct State {
  ExactBuffer<T> w, g{0}, a{0}, b{0}, c{0}; // the blocks of an optimizer's state, as many as it has
};

template <class T>
void take_step(const nlohmann::json& options, std::uint64_t step, State<T>& s) {
  const auto option = [&](const char* name) { return options.at(name).get<double>(); };
  const auto is = [&](const char* name) { return options.at(name).get<bool>(); };
  const auto with = [&](const auto& optimizer) {
    const std::array<T*, 3> all{s.a.data(), s.b.data(), s.c.data()};
    std::array<T*, std::decay_t<decltype(optimizer)>::state_names.size()> state;
    std::copy_n(all.begin(), state.size(), state.begin());
    optimizer.update(step, s.w.size(), s.w.data(), std::as_const(s.g).data(), state);
  };
  const auto name = options.at("optimizer").get<std::string>();
  if (name == "SGD")
    with(SGD{.lr = option("lr"),
             .momentum = option("momentum"),
             .weight_decay = option("weight_decay"),
             .nesterov = is("nesterov")});
  else if (name == "RMSprop")
    with(RMSprop{.lr = option("lr"),
                 .alpha = option("alpha"),
                 .eps = option("eps"),
                 .weight_decay = option("weight_decay"),
                 .momentum = option("momentum"),
                 .centered = is("centered")});
  else if (name == "Lion")
    with(Lion{.lr = option("lr"),
              .beta1 = option("beta1"),
              .beta2 = option("beta2"),
              .weight_decay = option("weight_decay")});
  else {
    const auto as_adam = [&]<class Adaptive>(Adaptive optimizer) {
      optimizer.lr = option("lr");
      optimizer.beta1 = option("beta1");
      optimizer.beta2 = option("beta2");
      optimizer.eps = option("eps");
      optimizer.weight_decay = option("weight_decay");
      if constexpr (std::is_same_v<Adaptive, NAdam>) {
        optimizer.momentum_decay = option("momentum_decay");
        optimizer.decoupled_weight_decay = is("decoupled_weight_decay");
      }
      with(optimizer);
    };
    if (name == "Adam")
      as_adam(Adam{});
    else if (name == "AdamW")
      as_adam(AdamW{});
    else if (name == "NAdam")
      as_adam(NAdam{});
    else
      FAIL("an optimizer " << name);
  }
}

/// The parameters `copies` times over, so that they fill vectors and tails.
template <class T>
void follow_torch(std::size_t copies, std::size_t offset, double limit) {
  const auto repeat = [&](const nlohmann::json& list) {
    std::vector<T> all;
    for (std::size_t i = 0; i < copies; ++i) {
      const auto values = as<T>(list);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  };
  const auto& file = torch_numbers();
  REQUIRE(file.at("cases").size() >= 21);
  for (const auto& options : file.at("cases")) {
    State<T> s{ExactBuffer<T>(repeat(file.at("weights")), offset)};
    s.a = s.b = s.c = ExactBuffer<T>(std::vector<T>(s.w.size(), 0), offset);
    const auto& after = options.at("weights");
    REQUIRE(after.size() == 20);
    for (std::size_t step = 0; step < after.size(); ++step) {
      s.g = ExactBuffer<T>(repeat(file.at("gradients").at(step)), offset);
      take_step(options, step + 1, s);
      INFO(options.dump());
      REQUIRE(test::error(s.w, repeat(after.at(step)), 1) <= limit);
      REQUIRE((s.w.start_untouched() && s.a.start_untouched() && s.b.start_untouched() &&
               s.c.start_untouched()));
    }
  }
}

} // namespace

TEST_CASE("optimizer_step: follows PyTorch for twenty steps in double") {
  for (std::size_t copies = 1; copies <= 4; ++copies) // 7 to 28 parameters
    for (std::size_t offset = 0; offset < 3; ++offset) follow_torch<double>(copies, offset, 4e-15);
}

TEST_CASE("optimizer_step: follows PyTorch for twenty steps in float") {
  for (std::size_t copies = 1; copies <= 5; ++copies)
    for (std::size_t offset = 0; offset < 3; ++offset) follow_torch<float>(copies, offset, 2e-6);
}

TEST_CASE("optimizer_step: an empty range is left alone") {
  adam_step<float>(0, nullptr, nullptr, nullptr, nullptr, 1, {0.1, 0.9, 0.999, 1e-8, 0, false});
  sgd_step<float>(0, nullptr, nullptr, nullptr, {0.1, 0.9, 0, false});
}

TEST_CASE("sgd_step: without momentum it needs no velocity") {
  std::vector<float> w{1, 2, 3};
  const std::vector<float> g{1, 1, -2};
  sgd_step<float>(3, w.data(), g.data(), nullptr, {0.5, 0, 0, false});
  CHECK(w == std::vector<float>{0.5, 1.5, 4});
}

TEST_CASE("adam_step: a parameter that never had a gradient stays") {
  std::vector<double> w{1}, m{0}, v{0};
  const double g = 0;
  for (std::uint64_t step = 1; step <= 3; ++step)
    adam_step(1, w.data(), &g, m.data(), v.data(), step, {0.1, 0.9, 0.999, 1e-8, 0, false});
  CHECK(w[0] == 1);
}

TEST_CASE("nadam_product: is the product of the momenta") {
  for (const double decay : {0.0, 4e-3, 0.5, 30.0}) {
    double product = 1;
    for (int step = 1; step <= 2000; ++step) {
      product *= nadam_momentum(step, 0.9999, decay);
      REQUIRE(nadam_product(step, 0.9999, decay) == Approx(product).epsilon(1e-12).margin(1e-300));
    }
  }
}

TEMPLATE_TEST_CASE("optimizer_step: ranges of a block give the bits of the whole", "", float,
                   double) {
  using T = TestType;
  const std::size_t size = 5 * simd::lanes<T> + 3;
  const auto g = test::random_values<T>(size, 2);
  const auto run = [&](std::vector<std::size_t> cuts) {
    auto w = test::random_values<T>(size, 1);
    std::vector<T> m(size, 0), v(size, 0);
    for (std::uint64_t step = 1; step <= 3; ++step)
      for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
        const std::size_t begin = cuts[i];
        adam_step(cuts[i + 1] - begin, w.data() + begin, g.data() + begin, m.data() + begin,
                  v.data() + begin, step, {1e-2, 0.9, 0.999, 1e-8, 1e-2, true});
      }
    return w;
  };
  CHECK(run({0, size}) == run({0, 3, 3, simd::lanes<T> + 5, size}));
}

TEMPLATE_TEST_CASE("average_step: goes a part of the way", "", float, double) {
  using T = TestType;
  for (std::size_t count = 0; count <= 3 * simd::lanes<T> + 1; ++count) {
    const ExactBuffer<T> w(test::random_values<T>(count, 1), 1);
    ExactBuffer<T> average(test::random_values<T>(count, 2), 1);
    std::vector<T> expected = average.values();
    for (std::size_t i = 0; i < count; ++i)
      expected[i] = T(0.9) * expected[i] + T(1 - 0.9) * w.values()[i];
    average_step<T>(count, w.data(), average.data(), 0.9);
    REQUIRE(average.values() == expected);
    REQUIRE(average.start_untouched());
  }
}

TEMPLATE_TEST_CASE("sum_of_squares: adds every element once", "", float, double) {
  using T = TestType;
  for (std::size_t count = 0; count <= 40; ++count) {
    std::vector<T> values(count);
    double expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<T>(static_cast<int>(i * i) - 99);
      expected += double(values[i]) * double(values[i]);
    }
    const ExactBuffer<T> x(values, 1);
    REQUIRE(sum_of_squares<T>(count, x.data()) == expected);
  }
  const std::vector<float> large(9, 1e30f); // whose square no float holds
  CHECK(sum_of_squares(9, large.data()) == Approx(9e60));
}

TEMPLATE_TEST_CASE("sum_shards: adds in the order of the fixed tree", "", float, double) {
  using T = TestType;
  for (const std::size_t count : {0u, 1u, 3u, 16u, 37u}) {
    const std::size_t stride = count + 2, most = 13;
    const auto x = test::random_values<T>(most * stride, 1);
    for (std::size_t shards = 1; shards <= most; ++shards) {
      std::vector<T> expected(count);
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<T> level; // pairs, pairs of pairs, ...; an odd one out goes up as it is
        for (std::size_t s = 0; s < shards; ++s) level.push_back(x[s * stride + i]);
        while (level.size() > 1) {
          std::vector<T> next;
          for (std::size_t s = 0; s + 1 < level.size(); s += 2)
            next.push_back(level[s] + level[s + 1]);
          if (level.size() % 2) next.push_back(level.back());
          level = next;
        }
        expected[i] = level[0];
      }
      const ExactBuffer<T> all(std::vector<T>(
          x.begin(), x.begin() + static_cast<std::ptrdiff_t>((shards - 1) * stride + count)));
      ExactBuffer<T> out(count, 1), in_place = all;
      sum_shards(count, shards, all.data(), stride, out.data());
      REQUIRE(test::same(out, expected));
      REQUIRE(out.start_untouched());
      sum_shards(count, shards, in_place.data(), stride, in_place.data()); // onto the first shard
      const auto first = in_place.values();
      REQUIRE(std::equal(expected.begin(), expected.end(), first.begin()));
    }
  }
}
