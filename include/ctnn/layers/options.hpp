#pragma once
/// @file
/// The options of a layer: values behind its sizes, which say by their type what they are, as keywords
/// do in Python: Conv2d<64, 3, stride(2), padding(1), bias(false)>.

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <ctnn/core/array.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/core/list.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>

namespace ctnn {

/// stride is how far a window moves from one output to the next: `stride(2)`, or `stride(2, 1)` for
/// height and width.
struct stride {
  Size2d size; ///< in elements

  /// Makes a stride of `both` elements, or of a Size2d.
  constexpr explicit stride(Size2d both) : size(both) {}
  /// Makes a stride of `height` rows and `width` columns.
  constexpr stride(int height, int width) : size(height, width) {}
};

/// padding is what is added to an image at its sides: `padding(1)`; `padding(1, 0)` for rows above and
/// below, and columns left and right; `padding(0, 1, 0, 1)` for top, bottom, left, right; or
/// `padding("same")`, which makes an output of the size of the input divided by the stride, rounded up.
/// What is odd of it goes to the bottom and the right, as TensorFlow's "same" and ONNX's SAME_UPPER (and
/// torch's, which knows it for a stride of 1 only). What it holds is the layer's to say.
struct padding {
  int top;           ///< rows above
  int bottom;        ///< rows below
  int left;          ///< columns before
  int right;         ///< columns behind
  bool same = false; ///< whether it is "same", for which these are 0
  bool known = true; ///< whether it is a word that is known, or numbers

  /// Makes a padding of `both` rows and columns, or of a Size2d.
  constexpr explicit padding(Size2d both) : padding(both.height, both.width) {}
  /// Makes a padding of `height` rows at both ends and `width` columns.
  constexpr padding(int height, int width) : padding(height, height, width, width) {}
  /// Makes a padding side by side.
  constexpr padding(int above, int below, int before, int behind)
      : top(above), bottom(below), left(before), right(behind) {}
  /// Makes a padding by PyTorch's word for it: "same", or "valid" for none.
  template <std::size_t N>
  constexpr explicit padding(const char (&word)[N]) : padding(0, 0, 0, 0) {
    same = StringView(word) == "same";
    known = same || StringView(word) == "valid";
  }

  /// Paddings are equal if all is.
  friend constexpr bool operator==(const padding&, const padding&) = default;
};

/// dilation is how far the elements under a kernel are apart: `dilation(2)`, or `dilation(2, 1)` for height
/// and width.
struct dilation {
  Size2d size; ///< in elements

  /// Makes a dilation of `both` elements, or of a Size2d.
  constexpr explicit dilation(Size2d both) : size(both) {}
  /// Makes a dilation of `height` rows and `width` columns.
  constexpr dilation(int height, int width) : size(height, width) {}
};

/// output_padding is what a transposed convolution adds to its output, below and at the right:
/// `output_padding(1)`, or `output_padding(1, 0)` for height and width. It chooses among the sizes of which
/// a convolution with that stride makes the input's.
struct output_padding {
  Size2d size; ///< in elements

  /// Makes it `both` elements, or a Size2d.
  constexpr explicit output_padding(Size2d both) : size(both) {}
  /// Makes it `height` rows and `width` columns.
  constexpr output_padding(int height, int width) : size(height, width) {}
};

/// groups is how many groups the channels of a convolution are cut into, each of which sees only its own:
/// `groups(2)`; or `depthwise`, a group for each input channel.
struct groups {
  int count;                 ///< at least 1; 0 for depthwise
  bool each_channel = false; ///< whether it is depthwise

  /// Makes so many groups.
  constexpr explicit groups(int number) : count(number) {}
};

/// depthwise is a group for each input channel, which sees it alone: `Conv2d<64, 3, depthwise>` on 64
/// channels. On 32 it makes two outputs of each.
inline constexpr groups depthwise = [] {
  groups each(0);
  each.each_channel = true;
  return each;
}();

/// bias is whether a layer adds a parameter to each of its outputs: `bias(false)`.
struct bias {
  bool enabled; ///< false for a layer without

  /// Asks for a bias, or for none.
  constexpr explicit bias(bool on) : enabled(on) {}
};

/// weight_init is how the weight of a layer starts, if not as PyTorch's does by default:
/// `weight_init(init::kaiming_normal(init::fan_out))`.
struct weight_init {
  detail::Initial initial; ///< what makes its numbers

  /// Makes the weight start as `how` says.
  constexpr explicit weight_init(detail::Initial how) : initial(how) {}
};

/// bias_init is how the bias of a layer starts, if not as PyTorch's does by default:
/// `bias_init(init::zeros())`.
struct bias_init {
  detail::Initial initial; ///< what makes its numbers

  /// Makes the bias start as `how` says.
  constexpr explicit bias_init(detail::Initial how) : initial(how) {}
};

/// eps is what a normalisation adds to a variance, so that none divides by zero: `eps(1e-6)`.
struct eps {
  double value; ///< added to the mean of squares

