// Names, nesting and user layers, at compile time.
#include <utility>

#include <boost/hana/fold_left.hpp>

#include <ctnn/core.hpp>

#include "support/catch.hpp"
#include "support/channel_gain.hpp"

using namespace ctnn;

namespace {

using Block = Sequential<Conv2d<8, 3, padding(1)>, ReLU>;
using Nested = Sequential<Input<3, 8, 8>, Named<"stem", Block>, Block, MaxPool2d<2>,
                          Named<"gain", ChannelGain>, Flatten, Named<"head", Linear<10>>>;

static_assert(Nested::layer_count == 6);
static_assert(Nested::node_count == 8);
static_assert(Nested::nodes[0].name == "stem.0" && Nested::nodes[3].name == "1.1");
static_assert(Nested::parameter<"stem.0.weight">().shape == Shape{8, 3, 3, 3});
static_assert(Nested::parameter<"1.0.bias">().shape == Shape{8});
static_assert(Nested::parameter<"gain.gain">().shape == Shape{8});
static_assert(Nested::parameter<"head.weight">().shape == Shape{10, 128});
static_assert(Nested::parameter_count == 224 + 584 + 8 + 1290);
static_assert(std::is_same_v<Nested::layer<1>, Block>);
static_assert(std::is_same_v<Nested::layer<3>, ChannelGain>);

// Shapes follow PyTorch's rules for stride and padding.
template <class... Ls>
constexpr Shape output_of = Sequential<Ls...>::output_shape;
static_assert(output_of<Input<3, 7, 9>, Conv2d<4, 3, stride(2), padding(1)>> == Shape{4, 4, 5});
static_assert(output_of<Input<3, 5, 6>, Conv2d<4, Size2d{2, 3}, stride(2, 1), padding(1, 0)>> ==
              Shape{4, 3, 4});
static_assert(output_of<Input<2, 7, 9>, MaxPool2d<2>> == Shape{2, 3, 4});
static_assert(output_of<Input<2, 7, 8>, MaxPool2d<3, stride(2), padding(1)>> == Shape{2, 4, 4});
static_assert(output_of<Input<2, 7, 8>, AvgPool2d<3, stride(2), padding(1)>> == Shape{2, 4, 4});
static_assert(output_of<Input<2, 3, 4>, Flatten> == Shape{24});
static_assert(output_of<Input<5>, Dropout<0.5>, LeakyReLU<>, Sigmoid, Tanh, Softmax> == Shape{5});

// The compilers' limits on recursion and on fold expressions are far away.
template <class L, int Depth>
struct nested {
  using type = typename nested<Sequential<L>, Depth - 1>::type;
};
template <class L>
struct nested<L, 0> {
  using type = L;
};
using Deep = Sequential<Input<9>, nested<Linear<3>, 40>::type>;
static_assert(Deep::node_count == 1 && Deep::parameter_count == 30);
static_assert(Deep::nodes[0].output_shape == Shape{3});

template <std::size_t... I>
auto long_network(std::index_sequence<I...>)
    -> Sequential<Input<9>, std::conditional_t<I % 2 == 0, Linear<3>, ReLU>...>;
using Long = decltype(long_network(std::make_index_sequence<512>{}));
static_assert(Long::node_count == 512 && Long::parameter_count == 30 + 255 * 12);
static_assert(Long::parameter<"510.bias">().shape == Shape{3});

// The list is open to Hana.
constexpr auto relus = boost::hana::fold_left(Nested::layers, 0, [](int count, auto type) {
  return count + (std::is_same_v<typename decltype(type)::type, Block> ? 1 : 0);
});
static_assert(relus == 1);

} // namespace

TEST_CASE("nested and named networks compile") { SUCCEED(); }
