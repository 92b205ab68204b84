#pragma once
/// @file
/// What a pipeline makes of an image's shape and type, found out at compile time, or the sentence that
/// says what is wrong with it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <ctnn/core/composite.hpp>
#include <ctnn/core/graph.hpp>
#include <ctnn/core/layer.hpp>
#include <ctnn/data/transforms/image.hpp>
#include <ctnn/data/transforms/transform.hpp>

namespace ctnn::transforms::detail {

template <class T>
inline constexpr bool in_place = [] {
  if constexpr (HasInPlace<T>)
    return T::in_place;
  else
    return false;
}();

/// moves is whether a transform may leave its image in another place than it found it.
template <class T>
inline constexpr bool moves = !in_place<T>;
template <HasBranches T>
inline constexpr bool moves<T> = moves<typename T::branches>;
template <class... Ts>
inline constexpr bool moves<Compose<Ts...>> = (moves<Ts> || ...);
template <class... Ts>
inline constexpr bool moves<OneOf<Ts...>> = (moves<Ts> || ...);

template <class T>
constexpr ImageForm output_form(ImageForm in) {
  if constexpr (HasOutput<T>)
    return T::output(in);
  else
    return in;
}

template <class T>
constexpr Sentence check_form(ImageForm in) {
  if constexpr (HasCheck<T>)
    return T::check(in);
  else
    return {};
}

/// Forms are what an image may be at one point of a pipeline.
struct Forms {
  std::array<ImageForm, 8> form{};
  std::size_t count = 0;
  std::size_t largest_image = 1, largest_tensor = 1; ///< elements, on the way to here

  constexpr void add(ImageForm next) {
    std::size_t& largest = next.tensor ? largest_tensor : largest_image;
    largest = std::max(largest, next.shape.size());
    for (std::size_t i = 0; i < std::min(count, form.size()); ++i)
      if (form[i] == next) return;
    if (count < form.size()) form[count] = next;
    ++count;
  }
  constexpr void add(const Forms& other) {
    for (std::size_t i = 0; i < std::min(other.count, form.size()); ++i) add(other.form[i]);
    if (other.count > form.size()) count = other.count;
    largest_image = std::max(largest_image, other.largest_image);
    largest_tensor = std::max(largest_tensor, other.largest_tensor);
  }
};

/// advance brings `forms` behind T and returns what is wrong, or nothing.
template <class T>
constexpr Sentence advance(Forms& forms);

template <class... Ts>
constexpr Sentence advance_through(Forms& forms, Compose<Ts...>*) {
  Sentence error;
  static_cast<void>(((error = advance<Ts>(forms)).empty() && ...));
  return error;
}

template <class... Branches>
constexpr Sentence advance_either(Forms& forms, OneOf<Branches...>*) {
  Sentence error;
  const Forms before = forms;
  forms.count = 0;
  const auto follow = [&]<class Branch>(Branch* branch) {
    Forms after = before;
    error = advance_through(after, branch);
    forms.add(after);
    return error.empty();
  };
  static_cast<void>((follow(static_cast<Branches*>(nullptr)) && ...));
  return error;
}

template <class T>
constexpr Sentence advance_apply(Forms& forms) {
  const Forms before = forms;
  forms.count = 0;
  Sentence what;
  for (std::size_t i = 0; i < before.count && what.empty(); ++i) {
    const ImageForm in = before.form[i], out = output_form<T>(in);
    if (out.shape.rank != 3 || out.shape.size() == 0)
      what << "has an empty output for its " << in.shape << " input";
    else if (out.shape.size() > max_image_size)
      what << out.shape << " is more than the " << max_image_size << " elements an image may have";
    else if (in_place<T> && out != in)
      what << "works in place, but gives another shape or type than it takes";
    else
      forms.add(out);
  }
  return what;
}

template <class T>
constexpr Sentence advance(Forms& forms) {
  Sentence what;
  if constexpr (is_part<T>) {
    return advance_through(forms, static_cast<T*>(nullptr));
  } else if constexpr (ctnn::detail::composite<T>::kind == ctnn::detail::Kind::input) {
    what = ": an Input comes first and only once";
  } else if constexpr (!Applies<T> && !NamesBranches<T>) {
    what = " is not a transform: it lacks static void apply(const auto& in, const auto& out)";
  } else if constexpr (!Transform<T>) {
    what << ": " << misdeclared<T>;
  } else {
    for (std::size_t i = 0; i < forms.count && what.empty(); ++i)
      what = check_form<T>(forms.form[i]);
    if (what.empty()) {
      if constexpr (HasBranches<T>) {
        const Sentence inside = advance_either(forms, static_cast<typename T::branches*>(nullptr));
        if (!inside.empty()) return inside; // which names a transform of a branch
      } else {
        what = advance_apply<T>(forms);
      }
    }
    if (what.empty() && forms.count > forms.form.size())
      what << "may leave more than " << forms.form.size() << " different shapes";
    if (!what.empty()) what = Sentence(": ") << what;
  }
  return what.empty() ? what : name_of<T>() << what;
}

struct Trace {
  Forms forms;
  Sentence error; ///< empty, or what is wrong with the pipeline
};

constexpr Sentence check_end(const Forms& forms, const Sentence& last_split) {
  Sentence error;
  const ImageForm first = forms.form[0], second = forms.form[1];
  if (forms.count > 1 && first.shape == second.shape)
    error << last_split << " may leave a tensor or an image of bytes: put ToTensor outside it";
  else if (forms.count > 1)
    error << last_split << " may leave " << first.shape << " or " << second.shape
          << ": put Resize after it";
  else if (!first.tensor)
    error << "the pipeline ends in a " << first.shape << " image of bytes: put ToTensor at its end";
  return error;
}

template <int... Extents, class... Ts>
constexpr Trace trace_pipeline(Input<Extents...>, std::type_identity<Ts>... transforms) {
  Trace trace;
  const bool positive = ((Extents > 0) && ...);
  if constexpr (sizeof...(Extents) == 3) {
    constexpr Shape in{Extents...};
    if (positive && in.size() <= max_image_size) trace.forms.add(ImageForm{in});
  }
  if (trace.forms.count == 0) {
    trace.error << Input<Extents...>::describe() << ": wants channels, height and width, at most "
                << max_image_size << " elements";
    return trace;
  }
  Sentence last_split;
  std::size_t index = 0;
  [[maybe_unused]] const auto step = [&]<class T>(std::type_identity<T>) {
    const std::size_t before = trace.forms.count;
    const Sentence what = advance<T>(trace.forms);
    if (!what.empty()) trace.error << "transform " << index << ' ' << what;
    if (before == 1 && trace.forms.count > 1) last_split = name_of<T>();
    ++index;
    return what.empty();
  };
  if ((step(transforms) && ...)) trace.error = check_end(trace.forms, last_split);
  return trace;
}

template <class... Parts>
inline constexpr Trace pipeline_trace{{},
                                      "this Compose has no Input<...>; a pipeline starts with one"};
template <int... Extents, class... Ts>
inline constexpr Trace pipeline_trace<Input<Extents...>, Ts...> =
    trace_pipeline(Input<Extents...>{}, std::type_identity<Ts>{}...);

template <class... Parts>
inline constexpr Sentence pipeline_error = pipeline_trace<Parts...>.error;

} // namespace ctnn::transforms::detail
