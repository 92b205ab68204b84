// Every sentence that the library says about a wrong network.
#include <limits>

#include <ctnn/core.hpp>

#include "support/catch.hpp"

using namespace ctnn;

namespace {

struct WantsVector {
  static constexpr Shape output_shape(Shape in) { return in; }
  static constexpr Sentence check(Shape in) {
    return in.rank == 1 ? Sentence{} : Sentence("wants a vector, got ") << in;
  }
};
struct LosesAll {
  static constexpr Shape output_shape(Shape) { return {0}; }
};

struct Same {
  static constexpr Shape output_shape(Shape in) { return in; }
};
struct NumberAsTape : Same {
  static constexpr std::size_t tape_size = 3;
};
struct CheckNotStatic : Same {
  constexpr Sentence check(Shape) const { return {}; }
};
struct OneParameter : Same {
  static constexpr Parameter parameters(Shape) { return {"gain", {1}, constant(1)}; }
};
struct Misspelt : Same {
  static constexpr bool inplace = true;
};
struct TwoOfOneName : Same {
  static constexpr auto parameters(Shape) {
    return std::array{Parameter{"v", {1}}, Parameter{"w", {1}}, Parameter{"w", {0}}};
  }
};
struct DottedParameter : Same {
  static constexpr auto parameters(Shape) { return std::array{Parameter{"a.b", {1}}}; }
};
struct EmptyParameter : Same {
  static constexpr auto parameters(Shape) { return std::array{Parameter{"w", {2, 0}}}; }
};
struct GrowsInPlace {
  static constexpr Shape output_shape(Shape in) { return {2 * in[0]}; }
  static constexpr bool in_place = true;
};
struct GivesNumber : Same {
  static constexpr int gives = 1;
};
struct Shrinks {
  static constexpr Shape output_shape(Shape in) {
    return {in.channels(), in.height() - 5, in.width()};
  }
};

template <class... Ls>
std::string said() {
  static constexpr Sentence text = diagnose<Ls...>(); // at compile time, as the compiler would
  return std::string(text.view());
}

} // namespace

TEST_CASE("a good network is not complained about") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3>, ReLU, MaxPool2d<2>, Flatten, Linear<10>>() == "");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 9>>() == "");
  CHECK(said<Input<3>, Dropout<0.0>>() == "");
}

TEST_CASE("a window that does not fit its input is told with both sizes") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3>, ReLU, MaxPool2d<2>, ReLU, MaxPool2d<5>>() ==
        "layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input");
  CHECK(said<Input<1, 4, 4>, Conv2d<8, 5>>() ==
        "layer 0 Conv2d<8, 5>: kernel 5x5 does not fit its 4x4 input");
  CHECK(said<Input<1, 4, 4>, Conv2d<8, 7, padding(1)>>() ==
        "layer 0 Conv2d<8, 7, padding(1)>: kernel 7x7 does not fit its 4x4 input with padding 1x1");
  CHECK(said<Input<1, 4, 4>, AvgPool2d<Size2d{2, 5}>>() ==
        "layer 0 AvgPool2d<{2, 5}>: window 2x5 does not fit its 4x4 input");
  CHECK(said<Input<1, 4, 4>, MaxPool2d<7, ceil_mode(true)>>() == "");
  CHECK(said<Input<1, 4, 4>, MaxPool2d<7, stride(3), ceil_mode(true)>>() ==
        "layer 0 MaxPool2d<7, stride(3), ceil_mode(true)>: window 7x7 does not fit its 4x4 input");
  CHECK(said<Input<1, 4>, AvgPool1d<5>>() ==
        "layer 0 AvgPool1d<5>: window 1x5 does not fit its 1x4 input");
}

TEST_CASE("a layer that wants another rank says so") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3>, ReLU, Linear<10>>() ==
        "layer 2 Linear<10>: expects a flat input, got 8x7x7 (put Flatten before it)");
  CHECK(said<Input<7>, Conv2d<8, 3>>() ==
        "layer 0 Conv2d<8, 3>: expects an image (channels, height, width), got 7");
  CHECK(said<Input<2, 7>, MaxPool2d<2>>() ==
        "layer 0 MaxPool2d<2>: expects an image (channels, height, width), got 2x7");
  CHECK(said<Input<1, 9, 9>, MaxPool1d<2>>() ==
        "layer 0 MaxPool1d<2>: expects a sequence (channels, length), got 1x9x9");
  CHECK(said<Input<7>, AvgPool1d<2>>() ==
        "layer 0 AvgPool1d<2>: expects a sequence (channels, length), got 7");
}

TEST_CASE("a name stands in for the index and nesting is told") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3>, Named<"fc", Linear<10>>>() ==
        "layer fc Linear<10>: expects a flat input, got 8x7x7 (put Flatten before it)");
  CHECK(said<Input<3, 16, 16>, Sequential<ReLU, Sequential<ReLU, MaxPool2d<20>>>>() ==
        "layer 0.1.1 MaxPool2d<20>: window 20x20 does not fit its 16x16 input");
}

