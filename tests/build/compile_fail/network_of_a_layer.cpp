// expect: Linear is not a network: that is a Sequential which starts with an Input
#include <ctnn/infer.hpp>
using namespace ctnn;
int main() {
  Network<Linear<10>> net;
  return net.predict(Tensor<float, 2>({1, 4}, 0.f))(0, 0) > 0;
}
