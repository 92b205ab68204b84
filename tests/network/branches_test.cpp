// Networks that branch: their backward is the derivative of their forward, in each way of running them.
#include <algorithm>
#include <vector>

#include <ctnn/infer.hpp>
#include <ctnn/network/gradcheck.hpp>

#include "support/catch.hpp"
#include "support/channel_gain.hpp"

using namespace ctnn;

namespace {

template <class... Ls>
void agrees() {
  using Net = Sequential<Ls...>;
  CHECK(gradcheck<Net>() == "");
  using Apart = With<Net, fusion(false)>;
  if constexpr (plan::Program<Apart, double>::size != plan::Program<Net, double>::size)
    CHECK(gradcheck<Apart>() == ""); // otherwise they are the same operations
}

// A convolution compiles for longer than all else here: the cases share their shapes.
template <int C>
using Body = Sequential<Conv2d<C, 3, padding(1)>, ReLU, Conv2d<C, 3, padding(1)>>;

/// The outputs of a network, the same with and without fusion.
template <class Net>
std::vector<double> outputs(const std::vector<double>& x, std::size_t samples) {
  const auto run = [&]<class Runs>(Runs) {
    std::vector<double> y(samples * Net::output_shape.size());
    Network<Runs, double> net(3);
    Workspace<Runs, double> workspace;
    net.predict(samples, x.data(), y.data(), workspace);
    return y;
  };
  const std::vector<double> y = run(Net{});
  CHECK(y == run(With<Net, fusion(false)>{}));
  return y;
}

/// The larger of two, element by element: a join of a user's own.
struct Larger {
  static constexpr Shape output_shape(Shapes in) { return in[0]; }
  static void forward(const auto& c) {
    const auto& [a, b] = c.x;
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = std::max(a[i], b[i]);
  }
  static void backward(const auto& c) {
    const auto& [a, b] = c.x;
    const auto& [da, db] = c.dx;
    for (std::size_t i = 0; i < c.y.size(); ++i) {
      da[i] = a[i] >= b[i] ? c.dy[i] : 0;
      db[i] = a[i] >= b[i] ? 0 : c.dy[i];
    }
  }
};

} // namespace

TEST_CASE("a residual block is its input and what the body makes of it") {
  using Alone = Sequential<Input<2, 3, 4>, Conv2d<2, 3, padding(1)>, Tanh, ChannelGain>;
  using Block = Sequential<Input<2, 3, 4>, Residual<Conv2d<2, 3, padding(1)>, Tanh, ChannelGain>>;
  std::vector<double> x(2 * 24);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1 * static_cast<double>(i % 7) - 0.3;
  const auto body = outputs<Alone>(x, 2), sum = outputs<Block>(x, 2);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(sum[i] == body[i] + x[i]);
}

TEST_CASE("sums") {
  agrees<Input<3, 5, 7>, Residual<Conv2d<3, 3, padding(1)>, ReLU, Conv2d<3, 3, padding(1)>>>();
  agrees<Input<3, 5, 7>, Conv2d<3, 3, padding(1)>, Residual<ChannelGain>, ReLU, Residual<Tanh>>();
  agrees<Input<5>, Sum<Identity, Identity>>();
  agrees<Input<5>, Linear<4>, Sum<Identity, Identity, Tanh, Identity>, Sigmoid>();
  agrees<Input<2, 6, 6>, Sum<Body<4>, Conv2d<4, 1>>, ReLU, MaxPool2d<2>, Residual<ChannelGain>,
         Flatten, Linear<3>, LogSoftmax>();
}

TEST_CASE("products") {
  agrees<Input<3, 5, 7>, Product<Body<3>, Identity>>();
  agrees<Input<3, 4, 4>, Product<Identity, Sequential<AvgPool2d<4>, Conv2d<3, 1>, Sigmoid>>,
         ReLU>();
  agrees<Input<17, 2, 2>, Product<Sequential<AvgPool2d<2>, Flatten, Linear<17>>, Conv2d<17, 1>>>();
  agrees<Input<3, 1, 1>, Product<Sequential<Flatten, Linear<3>>, Identity>>();
  agrees<Input<7>, Linear<5>, Product<Sigmoid, Sequential<Linear<5>, Tanh>>>();
}

TEST_CASE("concatenations") {
  agrees<Input<3, 5, 7>,
         Concat<Identity, Conv2d<3, 3, padding(1)>, Sequential<ChannelGain, Tanh>>>();
  agrees<Input<2, 4, 4>, Concat<Concat<Identity, Conv2d<1, 1>>, Concat<Identity, Tanh>, ReLU>>();
  agrees<Input<5>, Concat<Linear<3>, Identity>, Linear<2>>();
  using Dense = Sequential<ReLU, Conv2d<3, 3, padding(1)>>;
  agrees<Input<2, 4, 4>, Concat<Identity, Dense>, Concat<Identity, Dense>, Concat<Identity, Tanh>,
         AvgPool2d<2>>();
}

TEST_CASE("branches in branches in branches") {
  agrees<Input<2, 4, 4>, Residual<Residual<Residual<ChannelGain>, Tanh>>>();
  agrees<Input<2, 4, 4>,
         Sum<Concat<Conv2d<1, 1>, Product<Conv2d<1, 1>, Conv2d<1, 1>>>,
             Sequential<Sum<Identity, Tanh>>>,
         Residual<Product<Identity, Sequential<AvgPool2d<4>, Sigmoid>>>>();
  // U-Net's shape, with what stands for its way up.
  agrees<Input<2, 4, 4>,
         Concat<Identity,
                Sequential<Conv2d<3, 3, padding(1)>, Tanh, Residual<Conv2d<3, 3, padding(1)>>>>,
         Conv2d<2, 1>>();
}

TEST_CASE("a join of one's own is one struct") {
  agrees<Input<3, 4, 5>, Parallel<Larger, Conv2d<3, 1>, ChannelGain>, Tanh>();
  agrees<Input<5>, Residual<Parallel<Larger, Linear<5>, Identity>>>();
}

TEST_CASE("as many branches as one likes") {
  using I = Identity;
  // At -O1 for AVX-512 g++ 12 once left out all of a backward that copied for eight.
  agrees<Input<4>, Concat<I, I, I, I, I, I, I, I>>();
  agrees<Input<4>, Linear<4>, Concat<I, I, I, I, I, I, I, I, Tanh, I>,
         Sum<I, I, I, I, I, I, I, I, Tanh>>();
}

TEST_CASE("what is frozen runs as it predicts") {
  // Dropout would make the two losses of one input differ.
  agrees<Input<6>, Frozen<Linear<5>, Dropout<0.5>>, Tanh, Linear<3>>();
  using Net = Sequential<Input<40>, Frozen<Dropout<0.5>>>;
  const Network<Net> net(1);
  Workspace<Net, float, plan::Mode::input_gradient> workspace;
  using Pass = detail::Pass<Network<Net>::Program>;
  const detail::Chunk chunk{.samples = 1, .training = true, .seed = 3};
  std::fill_n(workspace.value(0), 40, 2.f);
  Pass::forward(chunk, net.weights(), workspace);
  for (std::size_t i = 0; i < 40; ++i) CHECK(workspace.value(1)[i] == 2);
  std::fill_n(workspace.gradient(1), 40, 3.f);
  Pass::backward(chunk, net.weights(), workspace, static_cast<float*>(nullptr));
  for (std::size_t i = 0; i < 40; ++i) CHECK(workspace.gradient(0)[i] == 3);
}
