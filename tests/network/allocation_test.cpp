// Once warm, neither training nor prediction allocates; and predicting is safe from many threads.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <numeric>
#include <thread>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

std::atomic<bool> counting = false;
std::atomic<std::size_t> allocations = 0;

void* try_allocate(std::size_t size, std::size_t alignment) noexcept {
  if (counting) ++allocations;
  // aligned_alloc wants a multiple of the alignment.
  const std::size_t whole = (std::max<std::size_t>(size, 1) + alignment - 1) / alignment;
  return std::aligned_alloc(alignment, whole * alignment);
}
void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  if (void* const p = try_allocate(size, alignment)) return p;
  throw std::bad_alloc();
}

/// How often `f` allocates, on any thread.
template <class F>
std::size_t allocations_of(F&& f) {
  allocations = 0;
  counting = true;
  f();
  counting = false;
  return allocations;
}

} // namespace

// All forms: the sanitizers' own would not call one another. Inlined, g++ would complain of a
// mismatch of new and free.
[[gnu::noinline]] void* operator new(std::size_t size) { return allocate(size); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return try_allocate(size, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment,
                                     const std::nothrow_t&) noexcept {
  return try_allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(p);
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return allocate(size); }
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return try_allocate(size, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t alignment,
                                       const std::nothrow_t&) noexcept {
  return try_allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete[](void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
[[gnu::noinline]] void operator delete[](void* p, const std::nothrow_t&) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete[](void* p, std::align_val_t,
                                         const std::nothrow_t&) noexcept {
  std::free(p);
}

namespace {

using Net =
    Sequential<Input<2, 10, 10>, Conv2d<5, 3, winograd(4)>, MaxPool2d<2>, ReLU, Dropout<0.2>,
               Conv2d<6, 3>, MaxPool2d<2, stride(1)>, Flatten, Linear<4>, LogSoftmax>;

struct Images {
  static constexpr Shape sample_shape = Net::input_shape;
  std::size_t size() const { return 70; } // more than a chunk
  void read(std::size_t i, float* x) const {
    for (std::size_t k = 0; k < Net::input_shape.size(); ++k)
      x[k] = static_cast<float>((i * 7919 + k * 104'729) % 1000) / 500.f - 1.f;
  }
  std::uint32_t label(std::size_t i) const { return static_cast<std::uint32_t>(i % 4); }

  std::vector<float> all() const {
    std::vector<float> x(size() * Net::input_shape.size());
    for (std::size_t i = 0; i < size(); ++i) read(i, &x[i * Net::input_shape.size()]);
    return x;
  }
};

} // namespace

TEST_CASE("the counter counts allocations of every kind") {
  // By name: a compiler may leave out what new-expressions and allocators ask for.
  CHECK(allocations_of([] { ::operator delete(::operator new(4)); }) == 1);
  CHECK(allocations_of([] { ::operator delete[](::operator new[](4)); }) == 1);
  CHECK(allocations_of([] { ::operator delete(::operator new(4, std::nothrow), std::nothrow); }) ==
        1);
  CHECK(allocations_of([] { detail::AlignedBlock<float>{16}; }) == 1);
  CHECK(allocations_of([] {}) == 0);
}

TEST_CASE("a training step allocates nothing") {
  const Images images;
  std::vector<std::uint32_t> batch(images.size());
  std::iota(batch.begin(), batch.end(), 0u);
  const auto allocates_nothing = [&](const auto& optimizer) {
    Network<Net> net;
    Trainer trainer(net, NLLLoss{}, optimizer, {.threads = 2});
    trainer.step(images, batch);
    CHECK(allocations_of([&] {
            for (std::size_t step = 0; step < 3; ++step) trainer.step(images, batch);
          }) == 0);
  };
  allocates_nothing(AdamW{});
  const ParameterGroups groups{AdamW{}, Group<BiasesAndNorms>{.weight_decay = 0}};
  allocates_nothing(EMA{ClipGradNorm{groups, 1.0}});
  allocates_nothing(Muon{});
}

TEST_CASE("and neither does one that waits for statistics of the batch, after the first") {
  using Normed = Sequential<Input<2, 10, 10>, Conv2d<5, 3>, BatchNorm2d<>, ReLU, Dropout<0.2>,
                            Flatten, Linear<6>, BatchNorm1d<>, Linear<4>>;
  const Images images;
  std::vector<std::uint32_t> batch(images.size());
  std::iota(batch.begin(), batch.end(), 0u);
  Network<Normed> net;
  Trainer trainer(net, CrossEntropyLoss{}, AdamW{}, {.threads = 2});
  trainer.step(images, batch);
  CHECK(allocations_of([&] {
          for (std::size_t samples = images.size(); samples > 50; samples -= 5)
            trainer.step(images, std::span(batch).first(samples));
        }) == 0);
}

TEST_CASE("predicting, forward and backward allocate nothing") {
  const Network<Net> net;
  const auto x = Images{}.all();
  std::vector<float> y(Images{}.size() * Net::output_shape.size());
  Workspace<Net> workspace;
  CHECK(allocations_of([&] { net.predict(Images{}.size(), x.data(), y.data(), workspace); }) == 0);

  using Program = Network<Net>::Program;
  using Pass = detail::Pass<Program>;
  constexpr detail::Chunk chunk{.samples = 5, .training = true};
  Workspace<Net, float, plan::Mode::input_gradient> training;
  std::vector<float> gradients(Program::offsets.gradient_size), block(Program::parameters.size);
  CHECK(allocations_of([&] {
          Pass::write_input(5, x.data(), training);
          Pass::forward(chunk, net.weights(), training);
          std::fill_n(training.gradient(Program::output), 5 * Net::output_shape.size(), 1.f);
          Pass::backward(chunk, net.weights(), training, gradients.data());
          Pass::gather(net.weights(), gradients.data(), block.data());
        }) == 0);
}

TEST_CASE("threads that predict with one network at once get the bits of one alone") {
  const Network<Net> net(4);
  const std::size_t samples = Images{}.size(), size = samples * Net::output_shape.size();
  const auto x = Images{}.all();
  std::vector<float> alone(size);
  Workspace<Net> workspace;
  net.predict(samples, x.data(), alone.data(), workspace);

  std::vector<std::vector<float>> together(4, std::vector<float>(size));
  {
    std::vector<std::jthread> threads;
    for (auto& y : together)
      threads.emplace_back([&] {
        Workspace<Net> own;
        for (int repeat = 0; repeat < 5; ++repeat) net.predict(samples, x.data(), y.data(), own);
      });
  }
  for (const auto& y : together) CHECK(y == alone);
}
