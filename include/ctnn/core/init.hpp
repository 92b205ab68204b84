#pragma once
/// @file
/// How a parameter starts: torch.nn.init as values. What draws the numbers is network/initialize.hpp.

#include <cfloat>
#include <cstddef>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

namespace detail {

/// Start is the rule by which a parameter starts.
enum class Start {
  constant,
  uniform_by_fan_in,
  uniform,
  normal,
  trunc_normal,
  kaiming_uniform,
  kaiming_normal,
  xavier_uniform,
  xavier_normal,
  orthogonal
};

/// An Initial says how a parameter starts; constant(), uniform_by_fan_in() and ctnn::init make one.
struct Initial {
  std::size_t fan_in = 0; ///< inputs that each output sums up, for uniform_by_fan_in; 0 for others
  double value = 0;       ///< the constant, a mean, or where a uniform range begins
  Start start = Start::constant; ///< what the numbers are for
  double spread = 0;             ///< a deviation, the square of a gain (orthogonal's as it is), or
                                 ///< where a uniform range ends
  double lowest = 0;             ///< the lower limit of trunc_normal
  double highest = 0;            ///< the upper limit of trunc_normal
  bool by_outputs = false;       ///< whether a kaiming goes by fan_out
};

/// Fans are how many inputs each output sums up, and how many outputs each input goes to.
struct Fans {
  std::size_t in = 0, out = 0;
};

/// fans_of is what torch.nn.init._calculate_fan_in_and_fan_out makes of a weight {out, in, …}; zeros
/// for what has fewer than two extents.
constexpr Fans fans_of(const Shape& weight) {
  if (weight.rank < 2) return {};
  std::size_t receptive_field = 1;
  for (std::size_t axis = 2; axis < weight.rank; ++axis) receptive_field *= weight[axis];
  return {weight[1] * receptive_field, weight[0] * receptive_field};
}

constexpr StringView name_of(Start start) {
  constexpr StringView names[]{"constant",
                               "uniform_by_fan_in",
                               "init::uniform",
                               "init::normal",
                               "init::trunc_normal",
                               "init::kaiming_uniform",
                               "init::kaiming_normal",
                               "init::xavier_uniform",
                               "init::xavier_normal",
                               "init::orthogonal"};
  return names[static_cast<std::size_t>(start)];
}

/// write_initial writes how a parameter starts as it is written in code.
constexpr void write_initial(Sentence& text, const Initial& initial) {
  text << name_of(initial.start) << '(';
  switch (initial.start) {
  case Start::constant:
    text << initial.value;
    break;
  case Start::uniform_by_fan_in:
    text << initial.fan_in;
    break;
  case Start::uniform:
  case Start::normal:
    text << initial.value << ", " << initial.spread;
    break;
  case Start::trunc_normal:
    text << initial.value << ", " << initial.spread << ", " << initial.lowest << ", "
         << initial.highest;
    break;
  case Start::orthogonal:
    if (initial.spread != 1) text << initial.spread;
    break;
  default:
    const bool kaiming =
        initial.start == Start::kaiming_uniform || initial.start == Start::kaiming_normal;
    if (initial.by_outputs) text << "init::fan_out";
    if (initial.spread != (kaiming ? 2 : 1))
      text << (initial.by_outputs ? ", " : "") << "init::nonlinearity{" << initial.spread << '}';
  }
  text << ')';
}

/// start_error is what keeps a parameter of this name and shape from starting so, or nothing.
constexpr Sentence start_error(StringView name, const Shape& shape, const Initial& initial) {
  const auto finite = [](double number) { return number >= -DBL_MAX && number <= DBL_MAX; };
  const Start start = initial.start;
  Sentence error;
  if (start == Start::constant || start == Start::uniform_by_fan_in) return error;
  if (!finite(initial.value) || !finite(initial.spread) || !finite(initial.lowest) ||
      !finite(initial.highest))
    error << "its numbers must be finite";
  else if (start == Start::uniform && initial.value > initial.spread)
    error << "a range begins before it ends";
  else if (start == Start::normal && initial.spread < 0)
    error << "std must not be negative";
  else if (start == Start::trunc_normal && initial.spread <= 0)
    error << "std must be positive";
  else if (start == Start::trunc_normal && initial.lowest >= initial.highest)
    error << "a must be less than b";
  else if (start >= Start::kaiming_uniform && start < Start::orthogonal && initial.spread < 0)
    error << "the square of a gain must not be negative";
  else if (start >= Start::kaiming_uniform && shape.rank < 2)
    error << "wants two extents or more, and it has the shape " << shape;
  if (error.empty()) return error;
  Sentence whole = name;
  whole << " cannot start as ";
  write_initial(whole, initial);
  return whole << ": " << error;
}

} // namespace detail

/// uniform_by_fan_in starts a parameter as PyTorch does the weight and bias of Conv2d and Linear:
/// kaiming_uniform_(a=sqrt(5)), which comes to U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
constexpr detail::Initial uniform_by_fan_in(std::size_t fan_in) {
  return {.fan_in = fan_in, .start = detail::Start::uniform_by_fan_in};
}
/// constant starts every element of a parameter as `value`. torch.nn.init.constant_
constexpr detail::Initial constant(double value) { return {.value = value}; }