TEST_CASE("bad parameters of a layer are told") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, stride(0)>>() ==
        "layer 0 Conv2d<8, 3, stride(0)>: stride must be at least 1x1, got 0x0");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 0>>() ==
        "layer 0 Conv2d<8, 0>: kernel must be at least 1x1, got 0x0");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, padding(-1)>>() ==
        "layer 0 Conv2d<8, 3, padding(-1)>: padding must not be negative, got -1x-1");
  CHECK(said<Input<1, 9, 9>, Conv2d<0, 3>>() ==
        "layer 0 Conv2d<0, 3>: out_channels must be at least 1, got 0");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, padding(1), winograd(6)>>() == "");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 5, winograd(4)>>() == "");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 5, winograd(5)>>() ==
        "layer 0 Conv2d<8, 5, winograd(5)>: winograd(5) needs 2 to 4 with a kernel of 5x5 and "
        "stride 1x1");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 1, winograd(4)>>() ==
        "layer 0 Conv2d<8, 1, winograd(4)>: winograd(4) is for kernels with sides of 2 to 7 whose "
        "windows reach the last pixel, got 1x1 with stride 1x1 on 9x9");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, stride(2), winograd(4)>>() == "");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, stride(2), winograd(5)>>() ==
        "layer 0 Conv2d<8, 3, stride(2), winograd(5)>: winograd(5) needs 2 to 4 with a kernel "
        "of 3x3 and stride 2x2");
  CHECK(said<Input<1, 9, 8>, Conv2d<8, 3, stride(2), winograd(2)>>() ==
        "layer 0 Conv2d<8, 3, stride(2), winograd(2)>: winograd(2) is for kernels with sides of 2 "
        "to 7 whose windows reach the last pixel, got 3x3 with stride 2x2 on 9x8");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, winograd(7)>>() ==
        "layer 0 Conv2d<8, 3, winograd(7)>: winograd(7) needs 2 to 6 with a kernel of 3x3 and "
        "stride 1x1");
  CHECK(said<Input<1, 9, 9>, MaxPool2d<2, padding(2)>>() ==
        "layer 0 MaxPool2d<2, padding(2)>: padding 2x2 is more than half of the window 2x2");
  CHECK(said<Input<1, 9, 9>, AvgPool2d<2, padding(0, 0, 0, 2)>>() ==
        "layer 0 AvgPool2d<2, padding(0, 0, 0, 2)>: padding 0, 0, 0, 2 is more than half of the "
        "window 2x2");
  CHECK(said<Input<1, 9, 9>, AvgPool2d<2, padding("full")>>() ==
        "layer 0 AvgPool2d<2, padding(\"...\")>: padding is numbers, \"same\", or \"valid\"");
  CHECK(said<Input<1, 9>, MaxPool1d<3, padding(1)>>() == "");
  CHECK(said<Input<1, 9>, MaxPool1d<3, padding(2)>>() ==
        "layer 0 MaxPool1d<3, padding(2)>: padding 2x2 is more than half of the window 1x3");
  CHECK(said<Input<9>, Linear<-3>>() ==
        "layer 0 Linear<-3>: out_features must be at least 1, got -3");
  CHECK(said<Input<9>, LeakyReLU<std::numeric_limits<double>::infinity()>>() ==
        "layer 0 LeakyReLU<1e9 or more>: negative_slope must be a number that is not negative");
  CHECK(said<Input<9>, LeakyReLU<std::numeric_limits<double>::quiet_NaN()>>() ==
        "layer 0 LeakyReLU<nan>: negative_slope must be a number that is not negative");
  CHECK(said<Input<9>, Dropout<1.0>>() == "layer 0 Dropout<1>: probability must be in [0, 1)");
  CHECK(said<Input<9>, Dropout<-0.25>>() ==
        "layer 0 Dropout<-0.25>: probability must be in [0, 1)");
  CHECK(said<Input<9>, LeakyReLU<-0.1>>() ==
        "layer 0 LeakyReLU<-0.1>: negative_slope must be a number that is not negative");
}

TEST_CASE("channels that cannot be grouped are told") {
  using In = Input<4, 9, 9>;
  CHECK(said<Input<3, 9, 9>, Conv2d<8, 3, groups(2)>>() ==
        "layer 0 Conv2d<8, 3, groups(2)>: the 3 input channels are no multiple of 2 groups");
  CHECK(said<In, Conv2d<9, 3, groups(2)>>() ==
        "layer 0 Conv2d<9, 3, groups(2)>: out_channels 9 are no multiple of 2 groups");
  CHECK(said<In, Conv2d<9, 3, depthwise>>() ==
        "layer 0 Conv2d<9, 3, depthwise>: out_channels 9 are no multiple of the 4 input "
        "channels");
  CHECK(said<In, Conv2d<9, 3, groups(0)>>() ==
        "layer 0 Conv2d<9, 3, groups(0)>: groups must be at least 1, got 0");
  CHECK(said<In, Conv2d<8, 3, groups(2), winograd(4)>>() ==
        "layer 0 Conv2d<8, 3, groups(2), winograd(4)>: winograd(4) needs dilation "
        "1 and one group, got dilation 1x1, groups 2");
}

TEST_CASE("padding and dilation that cannot be are told") {
  using In = Input<4, 9, 9>;
  CHECK(said<In, Conv2d<8, 3, padding("sane")>>() ==
        "layer 0 Conv2d<8, 3, padding(\"...\")>: padding is numbers, \"same\", or \"valid\"");
  CHECK(said<In, Conv2d<8, 3, padding("valid")>>() == "");
  CHECK(said<In, Conv2d<8, 3, padding(0, -1, 0, 0)>>() ==
        "layer 0 Conv2d<8, 3, padding(0, -1, 0, 0)>: padding must not be negative, got 0, -1, 0, "
        "0");
  CHECK(said<In, Conv2d<8, 13, padding(0, 1, 0, 0)>>() ==
        "layer 0 Conv2d<8, 13, padding(0, 1, 0, 0)>: kernel 13x13 does not fit its 9x9 input with "
        "padding 0, 1, 0, 0");
  CHECK(said<In, Conv2d<8, 3, padding(1.5)>>() ==
        "layer 0 Conv2d<8, 3, padding(fraction)>: sizes are whole numbers");
  CHECK(said<In, Conv2d<8, 3, dilation(0)>>() ==
        "layer 0 Conv2d<8, 3, dilation(0)>: dilation must be at least 1x1, got 0x0");
  CHECK(said<In, Conv2d<8, 3, dilation(5)>>() ==
        "layer 0 Conv2d<8, 3, dilation(5)>: kernel 3x3 with dilation 5x5 does not fit its 9x9 "
        "input");
}

TEST_CASE("what a convolution of sequences cannot do is told") {
  CHECK(said<Input<4, 9, 9>, Conv1d<8, 3>>() ==
        "layer 0 Conv1d<8, 3>: expects a sequence (channels, length), got 4x9x9");
  CHECK(said<Input<4, 9>, Conv1d<8, 3, stride(2, 1)>>() ==
        "layer 0 Conv1d<8, 3, stride(2, 1)>: stride and dilation are one number for a sequence");
  CHECK(said<Input<4, 9>, Conv1d<8, 3, padding(1, 0)>>() ==
        "layer 0 Conv1d<8, 3, padding(1, 0)>: padding is one number for a sequence, or padding(0, "
        "0, left, right)");
  CHECK(said<Input<4, 9>, Conv1d<8, 13, padding(1)>>() ==
        "layer 0 Conv1d<8, 13, padding(1)>: kernel 1x13 does not fit its 1x9 input with padding "
        "1x1");
}

