#pragma once
/// @file
/// What a layer is, in words and as a concept, and what it may leave unsaid.

#include <concepts>
#include <cstddef>
#include <utility>

#include <ctnn/core/init.hpp>
#include <ctnn/core/shape.hpp>
#include <ctnn/core/text.hpp>

namespace ctnn {

/// Role says what a tensor that a layer owns is to training, as PyTorch tells apart parameters and
/// buffers.
enum class Role {
  weight, ///< what an optimizer moves, unless the layer is Frozen
  buffer  ///< what belongs to the state_dict and no optimizer moves, such as running statistics
};

/// A Parameter is a tensor that a layer owns.
struct Parameter {
  StringView name;                       ///< its own part of the state_dict name: "weight"
  Shape shape;                           ///< as PyTorch writes it
  detail::Initial initial = constant(0); ///< how it starts: constant(), or another of core/init.hpp
  Role role = Role::weight;              ///< whether it is trained
};

/// Reads says what a layer's backward looks at; the memory plan keeps only that.
enum class Reads {
  nothing,         ///< neither x nor y
  input,           ///< x
  output,          ///< y
  input_and_output ///< x and y
};

/// Gives says what a layer's output is, for losses: one of probabilities wants no scores, and the other
/// way round.
enum class Gives {
  scores,           ///< any numbers
  probabilities,    ///< of classes, as Softmax gives them
  log_probabilities ///< their logarithms, as LogSoftmax gives them
};

/// A Layer is an empty type that can stand in a network. It must declare
///
///     static constexpr Shape output_shape(Shape in);
///
/// and may declare the following; what it leaves out is as stands behind the bar.
///
///     static constexpr auto parameters(Shape in);            a std::array of Parameter | none
///     static constexpr Sentence check(Shape in);             what is wrong with this input | nothing
///     static constexpr StringView kind;                      "Conv2d", for the summary | the type's name
///     static constexpr Sentence describe();                  "Conv2d<32, 3>", for errors | kind
///     static constexpr std::size_t multiply_adds(Shape in);  of one sample, forward | 0
///     static constexpr Reads backward_reads;                 of x and y | Reads::input_and_output
///     static constexpr bool in_place;                        y may be x, and dx may be dy | false
///     static constexpr std::size_t tape_size(Shape in);      elements a sample hands to backward | 0
///     static constexpr Gives gives;                          what y is to a loss | Gives::scores
///     static constexpr bool sees_batch;                      trains by statistics of the batch, as only
///                                                            the library's batch norms can | false
///
/// A member that is there and is something else, such as a tape_size that is a number, is an error.
/// check() runs first: the others are asked only of inputs that it accepts. To run, a layer declares
///
///     static void forward(const auto& c);    assigns all of c.y
///     static void backward(const auto& c);   assigns all of c.dx, adds to c.gradients
///
/// where c is a detail::ForwardContext or detail::BackwardContext (network/context.hpp). A layer whose
/// kernel works on a form derived from its parameters names that kernel instead (layers/fused.hpp).
template <class L>
concept Layer = requires(Shape in) {
  { L::output_shape(in) } -> std::same_as<Shape>;
};

/// A Join is an empty type that makes one value of the several that branches end in: what a
/// `Parallel<Join, …>` such as Sum ends with. It must declare
///
///     static constexpr Shape output_shape(Shapes in);
///
/// and may declare the following; what it leaves out is as stands behind the bar.
///
///     static constexpr Sentence check(Shapes in);     what is wrong with these inputs | nothing
///     static constexpr Sentence check_shortcut(Shape first, Shape in);    the same, where the second of two
///                                                     branches is Identity | check
///     static constexpr StringView kind;               "Sum", for the summary | the type's name
///     static constexpr Reads backward_reads;          of the inputs and y | Reads::input_and_output
///     static constexpr bool in_place;                 y may be an input of its shape | false
///     static constexpr bool passes_gradient;          each dx is dy: backward does nothing | false
///
/// To run, it declares
///
///     static void forward(const auto& c);    assigns all of c.y
///     static void backward(const auto& c);   assigns all of c.dx
///
/// where c is a detail::JoinForwardContext or detail::JoinBackwardContext (network/context.hpp): there
/// `std::get<0>(c.x)` is the first branch's value. One that passes the gradient needs no backward.
template <class J>
concept Join = requires(Shapes in) {
  { J::output_shape(in) } -> std::same_as<Shape>;
};

namespace detail {

constexpr bool reads_input(Reads reads) {
  return reads == Reads::input || reads == Reads::input_and_output;
}
constexpr bool reads_output(Reads reads) {
  return reads == Reads::output || reads == Reads::input_and_output;
}

template <class L>
constexpr StringView signature() {
  return __PRETTY_FUNCTION__; // … [L = T] (clang), … [with L = T; …] (g++)
}
inline constexpr std::size_t type_begin = signature<int>().size() - 4; // which ends in int]

/// is_of_ctnn is whether a type is the library's own.
template <class L>
inline constexpr bool is_of_ctnn = signature<L>().from(type_begin).first(6) == "ctnn::";

/// type_name is L's name without namespace and arguments, the same on every compiler.
template <class L>
constexpr StringView type_name() {
  const StringView text = signature<L>().from(type_begin);
  std::size_t begin = 0, end = 0;
  while (text[end] != '<' && text[end] != ';' && text[end] != ']') ++end;
  for (std::size_t i = 0; i + 1 < end; ++i)
    if (text[i] == ':' && text[i + 1] == ':') begin = i + 2;
  return text.first(end).from(begin);
}

template <class L>
concept HasKind = requires {
  {StringView(L::kind)};
};
template <class L>
concept HasDescribe = requires {
  { L::describe() } -> std::convertible_to<Sentence>;
};
template <class L>
concept HasCheck = requires(Shape in) {
  { L::check(in) } -> std::convertible_to<Sentence>;
};
template <class L>
concept HasParameters = requires(Shape in) {
  std::tuple_size<decltype(L::parameters(in))>::value;
  { L::parameters(in)[0] } -> std::convertible_to<Parameter>;
};
template <class L>
concept HasMultiplyAdds = requires(Shape in) {
  { L::multiply_adds(in) } -> std::convertible_to<std::size_t>;
};
template <class L>
concept HasBackwardReads = requires {
  { L::backward_reads } -> std::same_as<const Reads&>;
};
template <class L>
concept HasInPlace = requires {
  { L::in_place } -> std::same_as<const bool&>;
};
template <class L>
concept HasGives = requires {
  { L::gives } -> std::same_as<const Gives&>;
};
template <class L>
concept HasTapeSize = requires(Shape in) {
  { L::tape_size(in) } -> std::convertible_to<std::size_t>;
};

template <class L>
constexpr StringView kind_of() {
  if constexpr (HasKind<L>)
    return L::kind;
  else
    return type_name<L>();
}

template <class L>
constexpr Sentence describe() {
  if constexpr (HasDescribe<L>)
    return L::describe();
  else
    return kind_of<L>();
}

template <class L>
constexpr Sentence check(Shape in) {
  if constexpr (HasCheck<L>)
    return L::check(in);
  else
    return {};
}

template <class L>
inline constexpr std::size_t parameter_tensors = 0;
template <HasParameters L>
inline constexpr std::size_t parameter_tensors<L> =
    std::tuple_size_v<decltype(L::parameters(Shape{}))>;

template <class L>
inline constexpr Reads backward_reads = Reads::input_and_output;
template <HasBackwardReads L>
inline constexpr Reads backward_reads<L> = L::backward_reads;

template <class L>
inline constexpr bool in_place = false;
template <HasInPlace L>
inline constexpr bool in_place<L> = L::in_place;

template <class J>
concept HasPassesGradient = requires {
  { J::passes_gradient } -> std::same_as<const bool&>;
};
template <class J>
concept HasJoinCheck = requires(Shapes in) {
  { J::check(in) } -> std::convertible_to<Sentence>;
};

/// passes_gradient is whether the gradient by each of a join's inputs is the one by its output.
template <class J>
inline constexpr bool passes_gradient = false;
template <HasPassesGradient J>
inline constexpr bool passes_gradient<J> = J::passes_gradient;

template <class J>
constexpr Sentence check_join(Shapes in) {
  if constexpr (HasJoinCheck<J>)
    return J::check(in);
  else
    return {};
}

template <class L>
inline constexpr Gives gives = Gives::scores;
template <HasGives L>
inline constexpr Gives gives<L> = L::gives;

template <class L>
concept HasSeesBatch = requires {
  { L::sees_batch } -> std::same_as<const bool&>;
};

template <class L>
inline constexpr bool sees_batch = false;
template <HasSeesBatch L>
inline constexpr bool sees_batch<L> = L::sees_batch;

/// A name as somebody wrote it, and the one that a layer has.
struct Slip {
  const char* written = nullptr;
  const char* meant = nullptr;
};

/// What is wrong with the members of L that a layer need not have, or nothing: one that is there must
/// be usable, and one whose name is a slip of the pen would be left out in silence. (There is no
/// reflection: only the likely slips are asked for, and `&L::name` sees no template.) The library's own
/// layers are not asked each time: its tests have asked them.
template <class L>
constexpr Sentence member_error() {
  constexpr StringView wrong = [] {
    const char* what = "";
    if (requires { &L::parameters; } && !HasParameters<L>)
      what = "static constexpr auto parameters(Shape), a std::array of Parameter";
    if (requires { &L::check; } && !HasCheck<L>) what = "static constexpr Sentence check(Shape)";
    if (requires { &L::kind; } && !HasKind<L>) what = "static constexpr StringView kind";
    if (requires { &L::describe; } && !HasDescribe<L>)
      what = "static constexpr Sentence describe()";
    if (requires { &L::multiply_adds; } && !HasMultiplyAdds<L>)
      what = "static constexpr std::size_t multiply_adds(Shape)";
    if (requires { &L::backward_reads; } && !HasBackwardReads<L>)
      what = "static constexpr Reads backward_reads";
    if (requires { &L::in_place; } && !HasInPlace<L>) what = "static constexpr bool in_place";
    if (requires { &L::tape_size; } && !HasTapeSize<L>)
      what = "static constexpr std::size_t tape_size(Shape)";
    if (requires { &L::gives; } && !HasGives<L>) what = "static constexpr Gives gives";
    if (requires { &L::sees_batch; } && !HasSeesBatch<L>) what = "static constexpr bool sees_batch";
    return what;
  }();
  constexpr Slip slip = [] {
    Slip found;
    if (requires { &L::parameter; }) found = {"parameter", "parameters"};
    if (requires { &L::params; }) found = {"params", "parameters"};
    if (requires { &L::checks; }) found = {"checks", "check"};
    if (requires { &L::name; }) found = {"name", "kind"};
    if (requires { &L::macs; }) found = {"macs", "multiply_adds"};
    if (requires { &L::multiply_add; }) found = {"multiply_add", "multiply_adds"};
    if (requires { &L::reads; }) found = {"reads", "backward_reads"};
    if (requires { &L::backward_read; }) found = {"backward_read", "backward_reads"};
    if (requires { &L::inplace; }) found = {"inplace", "in_place"};
    if (requires { &L::tape; }) found = {"tape", "tape_size"};
    return found;
  }();
  Sentence error;
  if constexpr (!wrong.empty())
    error << "declares a member that is not " << wrong;
  else if constexpr (slip.written != nullptr)
    error << "has a member " << slip.written << "; a layer's is called " << slip.meant;
  return error;
}

/// join_member_error is the same for a join.
template <class J>
constexpr Sentence join_member_error() {
  constexpr StringView wrong = [] {
    const char* what = "";
    if (requires { &J::check; } && !HasJoinCheck<J>)
      what = "static constexpr Sentence check(Shapes)";
    if (requires { &J::kind; } && !HasKind<J>) what = "static constexpr StringView kind";
    if (requires { &J::backward_reads; } && !HasBackwardReads<J>)
      what = "static constexpr Reads backward_reads";
    if (requires { &J::in_place; } && !HasInPlace<J>) what = "static constexpr bool in_place";
    if (requires { &J::passes_gradient; } && !HasPassesGradient<J>)
      what = "static constexpr bool passes_gradient";
    return what;
  }();
  constexpr Slip slip = [] {
    Slip found;
    if (requires { &J::checks; }) found = {"checks", "check"};
    if (requires { &J::name; }) found = {"name", "kind"};
    if (requires { &J::reads; }) found = {"reads", "backward_reads"};
    if (requires { &J::backward_read; }) found = {"backward_read", "backward_reads"};
    if (requires { &J::inplace; }) found = {"inplace", "in_place"};
    if (requires { &J::pass_gradient; }) found = {"pass_gradient", "passes_gradient"};
    return found;
  }();
  Sentence error;
  if constexpr (requires { &J::parameters; })
    error << "has parameters, which a join cannot; give a layer before or behind it to them";
  else if constexpr (!wrong.empty())
    error << "declares a member that is not " << wrong;
  else if constexpr (slip.written != nullptr)
    error << "has a member " << slip.written << "; a join's is called " << slip.meant;
  return error;
}

/// members_are_right is whether there is nothing of the kind.
template <class L>
inline constexpr bool members_are_right = member_error<L>().empty();
template <class L>
  requires is_of_ctnn<L>
inline constexpr bool members_are_right<L> = true;

} // namespace detail
} // namespace ctnn
