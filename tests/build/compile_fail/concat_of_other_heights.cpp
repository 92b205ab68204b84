// expect: Concat after layer features.1: its first branch makes 8x5x5, its second branch 16x6x6; channels are put together of images of equal height and width
#include <ctnn/train.hpp>
using namespace ctnn;
using Inception = Concat<Conv2d<8, 3, stride(2)>, Sequential<Conv2d<16, 1>, ReLU, AvgPool2d<2>>>;
using Net =
    Sequential<Input<3, 14, 14>, Named<"features", Sequential<Conv2d<8, 3>, ReLU, Inception>>,
               Flatten, Linear<10>>;
float answer(const Tensor<float, 4>& x) { return Network<Net>().predict(x)(0, 9); }