TEST_CASE("what a transposed convolution cannot do is told") {
  using In = Input<4, 9, 9>;
  CHECK(said<In, ConvTranspose2d<8, 3, padding("same")>>() ==
        "layer 0 ConvTranspose2d<8, 3, padding(\"same\")>: padding is numbers here");
  CHECK(said<In, ConvTranspose2d<8, 3, output_padding(1)>>() ==
        "layer 0 ConvTranspose2d<8, 3, output_padding(1)>: output_padding must be less than the "
        "stride 1x1, got 1x1");
  CHECK(said<Input<4, 1, 1>, ConvTranspose2d<8, 3, padding(2)>>() ==
        "layer 0 ConvTranspose2d<8, 3, padding(2)>: padding leaves nothing of its 3x3 output");
}

TEST_CASE("options are keywords: a position is not one") {
  CHECK(said<Input<3, 32, 32>, Conv2d<3, 16, 5>>() ==
        "layer 0 Conv2d<3, 16, 5>: the third argument is an option such as stride(2); out_channels "
        "and kernel_size come first, in_channels are inferred");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, stride(2), 1>>() ==
        "layer 0 Conv2d<8, 3, stride(2), 1>: the fourth argument is an option such as stride(2); "
        "out_channels and kernel_size come first, in_channels are inferred");
  CHECK(said<Input<784>, Linear<784, 128>>() ==
        "layer 0 Linear<784, 128>: the second argument is an option such as bias(false); "
        "out_features come first, in_features are inferred");
  CHECK(said<Input<784>, Linear<128, false>>() ==
        "layer 0 Linear<128, false>: the second argument is an option such as bias(false); "
        "out_features come first, in_features are inferred");
  CHECK(said<Input<1, 9, 9>, MaxPool2d<3, 2>>() ==
        "layer 0 MaxPool2d<3, 2>: the second argument is an option such as stride(2); kernel_size "
        "comes first");
  CHECK(said<Input<1, 9, 9>, AvgPool2d<3, Size2d{2, 1}>>() ==
        "layer 0 AvgPool2d<3, {2, 1}>: the second argument is an option such as stride(2); "
        "kernel_size comes first");
}

TEST_CASE("an option that is unknown, given twice or not for this layer is told") {
  CHECK(said<Input<1, 9, 9>, MaxPool2d<3, bias(false)>>() ==
        "layer 0 MaxPool2d<3, bias(false)>: bias(false) is not an option of MaxPool2d, which knows "
        "stride, padding, ceil_mode");
  CHECK(said<Input<1, 9>, MaxPool1d<3, count_include_pad(false)>>() ==
        "layer 0 MaxPool1d<3, count_include_pad(false)>: count_include_pad(false) is not an option "
        "of MaxPool1d, which knows stride, padding, ceil_mode");
  CHECK(said<Input<1, 9, 9>, AvgPool2d<3, ceil_mode(true), bias(false)>>() ==
        "layer 0 AvgPool2d<3, ceil_mode(true), bias(false)>: bias(false) is not an option of "
        "AvgPool2d, which knows stride, padding, ceil_mode, count_include_pad");
  CHECK(said<Input<9>, Linear<3, padding(1)>>() ==
        "layer 0 Linear<3, padding(1)>: padding(1) is not an option of Linear, which knows bias, "
        "weight_init, bias_init");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, fusion(false)>>() ==
        "layer 0 Conv2d<8, 3, fusion(false)>: fusion(false) is not an option of Conv2d, which "
        "knows stride, padding, dilation, groups, bias, an algorithm, weight_init, bias_init");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, stride(2), padding(1), stride(1)>>() ==
        "layer 0 Conv2d<8, 3, stride(2), padding(1), stride(1)>: stride is given twice");
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, direct, winograd(2)>>() ==
        "layer 0 Conv2d<8, 3, direct, winograd(2)>: an algorithm is given twice");
  STATIC_REQUIRE(
      detail::network_options_error<stride(2)> ==
      "With: stride(2) is not an option of a network, which knows fusion, fold, an algorithm");
  STATIC_REQUIRE(detail::network_options_error<direct, fusion(false)>.empty());
}

TEST_CASE("a parameter that cannot start as it should is told") {
  CHECK(said<Input<1, 9, 9>, Conv2d<8, 3, weight_init(init::kaiming_normal(init::fan_out))>>() ==
        "");
  CHECK(said<Input<9>, Linear<3, weight_init(init::normal(0, -1))>>() ==
        "layer 0 Linear<3, weight_init(init::normal(0, -1))>: weight cannot start as "
        "init::normal(0, -1): std must not be negative");
  CHECK(said<Input<9>, Linear<3, bias_init(init::xavier_uniform())>>() ==
        "layer 0 Linear<3, bias_init(init::xavier_uniform())>: bias cannot start as "
        "init::xavier_uniform(): wants two extents or more, and it has the shape 3");
  CHECK(said<Input<9>, LayerNorm<weight_init(init::orthogonal(2))>>() ==
        "layer 0 LayerNorm<weight_init(init::orthogonal(2))>: weight cannot start as "
        "init::orthogonal(2): wants two extents or more, and it has the shape 9");
  CHECK(said<Input<9>, Linear<3, weight_init(init::uniform(1, -1))>>() ==
        "layer 0 Linear<3, weight_init(init::uniform(1, -1))>: weight cannot start as "
        "init::uniform(1, -1): a range begins before it ends");
  CHECK(said<Input<9>, Linear<3, weight_init(init::trunc_normal(0, 0))>>() ==
        "layer 0 Linear<3, weight_init(init::trunc_normal(0, 0, -2, 2))>: weight cannot start as "
        "init::trunc_normal(0, 0, -2, 2): std must be positive");
  CHECK(said<Input<9>, Linear<3, weight_init(init::trunc_normal(0, 1, 2, 2))>>() ==
        "layer 0 Linear<3, weight_init(init::trunc_normal(0, 1, 2, 2))>: weight cannot start as "
        "init::trunc_normal(0, 1, 2, 2): a must be less than b");
  CHECK(said<Input<9>, Linear<3, weight_init(init::kaiming_uniform(init::nonlinearity{-1}))>>() ==
        "layer 0 Linear<3, weight_init(init::kaiming_uniform(init::nonlinearity{-1}))>: weight "
        "cannot start as init::kaiming_uniform(init::nonlinearity{-1}): the square of a gain must "
        "not be negative");
  CHECK(said<Input<9>,
             Linear<3, bias_init(init::normal(0, std::numeric_limits<double>::infinity()))>>() ==
        "layer 0 Linear<3, bias_init(init::normal(0, 1e9 or more))>: bias cannot start as "
        "init::normal(0, 1e9 or more): its numbers must be finite");
  CHECK(said<Input<9>, Linear<3, bias(false), bias_init(init::zeros())>>() ==
        "layer 0 Linear<3, bias(false), bias_init(constant(0))>: bias_init is for a bias, and the "
        "layer has none");
  CHECK(said<Input<1, 9, 9>, Conv2d<3, 3, bias(false), bias_init(init::ones())>>() ==
        "layer 0 Conv2d<3, 3, bias(false), bias_init(constant(1))>: bias_init is for a bias, and "
        "the layer has none");
  CHECK(said<Input<9>, RMSNorm<affine(false), weight_init(init::zeros())>>() ==
        "layer 0 RMSNorm<affine(false), weight_init(constant(0))>: weight_init is for a weight, "
        "and the layer has none");
}

