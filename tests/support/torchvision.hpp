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
/// To Out channels, in Groups of Width / Groups between.
template <int Out, int S, int Width, int Groups>
using Bottleneck =
    Sequential<Named<"conv1", Conv2d<Width, 1, bias(false)>>, Named<"bn1", BatchNorm2d<>>, ReLU,
               Named<"conv2", Conv2d<Width, 3, stride(S), padding(1), groups(Groups), bias(false)>>,
               Named<"bn2", BatchNorm2d<>>, ReLU, Named<"conv3", Conv2d<Out, 1, bias(false)>>,
               Named<"bn3", BatchNorm2d<>>>;
template <int C, int S>
using Downsample =
    Named<"downsample", Sequential<Conv2d<C, 1, stride(S), bias(false)>, BatchNorm2d<>>>;

template <int C>
using Basic = Sequential<Residual<BasicBody<C, 1>>, ReLU>;
template <int C>
using BasicDown = Sequential<Sum<BasicBody<C, 2>, Downsample<C, 2>>, ReLU>;
template <int Out, int Width, int Groups>
using Wide = Sequential<Residual<Bottleneck<Out, 1, Width, Groups>>, ReLU>;
template <int Out, int S, int Width, int Groups>
using WideDown = Sequential<Sum<Bottleneck<Out, S, Width, Groups>, Downsample<Out, S>>, ReLU>;

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
/// Of 3, 4, 6 and 3 blocks. Width is that of the first blocks.
template <int Side, int Width, int Groups>
using ResNetOf50 = ResNet<
    Side,
    Sequential<WideDown<256, 1, Width, Groups>, Wide<256, Width, Groups>, Wide<256, Width, Groups>>,
    Sequential<WideDown<512, 2, 2 * Width, Groups>, Wide<512, 2 * Width, Groups>,
               Wide<512, 2 * Width, Groups>, Wide<512, 2 * Width, Groups>>,
    Sequential<WideDown<1024, 2, 4 * Width, Groups>, Wide<1024, 4 * Width, Groups>,
               Wide<1024, 4 * Width, Groups>, Wide<1024, 4 * Width, Groups>,
               Wide<1024, 4 * Width, Groups>, Wide<1024, 4 * Width, Groups>>,
    Sequential<WideDown<2048, 2, 8 * Width, Groups>, Wide<2048, 8 * Width, Groups>,
               Wide<2048, 8 * Width, Groups>>>;
template <int Side>
using ResNet50 = ResNetOf50<Side, 64, 1>;
template <int Side>
using ResNeXt50 = ResNetOf50<Side, 128, 32>;

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

// Zhang et al., ShuffleNet, 2017, in 3 groups (tests/reference/state_dicts.py).
template <int Middle, int Made, int S, int First>
using ShuffleBody =
    Sequential<Named<"conv1", Conv2d<Middle, 1, groups(First), bias(false)>>,
               Named<"bn1", BatchNorm2d<>>, ReLU, ChannelShuffle<3>,
               Named<"conv2", Conv2d<Middle, 3, stride(S), padding(1), depthwise, bias(false)>>,
               Named<"bn2", BatchNorm2d<>>, Named<"conv3", Conv2d<Made, 1, groups(3), bias(false)>>,
               Named<"bn3", BatchNorm2d<>>>;
template <int C>
using ShuffleUnit = Sequential<Residual<ShuffleBody<C / 4, C, 1, 3>>, ReLU>;
template <int In, int C, int First>
using ShuffleDown =
    Sequential<Concat<AvgPool2d<3, stride(2), padding(1)>, ShuffleBody<C / 4, C - In, 2, First>>,
               ReLU>;
template <int Side>
using ShuffleNet =
    Sequential<Input<3, Side, Side>,
               Named<"conv1", Conv2d<24, 3, stride(2), padding(1), bias(false)>>,
               Named<"bn1", BatchNorm2d<>>, ReLU, MaxPool2d<3, stride(2), padding(1)>,
               Named<"stage2", Sequential<ShuffleDown<24, 240, 1>, ShuffleUnit<240>>>,
               Named<"stage3", Sequential<ShuffleDown<240, 480, 3>, ShuffleUnit<480>>>,
               AdaptiveAvgPool2d<1>, Flatten, Named<"fc", Linear<1000>>>;

