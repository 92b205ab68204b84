// The law itself: small networks keep it, and it finds each of the mistakes it is there for.
#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/channel_gain.hpp"

using namespace ctnn;

TEST_CASE("small networks keep the law of gradients") {
  CHECK(gradcheck<Input<1, 9, 9>, Conv2d<4, 3>, ReLU, Conv2d<5, 3>, MaxPool2d<2>, ReLU, Flatten,
                  Linear<6>, Tanh, Dropout<0.2>, Linear<4>, LogSoftmax>() == "");
  CHECK(gradcheck<Input<2, 6, 6>, Named<"block", Sequential<ChannelGain, LeakyReLU<0.1>>>,
                  AvgPool2d<2>, Sigmoid, Flatten, Linear<3>>() == "");
}

namespace {

struct Scaled { // y = 2x, and whatever mistake its heirs make
  static constexpr Shape output_shape(Shape in) { return in; }
  static void forward(const auto& c) {
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = 2 * c.x[i];
  }
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dx.size(); ++i) c.dx[i] = 2 * c.dy[i];
  }
};
struct WrongDerivative : Scaled {
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dx.size(); ++i) c.dx[i] = 2.00001 * c.dy[i];
  }
};
struct AddsToDx : Scaled {
  static void backward(const auto& c) {
    for (std::size_t i = 0; i < c.dx.size(); ++i) c.dx[i] += 2 * c.dy[i];
  }
};
struct ForgetsAnOutput : Scaled {
  static void forward(const auto& c) {
    for (std::size_t i = 1; i < c.y.size(); ++i) c.y[i] = 2 * c.x[i];
  }
};
struct MixesSamples : Scaled {
  static void forward(const auto& c) {
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = 2 * c.x[c.y.size() - 1 - i];
  }
};
struct AssignsItsGradient : ChannelGain {
  static void backward(const auto& c) {
    for (auto& element : c.gradients[0]) element = 0;
    ChannelGain::backward(c);
  }
};

} // namespace

TEST_CASE("the law finds what breaks it") {
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  CHECK(gradcheck<Input<4>, Scaled>() == "");
  CHECK(contains(gradcheck<Input<4>, WrongDerivative>(), "central differences say"));
  CHECK(contains(gradcheck<Input<4>, AddsToDx>(), "dx[0] is nan"));
  CHECK(gradcheck<Input<4>, ForgetsAnOutput>() == "forward does not assign all of y");
  CHECK(gradcheck<Input<4>, MixesSamples>() == "the samples of a chunk are not independent");
  CHECK(contains(gradcheck<Input<2, 3, 3>, AssignsItsGradient>(), "gradient of 0.gain[0]"));
}

TEST_CASE("more samples than a chunk has room for are refused") {
  CHECK(gradcheck<Input<4>, Linear<3>>({.samples = 1000}) ==
        "samples: expected 1 to the network's chunk of 64, found 1000");
}