TEST_CASE("what a normalisation cannot do is told") {
  CHECK(said<Input<6, 2, 2>, GroupNorm<2>, LayerNorm<>, RMSNorm<>, InstanceNorm2d<>>() == "");
  CHECK(said<Input<6, 2, 2>, GroupNorm<4>>() ==
        "layer 0 GroupNorm<4>: num_groups 4 does not divide the 6 channels of its input");
  CHECK(said<Input<6, 2, 2>, GroupNorm<0>>() ==
        "layer 0 GroupNorm<0>: num_groups must be at least 1, got 0");
  CHECK(said<Input<6, 2, 2>, GroupNorm<-2>>() ==
        "layer 0 GroupNorm<-2>: num_groups must be at least 1, got -2");
  CHECK(said<Input<6>, GroupNorm<6>>() ==
        "layer 0 GroupNorm<6>: each group has one element, which its mean would take away");
  CHECK(said<Input<6, 2, 2>, GroupNorm<2, 6>>() ==
        "layer 0 GroupNorm<2, 6>: the second argument is an option such as eps(1e-6); num_groups "
        "come first, num_channels are inferred");
  CHECK(said<Input<6, 2, 2>, GroupNorm<2, bias(false)>>() ==
        "layer 0 GroupNorm<2, bias(false)>: bias(false) is not an option of GroupNorm, which knows "
        "eps, affine, weight_init, bias_init");
  CHECK(said<Input<6>, LayerNorm<6>>() ==
        "layer 0 LayerNorm<6>: the first argument is an option such as eps(1e-6); "
        "normalized_shape is inferred: the channels");
  CHECK(said<Input<6>, LayerNorm<eps(0)>>() ==
        "layer 0 LayerNorm<eps(0)>: eps must be a positive number");
  CHECK(said<Input<6>, RMSNorm<eps(-1e-5)>>() ==
        "layer 0 RMSNorm<eps(-0.00001)>: eps must be a positive number");
  CHECK(said<Input<6>, LayerNorm<eps(std::numeric_limits<double>::infinity())>>() ==
        "layer 0 LayerNorm<eps(1e9 or more)>: eps must be a positive number");
  CHECK(said<Input<6>, LayerNorm<eps(1e-5), eps(1e-6)>>() ==
        "layer 0 LayerNorm<eps(1e-5), eps(1e-6)>: eps is given twice");
  CHECK(said<Input<6>, RMSNorm<bias(false)>>() ==
        "layer 0 RMSNorm<bias(false)>: bias(false) is not an option of RMSNorm, which knows eps, "
        "affine, weight_init");
  CHECK(said<Input<6>, InstanceNorm2d<>>() ==
        "layer 0 InstanceNorm2d<>: expects an image (channels, height, width), got 6");
  CHECK(said<Input<6, 1, 1>, InstanceNorm2d<affine(true)>>() ==
        "layer 0 InstanceNorm2d<affine(true)>: each channel has one pixel, which its mean would "
        "take away");
}

TEST_CASE("what an adaptive pooling or an activation cannot do is told") {
  CHECK(said<Input<6, 2, 2>, AdaptiveAvgPool2d<1>, GELU<>, GELU<approximate("none")>>() == "");
  CHECK(said<Input<6, 2, 2>, AdaptiveAvgPool2d<Size2d{1, 0}>>() ==
        "layer 0 AdaptiveAvgPool2d<{1, 0}>: output_size must be at least 1x1, got 1x0");
  CHECK(said<Input<6, 2, 2>, AdaptiveAvgPool2d<1.5>>() ==
        "layer 0 AdaptiveAvgPool2d<fraction>: sizes are whole numbers");
  CHECK(said<Input<6>, AdaptiveAvgPool2d<1>>() ==
        "layer 0 AdaptiveAvgPool2d<1>: expects an image (channels, height, width), got 6");
  CHECK(said<Input<6>, GELU<approximate("tanh or whatever is like it")>>() ==
        "layer 0 GELU<approximate(\"tanh or whateve\")>: approximate is \"none\" or \"tanh\"");
  CHECK(said<Input<6>, GELU<approximate("erf")>>() ==
        "layer 0 GELU<approximate(\"erf\")>: approximate is \"none\" or \"tanh\"");
  CHECK(said<Input<6>, GELU<bias(false)>>() ==
        "layer 0 GELU<bias(false)>: bias(false) is not an option of GELU, which knows approximate");
  CHECK(said<Input<6>, GELU<1>>() ==
        "layer 0 GELU<1>: the first argument is an option such as approximate(\"tanh\")");
}

