#pragma once
// Compose: a pipeline of transforms as a type, checked by the compiler.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/data/transforms/check.hpp>
#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/random.hpp>

namespace ctnn {

/// A transform is an empty type. It must say how it makes one image of another:
///
///     static void apply(const auto& in, const auto& out, Random& random);
///
/// where in and out are Planes, `random` may be left out, and all of `out` is assigned. It may say
///
///     static constexpr ImageForm output(ImageForm in);   default: as the input
///     static constexpr Text check(ImageForm in);         what is wrong with this input; empty = nothing
///     static constexpr Text describe();                  "CenterCrop<22>", for diagnostics
///     static constexpr bool in_place;                    out may be in (and may be another image)
///
/// check() runs first. A whole transform, then:
///
///     struct Invert {
///       static void apply(const auto& in, const auto& out) {
///         for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::uint8_t>(255 - in[i]);
///       }
///     };
///
/// A transform that leaves the choice to chance has branches instead of apply(); they may differ in
/// what they give, if a later transform, such as Resize, makes it one again:
///
///     using branches = OneOf<Compose<A, B>, Compose<>>;
///     static std::size_t choose(Random& random);         which branch
template <class... Branches>
struct OneOf {};

namespace detail {

/// One image on its way.
template <class T, std::size_t Bytes, std::size_t Reals>
class Run {
public:
  Run(Random& random_, T* result_) : random(random_), result(result_) {}

  template <bool Tensor>
  using element = std::conditional_t<Tensor, T, std::uint8_t>;

  Random& random;
  T* const result; ///< where the last image belongs

  /// Where the image that is made of `in` goes.
  template <bool Tensor>
  element<Tensor>* scratch(const void* in, bool in_place) {
    const auto choose = [&](auto& buffers) {
      return in == buffers[in_place ? 1 : 0] ? buffers[1] : buffers[0];
    };
    if constexpr (Tensor)
      return choose(reals_);
    else
      return choose(bytes_);
  }

private:
  std::uint8_t bytes_[2][Bytes];
  T reals_[2][Reals];
};

template <class Part, class Rest>
struct join;
template <class... Ts, class... Rest>
struct join<Compose<Ts...>, Compose<Rest...>> {
  using type = Compose<Ts..., Rest...>;
};

/// What is left to do with an image. After two branches have come to the same form, it is the same
/// function: a pipeline of n choices makes no 2^n copies of what follows.
template <class Transforms>
struct steps {
  template <ImageForm In, class T, class R>
  static void run(const T* image, R& r) {
    copy_image(Planes<const T, In.shape>{image}, Planes<T, In.shape>{r.result});
  }
};

template <class T, class... Rest>
struct steps<Compose<T, Rest...>> {
  template <class Part>
  using after = steps<typename join<Part, Compose<Rest...>>::type>;

  template <ImageForm In, class Element, class R>
  static void run(const Element* image, R& r) {
    if constexpr (is_part<T>) {
      after<T>::template run<In>(image, r);
    } else if constexpr (Branching<T>) {
      const std::size_t chosen = T::choose(r.random);
      [&]<class... Parts>(OneOf<Parts...>) {
        std::size_t i = 0;
        ((i++ == chosen ? after<Parts>::template run<In>(image, r) : void()), ...);
      }(typename T::branches{});
    } else {
      constexpr ImageForm form = output_form<T>(In);
      using To = typename R::template element<form.tensor>;
      To* to;
      if constexpr (moves<Compose<Rest...>>)
        to = r.template scratch<form.tensor>(image, in_place<T>);
      else
        to = r.result;
      const Planes<const Element, In.shape> in{image};
      const Planes<To, form.shape> out{to};
      if constexpr (requires { T::apply(in, out, r.random); })
        T::apply(in, out, r.random);
      else
        T::apply(in, out);
      steps<Compose<Rest...>>::template run<form>(to, r);
    }
  }
};

template <bool WellFormed, class In, class... Ts>
struct pipeline;

template <int... Extents, class... Ts>
struct pipeline<true, Input<Extents...>, Ts...> {
  static constexpr bool well_formed = true;

  /// {channels, height, width}
  static constexpr Shape input_shape{Extents...};
  static constexpr Shape output_shape =
      pipeline_trace<Input<Extents...>, Ts...>.forms.form[0].shape;

  /// Makes the tensor `out` of the bytes `image`, both {channels, height, width}: output_shape and
  /// input_shape. They must not overlap. T is float or double, and the values are those of float.
  template <class T>
  static void apply(const std::uint8_t* image, Random random, T* out) {
    constexpr const Forms& forms = pipeline_trace<Input<Extents...>, Ts...>.forms;
    Run<T, forms.largest_image, forms.largest_tensor> run(random, out);
    steps<Compose<Ts...>>::template run<ImageForm{input_shape, false}>(image, run);
  }
};

template <class In, class... Ts>
struct pipeline<false, In, Ts...> {
  static constexpr bool well_formed = false;
  static constexpr poison input_shape{}, output_shape{};
  template <class T>
  static void apply(const std::uint8_t*, Random, T*) {}
};

/// Fails, with the sentence, only where a member of an Input-less Compose is asked for.
template <class... Ts>
struct no_pipeline {
  static constexpr poison member = require_empty<pipeline_error<Ts...>>() ? poison{} : poison{};
};

} // namespace detail

/// Transforms in a row, as torchvision.transforms.Compose. Without an Input: a part of a pipeline,
/// `RandomApply<Compose<A, B>, 0.3>`.
template <class... Transforms>
struct Compose {
  static constexpr bool well_formed = false;
  static constexpr poison input_shape = detail::no_pipeline<Transforms...>::member;
  static constexpr poison output_shape = detail::no_pipeline<Transforms...>::member;
};

/// A pipeline: `Compose<Input<1, 28, 28>, RandomRotation<-15, 15>, ToTensor>`. See detail::pipeline
/// for its members. One that cannot work is one compile-time error whose text says why.
template <int... Extents, class... Transforms>
struct Compose<Input<Extents...>, Transforms...>
    : detail::pipeline<detail::pipeline_error<Input<Extents...>, Transforms...>.empty(),
                       Input<Extents...>, Transforms...> {
  static_assert(detail::require_empty<detail::pipeline_error<Input<Extents...>, Transforms...>>());
};

/// What is wrong with these transforms, or nothing: `diagnose_transforms<Input<1, 28, 28>,
/// ToTensor>()`. The same text that the compiler prints, without the error.
template <class... Transforms>
constexpr Text diagnose_transforms() {
  return detail::pipeline_error<Transforms...>;
}

} // namespace ctnn