/// How parameters start, in the words of torch.nn.init: for the options weight_init and bias_init, and
/// for the Parameter of a layer of one's own. Fans are those of a weight {out, in, …}: fan_in is in times
/// what follows, fan_out is out times what follows.
namespace init {

using ctnn::constant;

/// zeros starts every element as 0. torch.nn.init.zeros_
constexpr detail::Initial zeros() { return constant(0); }
/// ones starts every element as 1. torch.nn.init.ones_
constexpr detail::Initial ones() { return constant(1); }

/// uniform is U(a, b). torch.nn.init.uniform_
constexpr detail::Initial uniform(double a = 0, double b = 1) {
  return {.value = a, .start = detail::Start::uniform, .spread = b};
}
/// normal is N(mean, std²). torch.nn.init.normal_
constexpr detail::Initial normal(double mean = 0, double std = 1) {
  return {.value = mean, .start = detail::Start::normal, .spread = std};
}
/// trunc_normal is N(mean, std²) of which only what lies in [a, b] is drawn. The limits are numbers as
/// the parameter has them, and not multiples of std. torch.nn.init.trunc_normal_
constexpr detail::Initial trunc_normal(double mean = 0, double std = 1, double a = -2,
                                       double b = 2) {
  return {.value = mean,
          .start = detail::Start::trunc_normal,
          .spread = std,
          .lowest = a,
          .highest = b};
}

/// A nonlinearity is what follows a weight, by what it takes off the variance. Its gain,
/// torch.nn.init.calculate_gain, is the square root of `squared_gain`.
struct nonlinearity {
  double squared_gain; ///< the factor that makes up for it
};
inline constexpr nonlinearity linear{1}; ///< nothing follows; also a convolution, as PyTorch has it
inline constexpr nonlinearity sigmoid{1};     ///< gain 1
inline constexpr nonlinearity tanh{25. / 9.}; ///< gain 5/3
inline constexpr nonlinearity relu{2};        ///< gain √2
inline constexpr nonlinearity selu{9. / 16.}; ///< gain 3/4
/// leaky_relu has the gain √(2 / (1 + negative_slope²)).
constexpr nonlinearity leaky_relu(double negative_slope = 0.01) {
  return {2 / (1 + negative_slope * negative_slope)};
}

/// Fan is what a kaiming keeps the variance of.
enum Fan {
  fan_in, ///< the outputs going forward
  fan_out ///< the gradients going backward
};

/// kaiming_uniform is U(-b, b) with b = gain √(3 / fan). torch.nn.init.kaiming_uniform_
constexpr detail::Initial kaiming_uniform(Fan mode = fan_in, nonlinearity follows = relu) {
  return {.start = detail::Start::kaiming_uniform,
          .spread = follows.squared_gain,
          .by_outputs = mode == fan_out};
}
/// kaiming_uniform by fan_in, for what follows.
constexpr detail::Initial kaiming_uniform(nonlinearity follows) {
  return kaiming_uniform(fan_in, follows);
}
/// kaiming_normal is N(0, gain² / fan). torch.nn.init.kaiming_normal_
constexpr detail::Initial kaiming_normal(Fan mode = fan_in, nonlinearity follows = relu) {
  return {.start = detail::Start::kaiming_normal,
          .spread = follows.squared_gain,
          .by_outputs = mode == fan_out};
}
/// kaiming_normal by fan_in, for what follows.
constexpr detail::Initial kaiming_normal(nonlinearity follows) {
  return kaiming_normal(fan_in, follows);
}

/// xavier_uniform is U(-b, b) with b = gain √(6 / (fan_in + fan_out)). torch.nn.init.xavier_uniform_
constexpr detail::Initial xavier_uniform(double gain = 1) {
  return {.start = detail::Start::xavier_uniform, .spread = gain * gain};
}
/// xavier_uniform with the gain of what follows.
constexpr detail::Initial xavier_uniform(nonlinearity follows) {
  return {.start = detail::Start::xavier_uniform, .spread = follows.squared_gain};
}
/// xavier_normal is N(0, gain² · 2 / (fan_in + fan_out)). torch.nn.init.xavier_normal_
constexpr detail::Initial xavier_normal(double gain = 1) {
  return {.start = detail::Start::xavier_normal, .spread = gain * gain};
}
/// xavier_normal with the gain of what follows.
constexpr detail::Initial xavier_normal(nonlinearity follows) {
  return {.start = detail::Start::xavier_normal, .spread = follows.squared_gain};
}

/// orthogonal makes the rows of the weight {out, in · …} orthogonal, or its columns if they are fewer,
/// each of length `gain`: Q of the QR decomposition of normal numbers. torch.nn.init.orthogonal_
constexpr detail::Initial orthogonal(double gain = 1) {
  return {.start = detail::Start::orthogonal, .spread = gain};
}

} // namespace init
} // namespace ctnn