TEST_CASE("a layer that moves pixels says which it cannot") {
  CHECK(said<Input<1, 4, 4>, ZeroPad2d<1>, ZeroPad2d<0, 1, 0, 2>>() == "");
  CHECK(said<Input<1, 4, 4>, ZeroPad2d<1, 2>>() ==
        "layer 0 ZeroPad2d<1, 2>: padding is one number, or four: left, right, top, bottom");
  CHECK(said<Input<1, 4, 4>, ZeroPad2d<>>() ==
        "layer 0 ZeroPad2d<>: padding is one number, or four: left, right, top, bottom");
  CHECK(said<Input<1, 4, 4>, ZeroPad2d<1, 0, -1, 0>>() ==
        "layer 0 ZeroPad2d<1, 0, -1, 0>: padding must not be negative, got -1");
  CHECK(said<Input<4, 4>, ZeroPad2d<1>>() ==
        "layer 0 ZeroPad2d<1>: expects an image (channels, height, width), got 4x4");
  CHECK(said<Input<1, 4, 4>, ZeroPad2d<1'000'000'000>>() ==
        "layer 0 ZeroPad2d<1000000000>: its output 1x2000000004x2000000004 has more than "
        "2147483647 elements");
  CHECK(said<Input<6, 4, 4>, ChannelShuffle<4>>() ==
        "layer 0 ChannelShuffle<4>: the 6 input channels are no multiple of 4 groups");
  CHECK(said<Input<6, 4>, ChannelShuffle<0>>() ==
        "layer 0 ChannelShuffle<0>: groups must be at least 1, got 0");
  CHECK(said<Input<8, 4, 4>, PixelShuffle<2>>() == "");
  CHECK(said<Input<6, 4, 4>, PixelShuffle<2>>() ==
        "layer 0 PixelShuffle<2>: the 6 input channels are no multiple of 4, the square of "
        "upscale_factor");
  CHECK(said<Input<6, 4, 4>, PixelShuffle<0>>() ==
        "layer 0 PixelShuffle<0>: upscale_factor must be at least 1, got 0");
  CHECK(said<Input<4>, PixelShuffle<2>>() ==
        "layer 0 PixelShuffle<2>: expects an image (channels, height, width), got 4");
  CHECK(said<Input<6, 4, 4>, Upsample<2, mode("bilinear"), align_corners(false)>>() == "");
  CHECK(said<Input<6, 4, 4>, Upsample<Size2d{2, 0}>>() ==
        "layer 0 Upsample<{2, 0}>: scale_factor must be at least 1x1, got 2x0");
  CHECK(said<Input<6, 4, 4>, Upsample<1.5>>() ==
        "layer 0 Upsample<fraction>: sizes are whole numbers");
  CHECK(said<Input<6, 4>, Upsample<2>>() ==
        "layer 0 Upsample<2>: expects an image (channels, height, width), got 6x4");
  CHECK(said<Input<6, 4, 4>, Upsample<2, mode("bicubic")>>() ==
        "layer 0 Upsample<2, mode(\"bicubic\")>: mode is \"nearest\" or \"bilinear\"");
  CHECK(said<Input<6, 4, 4>, Upsample<2, align_corners(true)>>() ==
        "layer 0 Upsample<2, align_corners(true)>: align_corners is for mode(\"bilinear\")");
  CHECK(said<Input<6, 4, 4>, Upsample<2, 2>>() ==
        "layer 0 Upsample<2, 2>: the second argument is an option such as mode(\"bilinear\"); "
        "scale_factor comes first");
  CHECK(said<Input<6, 4, 4>, Upsample<2, mode("nearest"), mode("bilinear")>>() ==
        "layer 0 Upsample<2, mode(\"nearest\"), mode(\"bilinear\")>: mode is given twice");
}

TEST_CASE("what an activation with numbers or a dropout of channels cannot do is told") {
  CHECK(said<Input<6>, ELU<-0.5>>() ==
        "layer 0 ELU<-0.5>: alpha must be a number that is not negative");
  CHECK(said<Input<6>, Hardtanh<1.0, -1.0>>() ==
        "layer 0 Hardtanh<1, -1>: min_val and max_val must be numbers, the first below the second");
  CHECK(said<Input<6>, Hardtanh<0.0, std::numeric_limits<double>::infinity()>>() ==
        "layer 0 Hardtanh<0, 1e9 or more>: min_val and max_val must be numbers, the first below "
        "the second");
  CHECK(said<Input<6>, Softplus<>, Softplus<threshold(1), beta(0.5)>>() == "");
  CHECK(said<Input<6>, Softplus<beta(0)>>() ==
        "layer 0 Softplus<beta(0)>: beta must be a positive number");
  CHECK(said<Input<6>, Softplus<beta(-1), threshold(-1)>>() ==
        "layer 0 Softplus<beta(-1), threshold(-1)>: beta must be a positive number");
  CHECK(said<Input<6>, Softplus<threshold(std::numeric_limits<double>::quiet_NaN())>>() ==
        "layer 0 Softplus<threshold(nan)>: threshold must be a number");
  CHECK(said<Input<6>, Softplus<2>>() ==
        "layer 0 Softplus<2>: the first argument is an option such as beta(2)");
  CHECK(said<Input<6>, PReLU<>, PReLU<per_channel(true), weight_init(init::zeros())>>() == "");
  CHECK(said<Input<6>, PReLU<6>>() ==
        "layer 0 PReLU<6>: the first argument is an option such as per_channel(true); "
        "num_parameters are inferred");
  CHECK(said<Input<6>, PReLU<bias(false)>>() ==
        "layer 0 PReLU<bias(false)>: bias(false) is not an option of PReLU, which knows "
        "per_channel, weight_init");
  CHECK(said<Input<6>, PReLU<weight_init(init::orthogonal(2))>>() ==
        "layer 0 PReLU<weight_init(init::orthogonal(2))>: weight cannot start as "
        "init::orthogonal(2): wants two extents or more, and it has the shape 1");
  CHECK(said<Input<6, 2>, Dropout2d<>>() == "");
  CHECK(said<Input<6, 2, 2>, Dropout2d<1.0>>() ==
        "layer 0 Dropout2d<1>: probability must be in [0, 1)");
  CHECK(said<Input<6>, Dropout2d<>>() ==
        "layer 0 Dropout2d<0.5>: expects an image {C, H, W} or a sequence {C, L}, got 6 (Dropout "
        "is for vectors)");
}

