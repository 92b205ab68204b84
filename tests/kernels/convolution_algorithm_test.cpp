// The model that chooses the algorithm of a convolution: passes by compiling.

#include <type_traits>

#include <ctnn/kernels/conv2d.hpp>

#include "support/catch.hpp"

using namespace ctnn;
using namespace ctnn::kernels;

namespace {

constexpr Conv2dGeometry square(std::size_t in, std::size_t side, std::size_t out,
                                std::size_t kernel = 3, std::size_t stride = 1,
                                std::size_t padding = 0) {
  return {in, side, side, out, kernel, kernel, stride, stride, padding, padding};
}
constexpr auto conv1 = square(1, 28, 32), conv2 = square(32, 26, 64), conv3 = square(64, 12, 128),
               conv4 = square(128, 10, 256);

// The seed network's, pooled as there.
static_assert(choose_algorithm(conv1) == direct);
static_assert(choose_algorithm(conv2, 2) == winograd(6));
static_assert(choose_algorithm(conv3) == winograd(5)); // 10 = 2 x 5
static_assert(choose_algorithm(conv4, 2) == winograd(4));

static_assert(choose_algorithm(square(64, 28, 64, 5)) == winograd(4));
static_assert(choose_algorithm(square(64, 28, 64, 8)) == direct); // would want nine points
static_assert(choose_algorithm(square(64, 28, 64, 1)) == direct);
static_assert(choose_algorithm(square(64, 28, 64, 3, 2, 1)) == winograd(2)); // 14 = 7 x 2
static_assert(choose_algorithm(square(64, 28, 64, 3, 2)) == direct); // its last pixel is left over
static_assert(choose_algorithm(square(3, 224, 64, 7, 2, 3)) == direct); // all transforms
static_assert(choose_algorithm(Conv2dGeometry{64, 28, 28, 64, 5, 1, 1, 1, 0, 0}) == winograd(4));
static_assert(choose_algorithm(Conv2dGeometry{64, 28, 28, 64, 3, 3, 1, 1, 0, 0, 0, 0, 2, 2}) ==
              direct); // dilated
static_assert(choose_algorithm(Conv2dGeometry{64, 28, 28, 64, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 2}) ==
              direct); // in groups
static_assert(choose_algorithm(Conv2dGeometry{64, 28, 28, 64, 3, 3, 1, 2, 0, 0}) == direct);
static_assert(choose_algorithm(square(64, 56, 64, 3, 1, 1)) != direct); // padding is no obstacle

// A window of the pooling must not lie in two tiles.
static_assert(choose_algorithm(square(64, 12, 128), 2) != winograd(5));
static_assert(choose_algorithm(square(64, 17, 128), 5) == winograd(5));
static_assert(choose_algorithm(square(64, 16, 128), 7) == direct);

static_assert(can_run(conv1, direct) && can_run(square(1, 9, 1, 5, 2), direct, 3));
static_assert(can_run(conv1, winograd(2)) && can_run(conv1, winograd(6)));
static_assert(!can_run(conv1, winograd(1)) && !can_run(conv1, winograd(7)));
static_assert(!can_run(conv1, automatic));
static_assert(can_run(conv1, winograd(6), 3) && !can_run(conv1, winograd(4), 3));
static_assert(can_run(square(8, 9, 8, 5), winograd(4)) &&
              !can_run(square(8, 9, 8, 5), winograd(5)));
static_assert(!can_run(square(8, 9, 8, 1), winograd(2)));
static_assert(can_run(square(8, 9, 8, 3, 2), winograd(4)) &&
              !can_run(square(8, 9, 8, 3, 2), winograd(5)));
static_assert(!can_run(square(8, 9, 8, 2, 3), winograd(2))); // skips pixels
static_assert(can_run(Conv2dGeometry{8, 9, 9, 8, 3, 1, 2, 1, 0, 0}, winograd(2)) &&
              !can_run(Conv2dGeometry{8, 9, 9, 8, 3, 1, 2, 2, 0, 0}, winograd(2)));

static_assert(products(conv4, direct) == conv4.multiply_adds());
static_assert(products(conv4, winograd(4)) == 2 * 2 * 36 * 128 * 256);
static_assert(products(conv4, winograd(5)) == 2 * 2 * 49 * 128 * 256); // 8 is not whole tiles of 5
static_assert(products(conv3, winograd(4)) == 3 * 3 * 36 * 64 * 128);
static_assert(products(square(16, 32, 32, 3, 2, 1), winograd(4)) == 4 * 4 * 81 * 16 * 32);
static_assert(products(Conv2dGeometry{8, 7, 12, 16, 1, 5, 1, 1, 0, 0}, winograd(4)) ==
              7 * 2 * 8 * 8 * 16); // by F(4, 5) along rows

using Epilogue = epilogue<2, relu>;
static_assert(std::is_base_of_v<direct_conv2d<float, conv4, Epilogue>,
                                conv2d<float, conv4, direct, Epilogue>>);
static_assert(std::is_base_of_v<winograd_conv2d<float, conv4, 4, Epilogue>,
                                conv2d<float, conv4, winograd(4), Epilogue>>);
constexpr Conv2dGeometry one_pixel{8, 7, 12, 16, 1, 1, 1, 1, 0, 0};
static_assert(std::is_base_of_v<pointwise_conv2d<float, one_pixel, epilogue<1, relu>>,
                                conv2d<float, one_pixel, direct, epilogue<1, relu>>>);

} // namespace

TEST_CASE("the cheapest algorithm that can run is chosen") { SUCCEED(); }
