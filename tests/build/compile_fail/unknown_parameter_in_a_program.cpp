// expect: no parameter is named conv1.wieght; the nearest is conv1.weight
#include <ctnn/infer.hpp>
using namespace ctnn;
using Net = Sequential<Input<1, 9, 9>, Named<"conv1", Conv2d<8, 3>>, Flatten, Named<"fc", Linear<10>>>;
int main() {
  Network<Net> net;
  net.assign<"conv1.wieght">(xt::zeros<float>({8, 1, 3, 3}));
  return net.parameter<"conv1.wieght">()(0, 0, 0, 0) > 0;
}
