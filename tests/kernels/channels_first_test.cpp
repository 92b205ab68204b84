// The two orders of an image, by their definition.

#include "support/catch.hpp"

#include "kernels/exact_buffer.hpp"
#include <ctnn/kernels/channels_first.hpp>

using namespace ctnn::kernels;
using ctnn::test::ExactBuffer;

namespace {

template <class T, std::size_t Channels, std::size_t Pixels>
void check() {
  using kernel = channels_first<T, Channels, Pixels>;
  for (std::size_t n : {0u, 1u, 3u})
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const std::size_t size = n * Channels * Pixels;
      const ExactBuffer<T> x(ctnn::test::random_values<T>(size, 1), offset);
      ExactBuffer<T> first(size, offset), last(size, offset);
      kernel::from_channels_last(n, x.data(), first.data());
      bool all = true;
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t c = 0; c < Channels; ++c)
          for (std::size_t p = 0; p < Pixels; ++p)
            all =
                all && first[(i * Channels + c) * Pixels + p] == x[(i * Pixels + p) * Channels + c];
      REQUIRE(all);
      kernel::to_channels_last(n, first.data(), last.data());
      REQUIRE(ctnn::test::same(last, x));
      REQUIRE((first.start_untouched() && last.start_untouched()));
    }
}

} // namespace

TEMPLATE_TEST_CASE("channels_first: moves every element to its place and back", "", float, double) {
  check<TestType, 256, 16>();
  check<TestType, 16, 16>();
  check<TestType, 17, 33>();
  check<TestType, 3, 5>();
  check<TestType, 3, 49>();
  check<TestType, 40, 2>();
  check<TestType, 1, 7>();
  check<TestType, 7, 1>();
}
