#pragma once
// oneDNN, where it is installed: convolution and inner product with the layouts that it prefers.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <ctnn/kernels/geometry.hpp>

#include "../reference.hpp"

namespace ctnn::bench {

enum class Pass { forward, backward, backward_parameters };

/// Another library's way to the result of one of our benchmarks; one thread.
struct Rival {
  std::size_t images = 0; ///< in one run
  std::string error;      ///< its result is not the expected one

  virtual ~Rival() = default;
  virtual void run() = 0;
};

/// One pass of a convolution, or of an inner product of that many channels on 1x1 images. It is
/// the fastest of its direct and its Winograd algorithm, on as many images as `problem` has and on
/// 512, with reorders not counted; its result is compared with the problem's. Null where oneDNN
/// was not found when the benchmarks were configured.
std::unique_ptr<Rival> onednn(Pass pass, bool convolution, const kernels::Conv2dGeometry& geometry,
                              const Chunk<float>& problem);

} // namespace ctnn::bench
