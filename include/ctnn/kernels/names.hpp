#pragma once
/// @file
/// The kernels that layers name, declared only: a unit that merely verifies a network never reads
/// their SIMD headers. Each is defined in the header behind it.

#include <cstddef>

#include <ctnn/core/instruction_set.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/kernels/geometry.hpp>

namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET {

template <std::size_t Pool, class F>
struct epilogue; // epilogue.hpp
template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
struct conv2d; // conv2d.hpp
template <class T, Conv2dGeometry G, ConvolutionAlgorithm A, class Epilogue>
class conv_transpose2d; // conv_transpose2d.hpp
template <class T, std::size_t InFeatures, std::size_t OutFeatures, class Epilogue>
struct linear; // linear.hpp
template <class T, Pool2dGeometry G>
struct max_pool2d; // max_pool2d.hpp
template <class T, Pool2dGeometry G>
struct avg_pool2d; // avg_pool2d.hpp
template <class T, AdaptivePool2dGeometry G>
struct adaptive_avg_pool2d; // adaptive_avg_pool2d.hpp
template <class T, Pad2dGeometry G>
struct zero_pad2d; // zero_pad2d.hpp
template <class T, PixelShuffleGeometry G>
struct pixel_shuffle; // pixel_shuffle.hpp
template <class T, Upsample2dGeometry G>
struct upsample_nearest2d; // upsample2d.hpp
template <class T, Upsample2dGeometry G>
struct upsample_bilinear2d; // upsample2d.hpp
template <class T, NormalizationGeometry G>
struct normalization; // normalization.hpp
template <class T, class F>
struct elementwise; // elementwise.hpp
struct identity;    // elementwise.hpp, with those below
struct relu;
template <double NegativeSlope>
struct leaky_relu;
struct sigmoid;
struct tanh_activation;
template <double Min, double Max>
struct hardtanh;
struct relu6;
template <double Alpha>
struct elu;
template <double Beta, double Threshold>
struct softplus;
template <double Beta, double Threshold>
struct softplus_of_input;
struct hardsigmoid;
struct hardswish;
struct silu;
struct gelu;
struct gelu_tanh;
template <class T, std::size_t Channels>
struct softmax; // softmax.hpp
template <class T, std::size_t Channels>
struct log_softmax; // softmax.hpp
template <class T, std::size_t Channels>
struct prelu; // prelu.hpp
template <class T, std::size_t Pixels = 1>
struct dropout; // dropout.hpp
template <class T, std::size_t Channels, std::size_t Pixels>
struct channels_first; // channels_first.hpp
template <class T, std::size_t Terms>
struct sum; // sum.hpp
template <class T, std::size_t Channels, std::size_t Pixels, bool Affine, double Epsilon,
          class Epilogue>
struct batch_norm; // batch_norm.hpp
template <class T, std::size_t Channels, std::size_t Pixels, bool Affine, double Epsilon,
          class Epilogue>
struct batch_statistics; // batch_statistics.hpp
template <class T, class Kernel, std::size_t WeightSize, std::size_t OutChannels, bool Bias,
          bool Affine, double Epsilon>
struct folded; // batch_norm.hpp
template <class T, std::size_t Channels, std::size_t Pixels, bool Broadcast>
struct product; // product.hpp
template <class T, std::size_t Channels, std::size_t Part>
struct concat; // concat.hpp

} // namespace ctnn::kernels::inline CTNN_INSTRUCTION_SET
