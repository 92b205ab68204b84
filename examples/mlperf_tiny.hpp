#pragma once
// The reference networks of MLPerf Tiny as types: what microcontrollers are measured by. (Banbury et al., MLPerf
// Tiny Benchmark, 2021; the last one came later.) They end before the softmax, which CrossEntropyLoss brings.
#include <cstddef>

#include <ctnn/core.hpp>

namespace mlperf_tiny {
using namespace ctnn;

/// What follows each convolution of an image, with the epsilon of Keras.
using NormReLU = Sequential<BatchNorm2d<eps(1e-3)>, ReLU>;

/// A convolution of each of C channels by itself, then one of single pixels to Out channels.
template <int C, int Out, int Stride = 1>
using Separable = Sequential<Conv2d<C, 3, depthwise, stride(Stride), padding("same")>, NormReLU, //
                             Conv2d<Out, 1>, NormReLU>;

/// KeywordSpotting hears one of 12 words in 49 steps of 10 cepstral coefficients. (The pooling drops the last
/// of 25 rows, as the reference's does.)
using KeywordSpotting =
    Sequential<Input<1, 49, 10>,                                                           //
               Conv2d<64, Size2d{10, 4}, stride(2), padding("same")>, NormReLU,            //
               Separable<64, 64>, Separable<64, 64>, Separable<64, 64>, Separable<64, 64>, //
               AvgPool2d<Size2d{24, 5}>, Flatten, Linear<12>>;

/// VisualWakeWords sees whether there is a person: MobileNetV1, a quarter as wide.
using VisualWakeWords =
    Sequential<Input<3, 96, 96>,                                                //
               Conv2d<8, 3, stride(2), padding("same")>, NormReLU,              //
               Separable<8, 16>,                                                //
               Separable<16, 32, 2>, Separable<32, 32>,                         //
               Separable<32, 64, 2>, Separable<64, 64>,                         //
               Separable<64, 128, 2>, Separable<128, 128>, Separable<128, 128>, //
               Separable<128, 128>, Separable<128, 128>, Separable<128, 128>,   //
               Separable<128, 256, 2>, Separable<256, 256>,                     //
               AvgPool2d<3>, Flatten, Linear<2>>;

/// What a residual block adds to its shortcut.
template <int C, int Stride = 1>
using Body = Sequential<Conv2d<C, 3, stride(Stride), padding("same")>, NormReLU, //
                        Conv2d<C, 3, padding("same")>, BatchNorm2d<eps(1e-3)>>;
template <int C>
using Block = Sequential<Residual<Body<C>>, ReLU>;
template <int C>
using Down = Sequential<Sum<Body<C, 2>, Conv2d<C, 1, stride(2)>>, ReLU>;

/// ResNet8 tells the ten classes of CIFAR-10 apart.
using ResNet8 = Sequential<Input<3, 32, 32>,                         //
                           Conv2d<16, 3, padding("same")>, NormReLU, //
                           Block<16>, Down<32>, Down<64>,            //
                           AvgPool2d<8>, Flatten, Linear<10>>;

/// A linear layer of the autoencoder.
template <int Out>
using Dense = Sequential<Linear<Out>, BatchNorm1d<eps(1e-3)>, ReLU>;

/// AnomalyDetection repeats five spectra of a machine through eight numbers; sounds that it cannot are unusual.
using AnomalyDetection = Sequential<Input<640>,                                     //
                                    Dense<128>, Dense<128>, Dense<128>, Dense<128>, //
                                    Dense<8>,                                       //
                                    Dense<128>, Dense<128>, Dense<128>, Dense<128>, //
                                    Linear<640>>;

/// A convolution of each of C channels over K steps of time, then one of single steps to Out channels.
template <int C, int K, int Out>
using SeparableInTime = Sequential<Conv2d<C, Size2d{K, 1}, depthwise, bias(false)>,
                                   Conv2d<Out, 1, bias(false)>, NormReLU, Dropout<0.2>>;

/// StreamingWakeWord hears its word, another, or none, in 30 steps of 40 frequencies. (A sequence, of width 1 as in
/// Keras.)
using StreamingWakeWord = Sequential<Input<40, 30, 1>,                                            //
                                     SeparableInTime<40, 3, 128>, SeparableInTime<128, 5, 128>,   //
                                     SeparableInTime<128, 10, 128>, SeparableInTime<128, 15, 32>, //
                                     Flatten, Linear<3>>;

/// How many numbers a network's file holds. Keras counts running means and variances as parameters too.
template <class Net>
constexpr std::size_t keras_count = [] {
  std::size_t count = 0;
  for (const auto& tensor : Net::graph.parameters) count += tensor.shape.size();
  return count;
}();
static_assert(keras_count<KeywordSpotting> == 24'908);
static_assert(keras_count<VisualWakeWords> == 221'794);
static_assert(keras_count<ResNet8> == 78'666);
static_assert(keras_count<AnomalyDetection> == 269'992);
static_assert(keras_count<StreamingWakeWord> == 47'707);

} // namespace mlperf_tiny
