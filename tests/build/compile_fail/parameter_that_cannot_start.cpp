// expect: 0.gain cannot start as init::kaiming_normal(): wants two extents or more, and it has the shape 4
#include <ctnn/train.hpp>
using namespace ctnn;
struct Gain {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr auto parameters(Shape in) {
    return std::array{Parameter{"gain", {in.channels()}, init::kaiming_normal()}};
  }
  static void forward(const auto& c) { c.y.tensor() = c.x.tensor(); }
  static void backward(const auto& c) { c.dx.tensor() = c.dy.tensor(); }
};
using Net = Sequential<Input<4>, Gain, Linear<2>>;
double first() { return Network<Net>(1).tensor(0)[0]; }
