// limit: 10
// Forty residual blocks of five nodes each, every one of another number of channels inside.
#include <utility>

#include <ctnn/core.hpp>

using namespace ctnn;

template <int C>
using Block = Residual<Conv2d<C, 3, padding(1)>, ReLU, Conv2d<16, 3, padding(1)>>;

template <class Numbers>
struct network;
template <int... I>
struct network<std::integer_sequence<int, I...>> {
  using type = Sequential<Input<16, 32, 32>, Block<I + 1>...>;
};
using Net = network<std::make_integer_sequence<int, 40>>::type;
static_assert(Net::node_count == 200);
static_assert(Net::parameter_count == 820 * (16 * 9 + 1 + 16 * 9) + 40 * 16);
