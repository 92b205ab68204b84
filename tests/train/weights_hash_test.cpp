// The weights that training leaves are part of what ctnn promises: a change of structure, of the plan
// or of names moves none of their bits. A change that is meant to move them brings new hashes.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include <ctnn/train.hpp>

#include "../../src/mnist_net.hpp"
#include "support/catch.hpp"
#include "support/hashed_images.hpp"

using namespace ctnn;

namespace {

/// FNV-1a, 64 bits, of all parameters in order.
template <class T>
std::uint64_t hash_of(const Network<Net, T>& net) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (std::size_t p = 0; p < net.tensors; ++p)
    for (const T weight : net.tensor(p)) {
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &weight, sizeof(T));
      for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
    }
  return hash;
}

/// Batches of 20 make shards of two and three samples.
std::uint64_t hash_after_200_steps() {
  const test::HashedImages images{400};
  Network<Net> net(1);
  Trainer trainer(net, NLLLoss{}, SGD{.lr = 0.01, .momentum = 0.9, .weight_decay = 1e-4},
                  {.threads = 2, .seed = 1});
  std::vector<std::uint32_t> batch(20);
  for (std::uint32_t step = 0; step < 200; ++step) {
    std::iota(batch.begin(), batch.end(), step % 20 * 20);
    trainer.step(images, batch);
  }
  return hash_of(net);
}

std::uint64_t expected() {
  const std::string set = simd::instruction_set;
  return set == "AVX-512" ? 0x6049d8aaf54cb5b6u
         : set == "AVX2"  ? 0x856dd153a5062399u
                          : 0x84bf4a64acabaacbu;
}

} // namespace

TEST_CASE("the seed network's weights after 200 steps have the bits they always had") {
  CHECK(hash_after_200_steps() == expected());
}