TEST_CASE("a layer is described as it is written") {
  STATIC_REQUIRE(Conv2d<8, 3>::describe() == "Conv2d<8, 3>");
  STATIC_REQUIRE(Conv2d<8, Size2d{2, 3}, padding(1, 0), bias(false), winograd(4)>::describe() ==
                 "Conv2d<8, {2, 3}, padding(1, 0), bias(false), winograd(4)>");
  STATIC_REQUIRE(Linear<50, bias(true)>::describe() == "Linear<50, bias(true)>");
  STATIC_REQUIRE(MaxPool2d<3, stride(2)>::describe() == "MaxPool2d<3, stride(2)>");
  STATIC_REQUIRE(AvgPool2d<Size2d{2, 3}, padding("same"), count_include_pad(false)>::describe() ==
                 "AvgPool2d<{2, 3}, padding(\"same\"), count_include_pad(false)>");
  STATIC_REQUIRE(MaxPool1d<3, ceil_mode(true)>::describe() == "MaxPool1d<3, ceil_mode(true)>");
  STATIC_REQUIRE(LayerNorm<eps(1e-12), affine(false)>::describe() ==
                 "LayerNorm<eps(1e-12), affine(false)>");
  STATIC_REQUIRE(LayerNorm<eps(0.25)>::describe() == "LayerNorm<eps(0.25)>");
  STATIC_REQUIRE(GroupNorm<8, eps(1e-6)>::describe() == "GroupNorm<8, eps(1e-6)>");
  STATIC_REQUIRE(AdaptiveAvgPool2d<Size2d{7, 7}>::describe() == "AdaptiveAvgPool2d<7>");
  STATIC_REQUIRE(GELU<approximate("tanh")>::describe() == "GELU<approximate(\"tanh\")>");
  STATIC_REQUIRE(Linear<3, weight_init(init::kaiming_normal(init::fan_out)),
                        bias_init(constant(0.5))>::describe() ==
                 "Linear<3, weight_init(init::kaiming_normal(init::fan_out)), "
                 "bias_init(constant(0.5))>");
  STATIC_REQUIRE(Linear<3, weight_init(init::trunc_normal(0, 0.02))>::describe() ==
                 "Linear<3, weight_init(init::trunc_normal(0, 0.02, -2, 2))>");
}

TEST_CASE("a member that a layer need not have is checked when it is there") {
  CHECK(said<Input<3>, NumberAsTape>() ==
        "layer 0 NumberAsTape declares a member that is not static constexpr std::size_t "
        "tape_size(Shape)");
  CHECK(said<Input<3>, CheckNotStatic>() ==
        "layer 0 CheckNotStatic declares a member that is not static constexpr Sentence "
        "check(Shape)");
  CHECK(said<Input<3>, OneParameter>() ==
        "layer 0 OneParameter declares a member that is not static constexpr auto "
        "parameters(Shape), a std::array of Parameter");
  CHECK(said<Input<3>, GivesNumber>() ==
        "layer 0 GivesNumber declares a member that is not static constexpr Gives gives");
  CHECK(said<Input<3>, Misspelt>() ==
        "layer 0 Misspelt has a member inplace; a layer's is called in_place");
}

TEST_CASE("the library's own layers declare what they mean to") {
  // Networks do not ask them (members_are_right).
  STATIC_REQUIRE(detail::member_error<Conv2d<8, 3>>().empty());
  STATIC_REQUIRE(detail::member_error<Linear<3>>().empty());
  STATIC_REQUIRE(detail::member_error<MaxPool2d<2>>().empty());
  STATIC_REQUIRE(detail::member_error<AvgPool2d<2>>().empty());
  STATIC_REQUIRE(detail::member_error<MaxPool1d<2>>().empty());
  STATIC_REQUIRE(detail::member_error<ZeroPad2d<1>>().empty());
  STATIC_REQUIRE(detail::member_error<PixelShuffle<2>>().empty());
  STATIC_REQUIRE(detail::member_error<Upsample<2>>().empty());
  STATIC_REQUIRE(detail::member_error<AvgPool1d<2>>().empty());
  STATIC_REQUIRE(detail::member_error<Flatten>().empty());
  STATIC_REQUIRE(detail::member_error<Dropout<0.5>>().empty());
  STATIC_REQUIRE(detail::member_error<ReLU>().empty());
  STATIC_REQUIRE(detail::member_error<LeakyReLU<>>().empty());
  STATIC_REQUIRE(detail::member_error<Sigmoid>().empty());
  STATIC_REQUIRE(detail::member_error<Tanh>().empty());
  STATIC_REQUIRE(detail::member_error<Softmax>().empty());
  STATIC_REQUIRE(detail::member_error<LogSoftmax>().empty());
  STATIC_REQUIRE(detail::member_error<AdaptiveAvgPool2d<1>>().empty());
  STATIC_REQUIRE(detail::member_error<LayerNorm<>>().empty());
  STATIC_REQUIRE(detail::member_error<RMSNorm<>>().empty());
  STATIC_REQUIRE(detail::member_error<GroupNorm<2>>().empty());
  STATIC_REQUIRE(detail::member_error<InstanceNorm2d<>>().empty());
  STATIC_REQUIRE(detail::member_error<GELU<>>().empty());
  STATIC_REQUIRE(detail::member_error<SiLU>().empty());
  STATIC_REQUIRE(detail::member_error<ReLU6>().empty());
  STATIC_REQUIRE(detail::member_error<Hardswish>().empty());
  STATIC_REQUIRE(detail::member_error<Hardsigmoid>().empty());
  STATIC_REQUIRE(detail::member_error<Hardtanh<>>().empty());
  STATIC_REQUIRE(detail::member_error<ELU<>>().empty());
  STATIC_REQUIRE(detail::member_error<Softplus<>>().empty());
  STATIC_REQUIRE(detail::member_error<PReLU<>>().empty());
  STATIC_REQUIRE(detail::member_error<Dropout2d<>>().empty());
  STATIC_REQUIRE(detail::is_of_ctnn<Conv2d<8, 3>> && !detail::is_of_ctnn<Same>);
}

TEST_CASE("a parameter that cannot be one is told") {
  CHECK(said<Input<3>, TwoOfOneName>() ==
        "layer 0 TwoOfOneName: two of its parameters are named w");
  CHECK(said<Input<3>, DottedParameter>() ==
        "layer 0 DottedParameter: a parameter's name must not be empty or contain a dot");
  CHECK(said<Input<3>, EmptyParameter>() == "layer 0 EmptyParameter: its w 2x0 is empty");
}

TEST_CASE("what works in place keeps the size") {
  CHECK(said<Input<3>, GrowsInPlace>() ==
        "layer 0 GrowsInPlace: works in place, but its output 6 has another size than its input 3");
}

