#pragma once
/// @file
/// What a transform is, in words and as a concept, and what it may leave unsaid.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/layer.hpp>
#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn::transforms {

template <class... Transforms>
struct Compose;

/// OneOf lists the branches of a transform, each a Compose.
template <class... Branches>
struct OneOf {};

namespace detail {

template <class T>
inline constexpr bool is_part = false;
template <class... Ts>
inline constexpr bool is_part<Compose<Ts...>> = true;

template <class T>
inline constexpr bool is_one_of_parts = false;
template <class First, class... Rest>
inline constexpr bool is_one_of_parts<OneOf<First, Rest...>> = is_part<First> &&
                                                               (is_part<Rest> && ...);

template <class T, class In, class Out>
concept AppliesByChance = requires(In in, Out out, Random& random) {
  T::apply(in, out, random);
};
template <class T, class In, class Out>
concept AppliesAlways = requires(In in, Out out) {
  T::apply(in, out);
};
template <class T, class From, class To, class In = Planes<const From, Shape{1, 1, 1}>,
          class Out = Planes<To, Shape{1, 1, 1}>>
concept AppliesTo = AppliesByChance<T, In, Out> || AppliesAlways<T, In, Out>;

template <class T>
concept Applies = AppliesTo<T, std::uint8_t, std::uint8_t> || AppliesTo<T, float, float> ||
    AppliesTo<T, std::uint8_t, float>;

template <class T>
concept NamesBranches = requires {
  typename T::branches;
};
template <class T>
concept HasBranches = is_one_of_parts<typename T::branches>;
template <class T>
concept HasChoose = requires(Random& random) {
  { T::choose(random) } -> std::integral;
};
template <class T>
concept HasOutput = requires(ImageForm in) {
  { T::output(in) } -> std::same_as<ImageForm>;
};
template <class T>
concept HasCheck = requires(ImageForm in) {
  { T::check(in) } -> std::convertible_to<Sentence>;
};
template <class T>
concept HasDescribe = requires {
  { T::describe() } -> std::convertible_to<Sentence>;
};
template <class T>
concept HasInPlace = std::same_as<decltype(T::in_place), const bool> && requires {
  typename std::bool_constant<T::in_place>;
};

/// name_of is what diagnostics call a transform.
template <class T>
constexpr Sentence name_of() {
  if constexpr (HasDescribe<T>)
    return T::describe();
  else
    return ctnn::detail::type_name<T>();
}

/// misdeclared is what is wrong with a member that has one of the names a transform may declare.
/// Without it, such a member would be passed over as if it were not there.
template <class T>
inline constexpr StringView misdeclared = []() -> StringView {
  if (requires { &T::output; } && !HasOutput<T>)
    return "its output is not a static constexpr ImageForm output(ImageForm)";
  if (requires { &T::check; } && !HasCheck<T>)
    return "its check is not a static constexpr Sentence check(ImageForm)";
  if (requires { &T::describe; } && !HasDescribe<T>)
    return "its describe is not a static constexpr Sentence describe()";
  if (requires { &T::in_place; } && !HasInPlace<T>)
    return "its in_place is not a static constexpr bool";
  if (NamesBranches<T> && !HasBranches<T>) return "its branches are not a OneOf<Compose<...>, ...>";
  if (NamesBranches<T> && !HasChoose<T>)
    return "it has branches, but no static std::size_t choose(Random&)";
  return {};
}();

} // namespace detail

/// A Transform is an empty type that makes one image of another. It must declare
///
///     static void apply(const auto& in, const auto& out, Random& random);
///
/// which assigns all of `out`. `in` and `out` are Planes; `random` may be left out. It may declare
///
///     static constexpr ImageForm output(ImageForm in);
///     static constexpr Sentence check(ImageForm in);
///     static constexpr Sentence describe();
///     static constexpr bool in_place;
///
/// `output` is the form of `out`; without it that is the form of `in`. `check` says what is wrong with
/// an input, and nothing if it is right; `output` and `apply` get only what it accepts. `describe` is
/// what diagnostics call the transform, such as "CenterCrop<22>"; without it they use the type's name.
/// `in_place`, if true, allows `out` to be `in`; it may still be another image. This is a whole
/// transform:
///
///     struct Invert {
///       static void apply(const auto& in, const auto& out) {
///         for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::uint8_t>(255 - in[i]);
///       }
///     };
///
/// A transform that leaves the choice to chance declares, instead of `apply`,
///
///     using branches = OneOf<Compose<A, B>, Compose<>>;
///     static std::size_t choose(Random& random);
///
/// where `choose` returns the index of the branch that the image takes. Branches may give different
/// forms if a later transform, such as Resize, makes them one again.
template <class T>
concept Transform =
    (detail::Applies<T> || detail::NamesBranches<T>)&&detail::misdeclared<T>.empty();

} // namespace ctnn::transforms