// mobilenetv2.py
template <int C, int K, int S, int Groups, class Norm, class Activation>
using ConvNormActivation =
    Sequential<Conv2d<C, K, stride(S), padding(K / 2), groups(Groups), bias(false)>, Norm,
               Activation>;
template <int C, int K = 1, int S = 1, int Groups = 1>
using ConvReLU6 = ConvNormActivation<C, K, S, Groups, BatchNorm2d<>, ReLU6>;
/// A block expands its channels six times, convolves each, and projects them to C.
template <int In, int C, int S>
using Inverted = Named<"conv", Sequential<ConvReLU6<6 * In>, ConvReLU6<6 * In, 3, S, 6 * In>,
                                          Conv2d<C, 1, bias(false)>, BatchNorm2d<>>>;
template <int In, int C, int S = 2>
using Block = Sequential<Inverted<In, C, S>>;
template <int C>
using Shortcut = Sequential<Residual<Inverted<C, C, 1>>>;

template <int Side>
using MobileNetV2 = Sequential<
    Input<3, Side, Side>,
    Named<
        "features",
        Sequential<ConvReLU6<32, 3, 2>,
                   Sequential<Named<"conv", Sequential<ConvReLU6<32, 3, 1, 32>,
                                                       Conv2d<16, 1, bias(false)>, BatchNorm2d<>>>>,
                   Block<16, 24>, Shortcut<24>, Block<24, 32>, Shortcut<32>, Shortcut<32>,
                   Block<32, 64>, Shortcut<64>, Shortcut<64>, Shortcut<64>, Block<64, 96, 1>,
                   Shortcut<96>, Shortcut<96>, Block<96, 160>, Shortcut<160>, Shortcut<160>,
                   Block<160, 320, 1>, ConvReLU6<1280>>>,
    AdaptiveAvgPool2d<1>, Flatten, Named<"classifier", Sequential<Dropout<0.2>, Linear<1000>>>>;

// mobilenetv3.py
using NormV3 = BatchNorm2d<eps(1e-3), momentum(0.01)>;
template <int C, class Activation, int K = 1, int S = 1, int Groups = 1>
using ConvV3 = ConvNormActivation<C, K, S, Groups, NormV3, Activation>;
template <int C>
using ProjectV3 = Sequential<Conv2d<C, 1, bias(false)>, NormV3>;
template <int C, int Squeezed>
using SqueezeExcitation =
    Sequential<Product<Identity, Sequential<AdaptiveAvgPool2d<1>, Named<"fc1", Conv2d<Squeezed, 1>>,
                                            ReLU, Named<"fc2", Conv2d<C, 1>>, Hardsigmoid>>>;
template <int C, int Squeezed, int Out, int S = 1>
using BodyV3 = Sequential<ConvV3<C, Hardswish>, ConvV3<C, Hardswish, 5, S, C>,
                          SqueezeExcitation<C, Squeezed>, ProjectV3<Out>>;
template <class Body>
using BlockV3 = Sequential<Named<"block", Body>>;
template <class Body>
using ShortcutV3 = Sequential<Residual<Named<"block", Body>>>;

template <int Side>
using MobileNetV3Small = Sequential<
    Input<3, Side, Side>,
    Named<"features",
          Sequential<
              ConvV3<16, Hardswish, 3, 2>,
              BlockV3<
                  Sequential<ConvV3<16, ReLU, 3, 2, 16>, SqueezeExcitation<16, 8>, ProjectV3<16>>>,
              BlockV3<Sequential<ConvV3<72, ReLU>, ConvV3<72, ReLU, 3, 2, 72>, ProjectV3<24>>>,
              ShortcutV3<Sequential<ConvV3<88, ReLU>, ConvV3<88, ReLU, 3, 1, 88>, ProjectV3<24>>>,
              BlockV3<BodyV3<96, 24, 40, 2>>, ShortcutV3<BodyV3<240, 64, 40>>,
              ShortcutV3<BodyV3<240, 64, 40>>, BlockV3<BodyV3<120, 32, 48>>,
              ShortcutV3<BodyV3<144, 40, 48>>, BlockV3<BodyV3<288, 72, 96, 2>>,
              ShortcutV3<BodyV3<576, 144, 96>>, ShortcutV3<BodyV3<576, 144, 96>>,
              ConvV3<576, Hardswish>>>,
    AdaptiveAvgPool2d<1>, Flatten,
    Named<"classifier", Sequential<Linear<1024>, Hardswish, Dropout<0.2>, Linear<1000>>>>;

} // namespace ctnn::test
