#pragma once
// What a layer is, in words and as a concept, and what it may leave unsaid.

#include <array>
#include <concepts>
#include <cstddef>

#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// How a parameter starts: uniform in ±1/sqrt(fan_in), or a constant where fan_in is 0.
struct Initial {
  std::size_t fan_in = 0;
  double value = 0;
};

/// PyTorch's default for the weight and bias of Conv2d and Linear: kaiming_uniform_(a=sqrt(5)),
/// which comes to U(-1/sqrt(fan_in), 1/sqrt(fan_in)).
constexpr Initial uniform_by_fan_in(std::size_t fan_in) { return {fan_in, 0}; }
constexpr Initial constant(double value) { return {0, value}; }

/// A tensor that a layer owns: its state_dict name, its shape as PyTorch writes it, its start.
struct Parameter {
  StringView name;
  Shape shape;
  Initial initial = constant(0);
};

/// What a layer's backward looks at; the memory plan keeps only that.
enum class Reads { nothing, input, output, input_and_output };

constexpr bool reads_input(Reads reads) {
  return reads == Reads::input || reads == Reads::input_and_output;
}
constexpr bool reads_output(Reads reads) {
  return reads == Reads::output || reads == Reads::input_and_output;
}

/// A layer is an empty type. It must say
///
///     static constexpr Shape output_shape(Shape in);
///
/// and may say (otherwise: no parameters, nothing to check, its type's name, …)
///
///     static constexpr auto parameters(Shape in);        std::array of Parameter
///     static constexpr Text check(Shape in);             what is wrong with this input; empty = nothing
///     static constexpr StringView kind;                  "Conv2d", as torchsummary prints it
///     static constexpr Text describe();                  "Conv2d<32, 3>", for diagnostics
///     static constexpr std::size_t multiply_adds(Shape in);
///     static constexpr Reads backward_reads;             default: input_and_output
///     static constexpr bool in_place;                    y may be x, and dx may be dy
///     static constexpr std::size_t tape_size(Shape in);  elements a sample hands to backward
///
/// check() runs first: output_shape() is asked only of inputs that it accepts. To run, it says
///
///     static void forward(const auto& c);    assigns all of c.y
///     static void backward(const auto& c);   assigns all of c.dx, adds to c.gradients
///
/// where c carries the views and numbers of network/context.hpp. A layer whose kernel works on a form
/// derived from its parameters names that kernel instead (layers/affine.hpp).
template <class L>
concept Layer = requires(Shape in) {
  { L::output_shape(in) } -> std::same_as<Shape>;
};

/// Gives a layer its own name: "conv1.weight" instead of "0.weight".
template <Label Name, class L>
struct Named {};

namespace detail {

template <class L>
struct unwrapped {
  using type = L;
  static constexpr StringView label{};
  static constexpr bool named = false;
};
template <Label Name, class L>
struct unwrapped<Named<Name, L>> {
  using type = L;
  static constexpr StringView label = Name.view();
  static constexpr bool named = true;
};

/// The type's name without namespace and arguments, the same on every compiler.
template <class L>
constexpr StringView type_name() {
  StringView text = __PRETTY_FUNCTION__; // … [L = T] (clang), … [with L = T] (g++)
  text = text.from(text.find("L = ") + 4);
  std::size_t begin = 0, end = 0;
  while (text[end] != '<' && text[end] != ';' && text[end] != ']') ++end;
  for (std::size_t i = 0; i + 1 < end; ++i)
    if (text[i] == ':' && text[i + 1] == ':') begin = i + 2;
  return text.first(end).from(begin);
}

template <class L>
constexpr StringView kind_of() {
  if constexpr (requires { L::kind; })
    return L::kind;
  else
    return type_name<L>();
}

template <class L>
constexpr Text describe() {
  if constexpr (requires { L::describe(); })
    return L::describe();
  else
    return kind_of<L>();
}

template <class L>
constexpr Text check(Shape in) {
  if constexpr (requires { L::check(in); })
    return L::check(in);
  else
    return {};
}

template <class L>
constexpr auto parameters(Shape in) {
  if constexpr (requires { L::parameters(in); })
    return L::parameters(in);
  else
    return std::array<Parameter, 0>{};
}

template <class L>
inline constexpr std::size_t parameter_tensors = [] {
  if constexpr (Layer<L>)
    return std::tuple_size_v<decltype(parameters<L>(Shape{}))>;
  else
    return std::size_t{0};
}();

template <class L>
constexpr std::size_t multiply_adds(Shape in) {
  if constexpr (requires { L::multiply_adds(in); })
    return L::multiply_adds(in);
  else
    return 0;
}

template <class L>
inline constexpr Reads backward_reads = [] {
  if constexpr (requires { L::backward_reads; })
    return L::backward_reads;
  else
    return Reads::input_and_output;
}();

template <class L>
inline constexpr bool in_place = [] {
  if constexpr (requires { L::in_place; })
    return L::in_place;
  else
    return false;
}();

template <class L>
constexpr std::size_t tape_size(Shape in) {
  if constexpr (requires { L::tape_size(in); })
    return L::tape_size(in);
  else
    return 0;
}

} // namespace detail
} // namespace ctnn