  /// Makes it this number.
  constexpr explicit eps(double number) : value(number) {}
};

/// momentum is how much of a batch's statistics goes into the running ones: `momentum(0.01)`.
struct momentum {
  double value; ///< 0 to 1

  /// Makes it this number.
  constexpr explicit momentum(double number) : value(number) {}
};

/// ghost is how many samples, at most, a batch normalisation takes its statistics of in training, instead of
/// the whole batch: `ghost(32)`. Hoffer, Hubara and Soudry, Train longer, generalize better, 2017.
struct ghost {
  std::size_t samples; ///< at least 1

  /// Asks for groups of so many samples.
  constexpr explicit ghost(std::size_t size) : samples(size) {}
};

/// affine is whether a normalisation has a weight and a bias: `affine(false)`. PyTorch's
/// elementwise_affine is the same.
struct affine {
  bool enabled; ///< false for a layer without parameters

  /// Asks for parameters, or for none.
  constexpr explicit affine(bool on) : enabled(on) {}
};

/// approximate is which formula a GELU has: `approximate("tanh")`, or "none" for the exact one.
struct approximate {
  detail::BoundedText<15> word; ///< what was asked for

  /// Asks for a formula by PyTorch's word for it.
  constexpr explicit approximate(StringView formula) : word(formula) {}
};

/// ceil_mode is whether a pooling has one more window for rows or columns that are left over at the end:
/// `ceil_mode(true)`.
struct ceil_mode {
  bool enabled; ///< whether it rounds the number of windows up

  /// Asks for rounding up, or down.
  constexpr explicit ceil_mode(bool on) : enabled(on) {}
};

/// count_include_pad is whether padding counts among the pixels that an average is taken of:
/// `count_include_pad(false)`.
struct count_include_pad {
  bool enabled; ///< whether it counts

  /// Asks for padding that counts, or not.
  constexpr explicit count_include_pad(bool on) : enabled(on) {}
};

/// mode is what an Upsample puts between pixels: `mode("bilinear")`, or "nearest".
struct mode {
  detail::BoundedText<15> word; ///< what was asked for

  /// Asks for an interpolation by PyTorch's word for it.
  constexpr explicit mode(StringView interpolation) : word(interpolation) {}
};

/// align_corners is whether the centres of the corners' pixels stay where they are when an image grows,
/// instead of the image's edges: `align_corners(true)`.
struct align_corners {
  bool enabled; ///< whether they do

  /// Asks for corners that stay, or for edges.
  constexpr explicit align_corners(bool on) : enabled(on) {}
};

/// beta is how steeply a Softplus bends: `beta(2)`.
struct beta {
  double value; ///< the larger, the closer to ReLU

  /// Makes it this number.
  constexpr explicit beta(double number) : value(number) {}
};

/// threshold is above which multiple of its input a Softplus is that input: `threshold(10)`.
struct threshold {
  double value; ///< of beta · x

  /// Makes it this number.
  constexpr explicit threshold(double number) : value(number) {}
};

/// per_channel is whether a PReLU has a slope for each channel: `per_channel(true)`. It is PyTorch's
/// num_parameters.
struct per_channel {
  bool enabled; ///< false for one that all channels share

