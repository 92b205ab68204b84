#pragma once
/// @file
/// Compose: a pipeline of transforms as a type, checked by the compiler.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include <ctnn/core/diagnose.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/data/transforms/check.hpp>
#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/random.hpp>
#include <ctnn/data/transforms/transform.hpp>

namespace ctnn::transforms {
namespace detail {

/// A Scratch is room for the images between two transforms: each is made of the one before.
template <class T, std::size_t Bytes, std::size_t Reals>
struct Scratch {
  using element_type = T;
  std::uint8_t bytes[2][Bytes];
  T reals[2][Reals];
};

/// A Passage is one image on its way.
template <class Scratch>
class Passage {
public:
  template <bool Tensor>
  using element = std::conditional_t<Tensor, typename Scratch::element_type, std::uint8_t>;

  Passage(Random& random_, element<true>* result_, Scratch& scratch)
      : random(random_), result(result_), scratch_(scratch) {}

  Random& random;
  element<true>* const result; ///< where the last image belongs

  /// next is where the image that is made of `in` goes.
  template <bool Tensor>
  element<Tensor>* next(const void* in, bool in_place) {
    const auto choose = [&](auto& buffers) {
      return in == buffers[in_place ? 1 : 0] ? buffers[1] : buffers[0];
    };
    if constexpr (Tensor)
      return choose(scratch_.reals);
    else
      return choose(scratch_.bytes);
  }

private:
  Scratch& scratch_;
};

/// with_scratch calls f(scratch). A large one is kept by the thread: two images of 3x512x512 in float
/// are 6 MB, and a thread's stack may have 2 MB.
template <class Scratch, class F>
void with_scratch(F&& f) {
  if constexpr (sizeof(Scratch) <= 64 * 1024) {
    Scratch scratch;
    f(scratch);
  } else {
    thread_local const std::unique_ptr<Scratch> scratch(new Scratch);
    f(*scratch);
  }
}

template <class Part, class Rest>
struct join;
template <class... Ts, class... Rest>
struct join<Compose<Ts...>, Compose<Rest...>> {
  using type = Compose<Ts..., Rest...>;
};

/// steps is what is left to do with an image. After two branches have come to the same form, it is the
/// same function: a pipeline of n choices makes no 2^n copies of what follows.
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
    } else if constexpr (HasBranches<T>) {
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
        to = r.template next<form.tensor>(image, in_place<T>);
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

/// PoisonedFacts are the members of PipelineFacts for what is no pipeline: whoever needs one is told
/// the error, and nothing else.
template <const Sentence& Error>
struct PoisonedFacts {
  static constexpr bool well_formed = false;
  static constexpr ctnn::detail::poison input_shape = ctnn::detail::tell<Error>();
  static constexpr ctnn::detail::poison output_shape = ctnn::detail::tell<Error>();
  template <class T>
  static void apply(const std::uint8_t*, const Random&, T*) {
    ctnn::detail::tell<Error>();
  }
};

} // namespace detail

/// PipelineFacts are the constants of a pipeline, and what runs it.
template <class In, class... Transforms>
struct PipelineFacts;

/// PipelineFacts of `Input<…>` and transforms are the base of `Compose<Input<…>, …>`.
template <int... Extents, class... Transforms>
struct PipelineFacts<Input<Extents...>, Transforms...> {
  /// well_formed is true: the pipeline works.
  static constexpr bool well_formed = true;

  /// input_shape is {channels, height, width} of the images that the pipeline takes.
  static constexpr Shape input_shape{Extents...};

  /// output_shape is {channels, height, width} of the tensors that it makes.
  static constexpr Shape output_shape =
      detail::pipeline_trace<Input<Extents...>, Transforms...>.forms.form[0].shape;

  /// apply makes the tensor `out`, of output_shape, of the bytes `image`, of input_shape. They must
  /// not overlap. `T` is float or double, and the values are those of float.
  template <class T>
  static void apply(const std::uint8_t* image, Random random, T* out) {
    constexpr const auto& forms = detail::pipeline_trace<Input<Extents...>, Transforms...>.forms;
    using Scratch = detail::Scratch<T, forms.largest_image, forms.largest_tensor>;
    detail::with_scratch<Scratch>([&](Scratch& scratch) {
      detail::Passage<Scratch> passage(random, out, scratch);
      detail::steps<Compose<Transforms...>>::template run<ImageForm{input_shape, false}>(image,
                                                                                         passage);
    });
  }
};

/// A Compose is transforms in a row, as torchvision.transforms.Compose. Without an Input it is a part
/// of a pipeline, `RandomApply<Compose<A, B>, 0.3>`.
template <class... Transforms>
struct Compose : detail::PoisonedFacts<detail::pipeline_error<Transforms...>> {};

/// A Compose with an Input is a pipeline: `Compose<Input<1, 28, 28>, RandomRotation<-15, 15>,
/// ToTensor>`. PipelineFacts says what members it has. One that cannot work is one compile-time error
/// whose text says why.
template <int... Extents, class... Transforms>
struct Compose<Input<Extents...>, Transforms...>
    : std::conditional_t<detail::pipeline_error<Input<Extents...>, Transforms...>.empty(),
                         PipelineFacts<Input<Extents...>, Transforms...>,
                         detail::PoisonedFacts<ctnn::detail::already_told>> {
  static_assert(
      ctnn::detail::require_empty<detail::pipeline_error<Input<Extents...>, Transforms...>>());
};

/// diagnose_transforms says what is wrong with these transforms, or nothing:
/// `diagnose_transforms<Input<1, 28, 28>, ToTensor>()`. It is the same text that the compiler prints,
/// without the error.
template <class... Transforms>
constexpr Sentence diagnose_transforms() {
  return detail::pipeline_error<Transforms...>;
}

} // namespace ctnn::transforms
