#include "support/channel_gain.hpp"
#include "support/pytorch.hpp"

using namespace ctnn;

TEST_CASE("a layer of the user's own keeps the law of gradients") {
  CHECK(gradcheck<Input<3, 4, 5>, ChannelGain>() == "");
}

TEST_CASE("a layer of the user's own has its place in a network") {
  using Net = Sequential<Input<2, 3, 3>, Named<"gain", ChannelGain>, Flatten, Linear<4>>;
  STATIC_REQUIRE(Net::parameter<"gain.gain">().shape == Shape{2});
  STATIC_REQUIRE(Net::nodes[0].kind == "ChannelGain");
  const Network<Net> net;
  CHECK(net.parameter<"gain.gain">()(1) == 1.f);
}
