// In the place of xnnpack.cpp where there is no XNNPACK.

#include "xnnpack.hpp"

namespace ctnn::bench {

std::unique_ptr<RivalNetwork> xnnpack(const Network<Net>&, std::size_t, const float*) {
  return nullptr;
}

} // namespace ctnn::bench
