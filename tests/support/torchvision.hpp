#pragma once
// torchvision's networks as types, under the names that torchvision gives their tensors.

#include <ctnn/core.hpp>

namespace ctnn::test {

// resnet.py
template <int C, int S>
using BasicBody =
    Sequential<Named<"conv1", Conv2d<C, 3, stride(S), padding(1), bias(false)>>,
               Named<"bn1", BatchNorm2d<>>, ReLU,
               Named<"conv2", Conv2d<C, 3, padding(1), bias(false)>>, Named<"bn2", BatchNorm2d<>>>;
template <int C, int S>
using Bottleneck =
    Sequential<Named<"conv1", Conv2d<C, 1, bias(false)>>, Named<"bn1", BatchNorm2d<>>, ReLU,
               Named<"conv2", Conv2d<C, 3, stride(S), padding(1), bias(false)>>,
               Named<"bn2", BatchNorm2d<>>, ReLU, Named<"conv3", Conv2d<4 * C, 1, bias(false)>>,
               Named<"bn3", BatchNorm2d<>>>;
template <int C, int S>
using Downsample =
    Named<"downsample", Sequential<Conv2d<C, 1, stride(S), bias(false)>, BatchNorm2d<>>>;

template <int C>
using Basic = Sequential<Residual<BasicBody<C, 1>>, ReLU>;
template <int C>
using BasicDown = Sequential<Sum<BasicBody<C, 2>, Downsample<C, 2>>, ReLU>;
template <int C>
using Wide = Sequential<Residual<Bottleneck<C, 1>>, ReLU>;
template <int C, int S>
using WideDown = Sequential<Sum<Bottleneck<C, S>, Downsample<4 * C, S>>, ReLU>;

template <int Side, class Layer1, class Layer2, class Layer3, class Layer4>
using ResNet =
    Sequential<Input<3, Side, Side>,
               Named<"conv1", Conv2d<64, 7, stride(2), padding(3), bias(false)>>,
               Named<"bn1", BatchNorm2d<>>, ReLU, MaxPool2d<3, stride(2), padding(1)>,
               Named<"layer1", Layer1>, Named<"layer2", Layer2>, Named<"layer3", Layer3>,
               Named<"layer4", Layer4>, AdaptiveAvgPool2d<1>, Flatten, Named<"fc", Linear<1000>>>;

template <int Side>
using ResNet18 =
    ResNet<Side, Sequential<Basic<64>, Basic<64>>, Sequential<BasicDown<128>, Basic<128>>,
           Sequential<BasicDown<256>, Basic<256>>, Sequential<BasicDown<512>, Basic<512>>>;
template <int Side>
using ResNet50 =
    ResNet<Side, Sequential<WideDown<64, 1>, Wide<64>, Wide<64>>,
           Sequential<WideDown<128, 2>, Wide<128>, Wide<128>, Wide<128>>,
           Sequential<WideDown<256, 2>, Wide<256>, Wide<256>, Wide<256>, Wide<256>, Wide<256>>,
           Sequential<WideDown<512, 2>, Wide<512>, Wide<512>>>;

// densenet.py
using DenseBody =
    Sequential<Named<"norm1", BatchNorm2d<>>, ReLU, Named<"conv1", Conv2d<128, 1, bias(false)>>,
               Named<"norm2", BatchNorm2d<>>, ReLU,
               Named<"conv2", Conv2d<32, 3, padding(1), bias(false)>>>;
template <detail::FixedString Label>
using DenseLayer = Concat<Identity, Named<Label, DenseBody>>;
template <int C>
using Transition = Sequential<Named<"norm", BatchNorm2d<>>, ReLU,
                              Named<"conv", Conv2d<C, 1, bias(false)>>, AvgPool2d<2>>;
template <detail::FixedString... Labels>
using DenseBlock = Sequential<DenseLayer<Labels>...>;

template <int Side>
using DenseNet121 = Sequential<
    Input<3, Side, Side>,
    Named<"features",
          Sequential<
              Named<"conv0", Conv2d<64, 7, stride(2), padding(3), bias(false)>>,
              Named<"norm0", BatchNorm2d<>>, ReLU, MaxPool2d<3, stride(2), padding(1)>,
              Named<"denseblock1", DenseBlock<"denselayer1", "denselayer2", "denselayer3",
                                              "denselayer4", "denselayer5", "denselayer6">>,
              Named<"transition1", Transition<128>>,
              Named<"denseblock2",
                    DenseBlock<"denselayer1", "denselayer2", "denselayer3", "denselayer4",
                               "denselayer5", "denselayer6", "denselayer7", "denselayer8",
                               "denselayer9", "denselayer10", "denselayer11", "denselayer12">>,
              Named<"transition2", Transition<256>>,
              Named<"denseblock3",
                    DenseBlock<"denselayer1", "denselayer2", "denselayer3", "denselayer4",
                               "denselayer5", "denselayer6", "denselayer7", "denselayer8",
                               "denselayer9", "denselayer10", "denselayer11", "denselayer12",
                               "denselayer13", "denselayer14", "denselayer15", "denselayer16",
                               "denselayer17", "denselayer18", "denselayer19", "denselayer20",
                               "denselayer21", "denselayer22", "denselayer23", "denselayer24">>,
              Named<"transition3", Transition<512>>,
              Named<"denseblock4",
                    DenseBlock<"denselayer1", "denselayer2", "denselayer3", "denselayer4",
                               "denselayer5", "denselayer6", "denselayer7", "denselayer8",
                               "denselayer9", "denselayer10", "denselayer11", "denselayer12",
                               "denselayer13", "denselayer14", "denselayer15", "denselayer16">>,
              Named<"norm5", BatchNorm2d<>>>>,
    ReLU, AdaptiveAvgPool2d<1>, Flatten, Named<"classifier", Linear<1000>>>;

// googlenet.py, without the auxiliary heads.
template <int C, int Kernel, int Stride = 1, int Padding = 0>
using BasicConv2d =
    Sequential<Named<"conv", Conv2d<C, Kernel, stride(Stride), padding(Padding), bias(false)>>,
               Named<"bn", BatchNorm2d<eps(1e-3)>>, ReLU>;
template <int One, int ThreeRed, int Three, int FiveRed, int Five, int Pool>
using Inception = Sequential<
    Concat<Named<"branch1", BasicConv2d<One, 1>>,
           Named<"branch2", Sequential<BasicConv2d<ThreeRed, 1>, BasicConv2d<Three, 3, 1, 1>>>,
           Named<"branch3", Sequential<BasicConv2d<FiveRed, 1>, BasicConv2d<Five, 3, 1, 1>>>,
           Named<"branch4", Sequential<MaxPool2d<3, stride(1), padding(1), ceil_mode(true)>,
                                       BasicConv2d<Pool, 1>>>>>;
template <int Side>
using GoogLeNet =
    Sequential<Input<3, Side, Side>, Named<"conv1", BasicConv2d<64, 7, 2, 3>>,
               MaxPool2d<3, stride(2), ceil_mode(true)>, Named<"conv2", BasicConv2d<64, 1>>,
               Named<"conv3", BasicConv2d<192, 3, 1, 1>>, MaxPool2d<3, stride(2), ceil_mode(true)>,
               Named<"inception3a", Inception<64, 96, 128, 16, 32, 32>>,
               Named<"inception3b", Inception<128, 128, 192, 32, 96, 64>>,
               MaxPool2d<3, stride(2), ceil_mode(true)>,
               Named<"inception4a", Inception<192, 96, 208, 16, 48, 64>>,
               Named<"inception4b", Inception<160, 112, 224, 24, 64, 64>>,
               Named<"inception4c", Inception<128, 128, 256, 24, 64, 64>>,
               Named<"inception4d", Inception<112, 144, 288, 32, 64, 64>>,
               Named<"inception4e", Inception<256, 160, 320, 32, 128, 128>>,
               MaxPool2d<2, stride(2), ceil_mode(true)>,
               Named<"inception5a", Inception<256, 160, 320, 32, 128, 128>>,
               Named<"inception5b", Inception<384, 192, 384, 48, 128, 128>>, AdaptiveAvgPool2d<1>,
               Flatten, Dropout<0.2>, Named<"fc", Linear<1000>>>;

// mobilenetv2.py as far as convolutions without groups reach.
using MobileNetV2Stem = Sequential<
    Input<3, 224, 224>,
    Named<"features", Sequential<Sequential<Conv2d<32, 3, stride(2), padding(1), bias(false)>,
                                            BatchNorm2d<>, ReLU6>>>>;

} // namespace ctnn::test