TEST_CASE("sizes that would wrap around are told") {
  CHECK(said<Input<2'000'000'000, 2'000'000'000, 2'000'000'000>, Flatten>() ==
        "Input<2000000000, 2000000000, 2000000000>: has more than 2147483647 elements");
  CHECK(said<Input<4'194'304, 2'097'152, 2'097'152>, Flatten>() ==
        "Input<4194304, 2097152, 2097152>: has more than 2147483647 elements");
  CHECK(said<Input<2'000'000>, Linear<2'000'000'000>>() ==
        "layer 0 Linear<2000000000>: its weight 2000000000x2000000 has more than 2147483647 "
        "elements");
  CHECK(said<Input<1, 28, 28>, Conv2d<8, 3, padding(1'000'000'000)>>() ==
        "layer 0 Conv2d<8, 3, padding(1000000000)>: its output 8x2000000026x2000000026 has more "
        "than 2147483647 elements");
  CHECK(said<Input<1, 28, 28>, MaxPool2d<3, padding(2'000'000'000)>>() ==
        "layer 0 MaxPool2d<3, padding(2000000000)>: padding 2000000000x2000000000 is more than "
        "half of the window 3x3");
  CHECK(said<Input<32768, 256, 255>, Flatten>() == "");
}

TEST_CASE("a size is a whole number") {
  CHECK(said<Input<1, 28, 28>, Conv2d<8, 3.9>>() ==
        "layer 0 Conv2d<8, fraction>: sizes are whole numbers");
  CHECK(said<Input<1, 28, 28>, MaxPool2d<2, stride(1.5)>>() ==
        "layer 0 MaxPool2d<2, stride(fraction)>: sizes are whole numbers");
  CHECK(said<Input<1, 28, 28>, Conv2d<8, 3.0>>() == "");
}

TEST_CASE("an extent that has wrapped around is told") {
  CHECK(said<Input<3, 4, 4>, Shrinks>() ==
        "layer 0 Shrinks: its output for a 3x4x4 input has an extent beyond 2147483647; did a "
        "subtraction wrap around?");
}

TEST_CASE("what is not a network is told") {
  CHECK(said<Conv2d<8, 3>, ReLU>() ==
        "Sequential<Conv2d<8, 3>, ...> has no Input<...>; a network starts with one");
  CHECK(said<ReLU>() == "Sequential<ReLU> has no Input<...>; a network starts with one");
  CHECK(said<>() == "Sequential<> has no Input<...>; a network starts with one");
  CHECK(said<Input<3, 4, 4>>() == "Sequential<Input<3, 4, 4>> has no layers");
  CHECK(said<Input<3, 4, 4>, ReLU, Sequential<ReLU, Sequential<>>>() ==
        "layer 1.1 Sequential<> has no layers");
  CHECK(said<Input<3, 0, 4>, ReLU>() == "Input<3, 0, 4>: wants one to three positive extents");
  CHECK(said<Input<>, ReLU>() == "Input<>: wants one to three positive extents");
  CHECK(said<Input<64, 1, 28, 28>, ReLU>() ==
        "Input<64, 1, 28, 28>: wants one to three positive extents, those of one sample, without "
        "the batch");
  CHECK(said<Input<3, 4, 4>, ReLU, Input<3, 4, 4>>() ==
        "layer 1 Input<3, 4, 4>: an Input comes first and only once");
  CHECK(said<Input<3, 4, 4>, int>() ==
        "layer 0 int is not a layer: it lacks static constexpr Shape output_shape(Shape)");
}

TEST_CASE("names that could not be told apart or read back are told") {
  CHECK(said<Input<9>, Named<"fc", Linear<3>>, ReLU, Named<"fc", Linear<2>>>() ==
        "two layers are named fc");
  CHECK(said<Input<9>, Named<"1", Linear<3>>, Linear<2>>() == "two layers are named 1");
  CHECK(said<Input<9>, Named<"a", Sequential<ReLU, Linear<3>, Named<"0", Linear<2>>>>>() ==
        "two layers are named a.0");
  CHECK(said<Input<9>, Named<"1", Linear<3>>, Named<"0", Linear<2>>>() == "");
  CHECK(said<Input<9>, Named<"01", Linear<3>>, Linear<2>>() == "");
  CHECK(said<Input<9>, Named<"", Linear<3>>>() ==
        "layer  Linear<3>: a name must not be empty or contain a dot");
  CHECK(said<Input<9>, Named<"a.b", Linear<3>>>() ==
        "layer a.b Linear<3>: a name must not be empty or contain a dot");
  using Twice = Named<"a", Frozen<Named<"b", Linear<3>>>>;
  const auto has_name = "layer a Linear<3>: has a name already; Named stands once before what it "
                        "names";
  CHECK(said<Input<9>, Named<"a", Named<"b", Linear<3>>>>() == has_name);
  CHECK(said<Input<9>, Twice>() == has_name);
}

TEST_CASE("branches that do not meet are told") {
  using In = Input<8, 32, 32>;
  using Conv = Conv2d<8, 3, padding(1)>;
  CHECK(said<In, Conv, Residual<Conv2d<4, 3, padding(1)>>>() ==
        "Sum after layer 0: its body makes 4x32x32 of 8x32x32; a sum needs equal shapes "
        "(Sum<Sequential<...>, Conv2d<4, 1>> has them)");
  CHECK(said<In, Residual<Conv2d<16, 3, stride(2), padding(1)>>>() ==
        "Sum of the network's input: its body makes 16x16x16 of 8x32x32; a sum needs equal shapes "
        "(Sum<Sequential<...>, Conv2d<16, 1, stride(2)>> has them, if the body is meant to shrink "
        "them)");
  CHECK(said<In, Residual<Conv2d<8, 3>>>() ==
        "Sum of the network's input: its body makes 8x30x30 of 8x32x32; a sum needs equal shapes "
        "(without a stride a 3x3 kernel keeps height and width with padding(1), a 5x5 one with "
        "padding(2))");
  CHECK(said<In, Sum<Conv2d<16, 3, stride(2), padding(1)>, Conv2d<8, 1>>>() ==
        "Sum of the network's input: its first branch makes 16x16x16, its second branch 8x32x32; a "
        "sum "
        "needs equal shapes (Conv2d<16, 1, stride(2)> at the end of that branch would make them)");
  CHECK(
      said<In, Sum<Conv2d<8, 1>, Conv2d<8, 1>, Conv2d<8, 3, stride(2), padding(1)>>>() ==
      "Sum of the network's input: its first branch makes 8x32x32, its third branch 8x16x16; a sum "
      "needs equal shapes (Conv2d<8, 1, stride(2)> at the end of the first would make them)");
  CHECK(said<In, Sum<Conv2d<8, 1>, Sequential<Flatten, Linear<8>>>>() ==
        "Sum of the network's input: its first branch makes 8x32x32, its second branch 8; a sum "
        "needs "
        "equal shapes");
  CHECK(said<In, Conv, ReLU, Concat<Conv2d<8, 3>, Identity>>() ==
        "Concat after layer 1: its first branch makes 8x30x30, its second branch 8x32x32; channels "
        "are "
        "put together of images of equal height and width");
  CHECK(said<In, Product<Identity, Conv2d<4, 1>>>() ==
        "Product of the network's input: its first branch makes 8x32x32, its second branch "
        "4x32x32; a "
        "product needs equal shapes, or one number a channel, such as 8x1x1");
  CHECK(said<In, Product<Identity, Identity, Identity>>() ==
        "Product of the network's input: has 3 branches; a product has two");
  // The place is that of the innermost one.
  CHECK(said<In, Named<"block", Sequential<Conv, Residual<Conv, Residual<Conv2d<9, 1>>>>>>() ==
        "Sum after layer block.1: its body makes 9x32x32 of 8x32x32; a sum needs equal shapes "
        "(Sum<Sequential<...>, Conv2d<9, 1>> has them)");
}

TEST_CASE("what is no branch and no join is told") {
  using In = Input<8, 32, 32>;
  CHECK(said<In, ReLU, Sum<ReLU>>() ==
        "Sum after layer 0: has one branch, which leaves nothing to join; a shortcut is the branch "
        "Identity");
  CHECK(said<In, Concat<>>() == "Concat of the network's input: has no branch, which leaves "
                                "nothing to join; a shortcut is the "
                                "branch Identity");
  CHECK(said<In, Residual<>>() ==
        "a branch of the network's input: has no layers; a shortcut is the branch Identity");
  CHECK(said<In, Frozen<>>() == "Frozen<> of the network's input: has no layers");
  CHECK(said<In, Identity>() == "Sequential<Input<8, 32, 32>, ...> has no layers");
  CHECK(said<In, Residual<Input<8>>>() == "layer 0 Input<8>: an Input comes first and only once");
  CHECK(said<In, Sum<Sequential<ReLU, Input<3>>, Identity>>() ==
        "layer 1 Input<3>: an Input comes first and only once");
  CHECK(said<In, Parallel<int, Identity, Identity>>() ==
        "Parallel<int, ...> of the network's input: int is not a join: it lacks static constexpr "
        "Shape "
        "output_shape(Shapes)");
  CHECK(said<In, Add>() ==
        "layer 0 Sum is a join, which stands before branches: Parallel<Add, ...>");
  // What is wrong inside of a branch is told as anywhere else.
  CHECK(said<In, Residual<MaxPool2d<64>>>() ==
        "layer 0 MaxPool2d<64>: window 64x64 does not fit its 32x32 input");
}

namespace {

struct FirstOf {
  static constexpr Shape output_shape(Shapes in) { return in[0]; }
};
struct Slipped : FirstOf {
  static constexpr bool inplace = true;
};
struct Mistyped : FirstOf {
  static constexpr Sentence check(Shape) { return {}; }
};
struct Weighted : FirstOf {
  static constexpr int parameters = 3;
};
struct Empty {
  static constexpr Shape output_shape(Shapes) { return {}; }
};
struct Halves {
  static constexpr Shape output_shape(Shapes in) { return {in[0].size() / 2}; }
  static constexpr bool passes_gradient = true;
};
template <class J>
Sentence said_of_join() {
  return diagnose<Input<8>, Parallel<J, Identity, ReLU>>();
}

} // namespace

TEST_CASE("a join's members are looked at as a layer's are") {
  CHECK(said_of_join<FirstOf>() == "");
  CHECK(
      said_of_join<Slipped>() ==
      "Slipped of the network's input: Slipped has a member inplace; a join's is called in_place");
  CHECK(said_of_join<Mistyped>() ==
        "Mistyped of the network's input: Mistyped declares a member that is not static constexpr "
        "Sentence check(Shapes)");
  CHECK(
      said_of_join<Weighted>() ==
      "Weighted of the network's input: Weighted has parameters, which a join cannot; give a layer "
      "before or behind it to them");
  CHECK(said_of_join<Empty>() == "Empty of the network's input: has an empty output");
  CHECK(said_of_join<Halves>() == "Halves of the network's input: passes the gradient on, but its "
                                  "output 4 has another size than "
                                  "its input 8");
}

TEST_CASE("names in branches are those of the block around them") {
  using In = Input<8, 4, 4>;
  using Conv = Named<"conv", Conv2d<8, 1>>;
  CHECK(said<In, Conv, Residual<Conv>>() == "two layers are named conv");
  CHECK(said<In, Sequential<Residual<Conv>, Frozen<Conv>>>() == "two layers are named 0.conv");
  CHECK(said<In, ReLU, Sum<Named<"0", Conv2d<8, 1>>, Identity>>() == "two layers are named 0");
  CHECK(said<In, Residual<Sequential<Conv>, Named<"b", Sequential<Conv>>>, Conv>() == "");
}

TEST_CASE("a layer of the user's own speaks for itself") {
  CHECK(said<Input<3, 16, 16>, ReLU, WantsVector>() ==
        "layer 1 WantsVector: wants a vector, got 3x16x16");
  CHECK(said<Input<3>, LosesAll>() == "layer 0 LosesAll: has an empty output for its 3 input");
}

TEST_CASE("an unknown parameter is told with the nearest name") {
  using Net =
      Sequential<Input<1, 9, 9>, Named<"conv1", Conv2d<8, 3>>, Flatten, Named<"fc", Linear<10>>>;
  using Bare = Sequential<Input<9>, ReLU>;
  STATIC_REQUIRE(detail::diagnose_parameter_of(Net::graph, "fc.bias").empty());
  STATIC_REQUIRE(detail::diagnose_parameter_of(Net::graph, "conv1.wieght") ==
                 "no parameter is named conv1.wieght; the nearest is conv1.weight");
  STATIC_REQUIRE(detail::diagnose_parameter_of(Net::graph, "weight") ==
                 "no parameter is named weight; the nearest is fc.weight");
  STATIC_REQUIRE(detail::diagnose_parameter_of(Bare::graph, "weight") ==
                 "no parameter is named weight; this network has none");
}