  /// Asks for a slope a channel, or for one.
  constexpr explicit per_channel(bool on) : enabled(on) {}
};

namespace detail {

template <class T, class... Ts>
constexpr bool is_one_of(types<Ts...>) {
  return (std::same_as<T, Ts> || ...);
}

/// Options are those above, which are called by their names.
using Options = types<stride, padding, dilation, output_padding, groups, bias, eps, momentum, ghost,
                      affine, weight_init, bias_init, approximate, ceil_mode, count_include_pad,
                      mode, align_corners, beta, threshold, per_channel>;

/// option_name is what an option is called; empty for a value that is none.
template <class Option>
inline constexpr StringView option_name = std::same_as<Option, kernels::ConvolutionAlgorithm>
                                              ? "an algorithm"
                                          : is_one_of<Option>(Options{}) ? type_name<Option>()
                                                                         : StringView();

constexpr void write_arguments(Sentence& text, Size2d size) {
  if (size == Size2d::fraction) {
    text << "(fraction)";
    return;
  }
  text << '(' << size.height;
  if (size.width != size.height) text << ", " << size.width;
  text << ')';
}

constexpr void write_arguments(Sentence& text, const padding& sides) {
  if (sides.top != sides.bottom || sides.left != sides.right)
    text << '(' << sides.top << ", " << sides.bottom << ", " << sides.left << ", " << sides.right
         << ')';
  else
    write_arguments(text, Size2d(sides.top, sides.left));
}

/// write_small writes a number that may be too small for six decimals: 1e-12.
constexpr void write_small(Sentence& text, double number) {
  int exponent = 0;
  if (number > 0 && number < 1e-3)
    for (; number < 1 - 1e-9 && exponent < 308; ++exponent) number *= 10;
  text << number;
  if (exponent > 0) text << "e-" << exponent;
}

/// write_option writes a template argument as it is written in code.
template <class Option>
constexpr void write_option(Sentence& text, const Option& option) {
  if constexpr (requires { option.size; }) {
    text << option_name<Option>;
    write_arguments(text, option.size);
  } else if constexpr (requires { option.enabled; }) {
    text << option_name<Option> << (option.enabled ? "(true)" : "(false)");
  } else if constexpr (requires { option.value; }) {
    text << option_name<Option> << '(';
    write_small(text, option.value);
    text << ')';
  } else if constexpr (requires { option.initial; }) {
    text << option_name<Option> << '(';
    write_initial(text, option.initial);
    text << ')';
  } else if constexpr (std::same_as<Option, padding>) {
    text << "padding";
    if (option.same || !option.known)
      text << (option.same ? "(\"same\")" : "(\"...\")");
    else
      write_arguments(text, option);
  } else if constexpr (std::same_as<Option, groups>) {
    if (option.each_channel)
      text << "depthwise";
    else
      text << "groups(" << option.count << ')';
  } else if constexpr (requires { option.word; }) {
    text << option_name<Option> << "(\"" << option.word << "\")";
  } else if constexpr (std::same_as<Option, kernels::ConvolutionAlgorithm>) {
    if (option == automatic)
      text << "automatic";
    else if (option == direct)
      text << "direct";
    else
      text << "winograd(" << option.tile << ')';
  } else if constexpr (std::same_as<Option, Size2d>) {
    text << '{' << option.height << ", " << option.width << '}';
  } else if constexpr (std::same_as<Option, bool>) {
    text << (option ? "true" : "false");
  } else if constexpr (std::integral<Option> || std::floating_point<Option>) {
    text << option;
  } else {
    text << type_name<Option>();
  }
}

/// An OptionList are the options that were given to something which knows those of the types `Known`.
template <class Known, auto... Given>
struct OptionList;

template <class... Known, auto... Given>
struct OptionList<types<Known...>, Given...> {
  /// get is the option of this type, or `otherwise` if it was not given.
  template <class Option>
  static constexpr Option get(Option otherwise) {
    [[maybe_unused]] const auto take = [&otherwise]<class G>(const G& given) {
      if constexpr (std::same_as<G, Option>) otherwise = given;
    };
    (take(Given), ...);
    return otherwise;
  }

  /// has is whether an option of this type was given.
  template <class Option>
  static constexpr bool has = (std::same_as<std::remove_cvref_t<decltype(Given)>, Option> || ...);

  /// describe writes ", stride(2), padding(1)": the options as they were given.
  static constexpr void describe(Sentence& text) {
    ((text << ", ", write_option(text, Given)), ...);
  }
  /// describe_alone writes "<eps(1e-6), bias(false)>": the options of what has no sizes.
  static constexpr void describe_alone(Sentence& text) {
    std::size_t count = 0;
    text << '<';
    ((text << (count++ == 0 ? "" : ", "), write_option(text, Given)), ...);
    text << '>';
  }

  /// check says what is wrong with them, or nothing: a value that is no option, one that `owner` does
  /// not know, one that is given twice. `sizes` arguments stand before the options; `hint` says which,
  /// and gives an example: "stride(2); out_channels and kernel_size come first".
  static constexpr Sentence check(StringView owner, std::size_t sizes, StringView hint) {
    Sentence error;
    if constexpr (sizeof...(Given) > 0) {
      constexpr StringView ordinal[]{"first", "second", "third",  "fourth",
                                     "fifth", "sixth",  "seventh"};
      StringView seen[sizeof...(Given) + 1];
      std::size_t count = 0;
      const auto look = [&]<class G>(const G& given) {
        constexpr StringView name = option_name<G>;
        const std::size_t place = sizes + count;
        if (!error.empty()) return;
        if (name.empty()) {
          error << "the " << (place < 7 ? ordinal[place] : StringView("last"))
                << " argument is an option such as " << hint;
        } else if (!(std::same_as<G, Known> || ...)) {
          write_option(error, given);
          error << " is not an option of " << owner << ", which knows ";
          std::size_t known = 0;
          ((error << (known++ == 0 ? "" : ", ") << option_name<Known>), ...);
        }
        for (std::size_t i = 0; i < count && error.empty(); ++i)
          if (seen[i] == name) error << name << " is given twice";
        seen[count++] = name;
      };
      (look(Given), ...);
    }
    return error;
  }
};

/// starts_error is what keeps parameters from starting as they should, or nothing.
template <std::size_t Count>
constexpr Sentence starts_error(const Array<Parameter, Count>& parameters) {
  for (const Parameter& parameter : parameters)
    if (const Sentence what = start_error(parameter.name, parameter.shape, parameter.initial);
        !what.empty())
      return what;
  return {};
}

/// no_bias_error says that there is no bias which could start somehow.
inline constexpr StringView no_bias_error = "bias_init is for a bias, and the layer has none";

} // namespace detail
} // namespace ctnn
