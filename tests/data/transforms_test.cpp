// The parts of the transforms that leave nothing to chance, against torchvision and Pillow; what
// pipelines are refused, and in which words.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <pthread.h>

#include <ctnn/data/transforms.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace ctnn;
using namespace ctnn::transforms;

namespace {

using Bytes = std::vector<std::uint8_t>;

const nlohmann::json& file() {
  static const nlohmann::json json = ctnn::test::reference("transforms.json");
  return json;
}

Bytes bytes(const nlohmann::json& hexadecimal) {
  const auto text = hexadecimal.get<std::string>();
  Bytes result;
  for (std::size_t i = 0; i < text.size(); i += 2)
    result.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return result;
}

std::vector<float> floats(const nlohmann::json& list) {
  const auto numbers = ctnn::test::numbers(list);
  return {numbers.begin(), numbers.end()};
}

/// `transform(in, out)` from Planes of the shape In to those of Out.
template <Shape In, Shape Out, class To = std::uint8_t, class From>
std::vector<To> transformed(const std::vector<From>& image, auto transform) {
  REQUIRE(image.size() == In.size());
  std::vector<To> result(Out.size(), To{77}); // all of it must be assigned
  transform(Planes<const From, In>{image.data()}, Planes<To, Out>{result.data()});
  return result;
}

constexpr Shape grey{1, 28, 28}, small{1, 22, 22}, colour{3, 9, 14};

template <Shape S>
const char* name = S == grey    ? "grey"
                   : S == small ? "small"
                                : "colour";

/// Transform on the image of shape In agrees with the only case of its size.
template <Shape In, class Transform>
void agrees(const nlohmann::json& cases) {
  constexpr Shape out = Transform::output({In}).shape;
  std::size_t found = 0;
  for (const auto& c : cases)
    if (c["image"] == name<In> && c["height"] == out[1] && c["width"] == out[2]) {
      INFO(name<In> << " to " << c["height"] << " x " << c["width"]);
      const auto apply = [](const auto& from, const auto& to) { Transform::apply(from, to); };
      CHECK(transformed<In, out>(bytes(file()["images"][name<In>]), apply) == bytes(c["expected"]));
      ++found;
    }
  CHECK(found == 1);
}

/// `transform(c, in, out)`, which keeps the shape, agrees with every case.
void agrees_in_place(const char* what, auto transform) {
  std::size_t checked = 0;
  const auto check = [&]<Shape S>(const nlohmann::json& c) {
    if (c["image"] != name<S>) return;
    INFO(what << ' ' << c.dump().substr(0, 150));
    const auto apply = [&](const auto& in, const auto& out) { transform(c, in, out); };
    CHECK(transformed<S, S>(bytes(file()["images"][name<S>]), apply) == bytes(c["expected"]));
    ++checked;
  };
  for (const auto& c : file()[what]) {
    check.template operator()<grey>(c);
    check.template operator()<colour>(c);
  }
  CHECK(checked == file()[what].size());
  CHECK(checked > 20);
}

template <class... Parts>
std::string sentence() {
  static constexpr Sentence text = diagnose_transforms<Parts...>();
  return std::string(std::string_view(text.view()));
}

using In = Input<1, 28, 28>;

struct Invert {
  static void apply(const auto& in, const auto& out) {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::uint8_t>(255 - in[i]);
  }
};

struct Constant {
  static void apply(const auto&, const auto& out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 51;
  }
};

struct Transpose { // what a user may say
  static constexpr ImageForm output(ImageForm in) {
    return in.resized(static_cast<int>(in.shape[2]), static_cast<int>(in.shape[1]));
  }
  static void apply(const auto& in, const auto& out) {
    for (std::size_t y = 0; y < in.height; ++y)
      for (std::size_t x = 0; x < in.width; ++x) out(0, x, y) = in(0, y, x);
  }
};

struct Nothing { // a mistake
  static constexpr ImageForm output(ImageForm in) { return in.resized(0, 5); }
  static void apply(const auto&, const auto&) {}
};

struct GrowsInPlace { // another
  static constexpr bool in_place = true;
  static constexpr ImageForm output(ImageForm in) { return in.resized(30, 30); }
  static void apply(const auto&, const auto&) {}
};

// What is declared under the right name, but not as it should be.
struct Copies {
  static void apply(const auto&, const auto&) {}
};
struct OutputOfShape : Copies {
  static constexpr Shape output(Shape in) { return in; }
};
struct OutputNotStatic : Copies {
  constexpr ImageForm output(ImageForm in) const { return in; }
};
struct CheckOfBool : Copies {
  static constexpr bool check(ImageForm) { return true; }
};
struct DescribeOfNumber : Copies {
  static constexpr int describe() { return 5; }
};
struct InPlaceFunction : Copies {
  static constexpr bool in_place() { return true; }
};
struct InPlaceNotStatic : Copies {
  const bool in_place = true;
};
struct InPlaceVariable : Copies {
  [[maybe_unused]] static inline bool in_place = true;
};
struct BranchesOfTransforms {
  using branches = OneOf<Copies, Compose<>>;
  static std::size_t choose(Random&) { return 0; }
};
struct NoBranch {
  using branches = OneOf<>;
  static std::size_t choose(Random&) { return 0; }
};
struct NoChoice {
  using branches = OneOf<Compose<>>;
};
struct ChoiceWithoutChance {
  using branches = OneOf<Compose<>>;
  static std::size_t choose(ImageForm) { return 0; }
};

struct TypedToTensor { // types instead of auto
  static constexpr ImageForm output(ImageForm in) { return {in.shape, true}; }
  static constexpr const char* check(ImageForm) { return ""; }
  template <class T, Shape S>
  static void apply(const Planes<const std::uint8_t, S>& in, const Planes<T, S>& out) {
    ToTensor::apply(in, out);
  }
};

template <int... Size>
using Sizes = Compose<RandomApply<CenterCrop<Size>, 0.5>...>;

} // namespace

TEST_CASE("CenterCrop is torchvision's, also where the image is smaller") {
  const auto& cases = file()["center_crop"];
  agrees<grey, CenterCrop<22>>(cases);
  agrees<grey, CenterCrop<23, 25>>(cases);
  agrees<grey, CenterCrop<31, 33>>(cases);
  agrees<grey, CenterCrop<28>>(cases);
  agrees<grey, CenterCrop<35, 27>>(cases);
  agrees<colour, CenterCrop<4, 5>>(cases);
  agrees<colour, CenterCrop<12, 3>>(cases);
  CHECK(cases.size() == 7);
}

TEST_CASE("resize gives for sizes of a run what Resize gives for those of a type") {
  for (const auto& c : file()["resize"]) {
    const std::string image = c["image"];
    const Shape in = image == "grey" ? grey : image == "small" ? small : colour;
    INFO(image << " to " << c["height"] << " x " << c["width"]);
    CHECK(resize(bytes(file()["images"][image]), in,
                 {in[0], c["height"].get<int>(), c["width"].get<int>()}) == bytes(c["expected"]));
  }
}

TEST_CASE("Resize is Pillow's to the bit") {
  const auto& cases = file()["resize"];
  agrees<grey, Resize<20, 20>>(cases);
  agrees<grey, Resize<28, 28>>(cases);
  agrees<grey, Resize<28, 17>>(cases);
  agrees<grey, Resize<45, 28>>(cases);
  agrees<grey, Resize<1, 3>>(cases);
  agrees<small, Resize<28, 28>>(cases);
  agrees<colour, Resize<28, 28>>(cases);
  agrees<colour, Resize<4, 5>>(cases);
  agrees<colour, Resize<20, 7>>(cases);
  agrees<colour, Resize<5, 40>>(cases);
  CHECK(cases.size() == 10);
}

TEST_CASE("rotation is Pillow's to the bit") {
  agrees_in_place("rotate", [](const auto& c, const auto& in, const auto& out) {
    rotate(in, out, c["angle"].template get<double>());
  });
}

TEST_CASE("sines are rounded as Python rounds them") {
  for (const auto& pair : file()["round_15"]) {
    INFO(pair.dump());
    CHECK(transforms::detail::round_15(pair[0].get<double>()) == pair[1].get<double>());
  }
  CHECK(file()["round_15"].size() == 53);
}

TEST_CASE("affine maps are torchvision's to the bit") {
  agrees_in_place("affine", [](const auto& c, const auto& in, const auto& out) {
    transforms::affine(in, out,
                       {.angle = c["angle"],
                        .translate_x = c["translate"][0],
                        .translate_y = c["translate"][1],
                        .scale = c["scale"],
                        .shear_x = c["shear"][0],
                        .shear_y = c["shear"][1]});
  });
}

TEST_CASE("a crop at a place is torchvision's, with zeros outside the image") {
  std::size_t checked = 0;
  const auto check = [&]<Shape S, Shape Out>(const nlohmann::json& c) {
    if (c["image"] != name<S> || c["height"] != Out[1] || c["width"] != Out[2]) return;
    INFO(c.dump().substr(0, 100));
    const auto apply = [&](const auto& in, const auto& out) { crop(in, out, c["top"], c["left"]); };
    CHECK(transformed<S, Out>(bytes(file()["images"][name<S>]), apply) == bytes(c["expected"]));
    ++checked;
  };
  for (const auto& c : file()["crop"]) {
    check.template operator()<grey, Shape{1, 24, 24}>(c);
    check.template operator()<grey, Shape{1, 28, 28}>(c);
    check.template operator()<colour, Shape{3, 9, 14}>(c);
    check.template operator()<colour, Shape{3, 9, 9}>(c);
  }
  CHECK(checked == 6);
}

TEST_CASE("a crop that misses the image is all zeros") {
  const Bytes image(grey.size(), 9);
  for (const int place : {-40, -28, 28, 40}) {
    CHECK(transformed<grey, small>(image, [&](const auto& in, const auto& out) {
            crop(in, out, place, 0);
          }) == Bytes(small.size()));
    CHECK(transformed<grey, small>(image, [&](const auto& in, const auto& out) {
            crop(in, out, 0, place);
          }) == Bytes(small.size()));
  }
}

TEST_CASE("a crop at a place of a mirrored or spread image is torchvision's") {
  std::size_t checked = 0;
  const auto check = [&]<PaddingMode Mode, Shape S, Shape Out>(const nlohmann::json& c,
                                                               const char* mode) {
    if (c["mode"] != mode || c["image"] != name<S> || c["height"] != Out[1]) return;
    if (c["width"] != Out[2]) return;
    INFO(c.dump().substr(0, 100));
    const auto apply = [&](const auto& in, const auto& out) {
      crop<Mode>(in, out, c["top"], c["left"]);
    };
    CHECK(transformed<S, Out>(bytes(file()["images"][name<S>]), apply) == bytes(c["expected"]));
    ++checked;
  };
  const auto check_mode = [&]<PaddingMode Mode>(const nlohmann::json& c, const char* mode) {
    check.template operator()<Mode, grey, grey>(c, mode);
    check.template operator()<Mode, colour, colour>(c, mode);
    check.template operator()<Mode, colour, Shape{3, 9, 9}>(c, mode);
  };
  for (const auto& c : file()["padded_crop"]) {
    check_mode.template operator()<PaddingMode::edge>(c, "edge");
    check_mode.template operator()<PaddingMode::reflect>(c, "reflect");
    check_mode.template operator()<PaddingMode::symmetric>(c, "symmetric");
  }
  CHECK(checked == 12);
}

TEST_CASE("brightness, contrast, saturation and hue are torchvision's, also in place") {
  agrees_in_place("jitter", [](const auto& c, const auto& in, const auto& out) {
    const std::string what = c["what"];
    const double by = c["by"];
    transforms::detail::copy_image(in, out);
    if (what == "brightness") return adjust_brightness(out, out, by);
    if (what == "contrast") return adjust_contrast(in, out, by);
    if (what == "saturation") return adjust_saturation(out, out, by);
    adjust_hue(in, out, by);
  });
}

TEST_CASE("the hue of a grid of all colours is torchvision's") {
  constexpr Shape grid{3, 16, 32};
  Bytes image(grid.size());
  for (std::size_t i = 0; i < 512; ++i)
    for (std::size_t k = 0; k < 3; ++k)
      image[k * 512 + i] = static_cast<std::uint8_t>((i >> 3 * k & 7) * 255 / 7);
  CHECK(transformed<grid, grid>(image, [](const auto& in, const auto& out) {
          adjust_hue(in, out, file()["hue_of_grid"]["by"]);
        }) == bytes(file()["hue_of_grid"]["expected"]));
}

TEST_CASE("a grey image is torchvision's, in one channel or three") {
  std::size_t checked = 0;
  const auto check = [&]<Shape S, int Channels>() {
    for (const auto& c : file()["grayscale"]) {
      if (c["image"] != name<S> || c["channels"] != Channels) continue;
      const auto apply = [](const auto& in, const auto& out) {
        Grayscale<Channels>::apply(in, out);
      };
      CHECK(transformed<S, Shape{Channels, S[1], S[2]}>(bytes(file()["images"][name<S>]), apply) ==
            bytes(c["expected"]));
      ++checked;
    }
  };
  check.operator()<grey, 1>();
  check.operator()<grey, 3>();
  check.operator()<colour, 1>();
  check.operator()<colour, 3>();
  CHECK(checked == 4);
}

TEST_CASE("a horizontal flip is torchvision's, also in place") {
  Bytes image = bytes(file()["images"]["colour"]);
  const Bytes expected = bytes(file()["hflip"]["expected"]);
  CHECK(transformed<colour, colour>(image, [](const auto& in, const auto& out) {
          flip_horizontally(in, out);
        }) == expected);
  const Planes<std::uint8_t, colour> planes{image.data()};
  flip_horizontally(planes, planes);
  CHECK(image == expected);
}

TEST_CASE("ToTensor and Normalize give torchvision's floats") {
  constexpr Shape all{1, 16, 16};
  Bytes image(256);
  for (std::size_t i = 0; i < 256; ++i) image[i] = static_cast<std::uint8_t>(i);
  const auto run = [&]<class Pipeline, class T>(const Bytes& from) {
    std::vector<T> out(Pipeline::output_shape.size());
    Pipeline::apply(from.data(), Random(0, 0, 0), out.data());
    return out;
  };
  using Tensor = Compose<Input<1, 16, 16>, ToTensor>;
  using Normal = Compose<Input<1, 16, 16>, ToTensor, Normalize<0.1307, 0.3081>>;
  using Colour =
      Compose<Input<3, 9, 14>, ToTensor,
              Normalize<std::array{0.485, 0.456, 0.406}, std::array{0.229, 0.224, 0.225}>>;
  static_assert(Tensor::output_shape == all);
  CHECK(run.template operator()<Tensor, float>(image) == floats(file()["to_tensor"]));
  CHECK(run.template operator()<Normal, float>(image) == floats(file()["normalize"]));
  CHECK(run.template operator()<Normal, double>(image) == ctnn::test::numbers(file()["normalize"]));
  CHECK(run.template operator()<Colour, float>(bytes(file()["images"]["colour"])) ==
        floats(file()["normalize_channels"]));
}

TEST_CASE("erasing assigns the rectangle and nothing else") {
  const auto apply = [](const auto& in, const auto& out) {
    ToTensor::apply(in, out);
    erase<std::array{0.1, 0.2, 0.3}>(out, {.top = 2, .left = 3, .height = 4, .width = 5});
  };
  CHECK(transformed<colour, colour, float>(bytes(file()["images"]["colour"]), apply) ==
        floats(file()["erase"]));
}

TEST_CASE("a user's transforms are structs") {
  using Pipeline = Compose<Input<1, 2, 3>, Invert, RandomApply<Invert, 1>, Transpose,
                           Compose<Invert, Invert>, ToTensor, Normalize<0, 0.5>>;
  static_assert(Pipeline::input_shape == Shape{1, 2, 3});
  static_assert(Pipeline::output_shape == Shape{1, 3, 2});
  const Bytes image{0, 51, 102, 153, 204, 255};
  std::array<float, 6> out{};
  Pipeline::apply(image.data(), Random(1, 2, 3), out.data());
  CHECK(out == std::array{0.0f, 1.2f, 0.4f, 1.6f, 0.8f, 2.0f});
}

TEST_CASE("a choice is one of several, each as likely as the others") {
  using Pipeline = Compose<Input<1, 1, 1>, RandomChoice<Compose<>, Invert, Constant>, ToTensor>;
  const std::uint8_t image = 255;
  std::size_t as_it_is = 0, inverted = 0, constant = 0;
  for (std::uint32_t sample = 0; sample < 3000; ++sample) {
    float out = -1;
    Pipeline::apply(&image, Random(1, 0, sample), &out);
    as_it_is += out == 1;
    inverted += out == 0;
    constant += out == 0.2f;
  }
  CHECK(as_it_is + inverted + constant == 3000);
  for (const std::size_t times : {as_it_is, inverted, constant}) {
    CHECK(times > 1000 - 130); // five standard deviations
    CHECK(times < 1000 + 130);
  }
  CHECK(sentence<In, RandomChoice<CenterCrop<22>, Resize<20, 28>>, ToTensor>() ==
        "RandomChoice<CenterCrop<22>, Resize<20, 28>> may leave 1x22x22 or 1x20x28: put Resize "
        "after it");
}

TEST_CASE("a large image needs no large stack") {
  using Large =
      Compose<Input<1, 512, 512>, Resize<500, 500>, CenterCrop<512>, ToTensor, Normalize<0.5, 0.5>>;
  struct Work {
    Bytes image = Bytes(Large::input_shape.size());
    std::vector<float> result = std::vector<float>(Large::output_shape.size());
  } work;
  std::fill(work.image.begin(), work.image.end(), std::uint8_t{77});
  pthread_attr_t small_stack;
  pthread_attr_init(&small_stack);
  REQUIRE(pthread_attr_setstacksize(&small_stack, 512 * 1024) == 0);
  pthread_t thread;
  const auto run = [](void* of) -> void* {
    Work& own = *static_cast<Work*>(of);
    Large::apply(own.image.data(), Random(1, 2, 3), own.result.data());
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &small_stack, run, &work) == 0);
  pthread_join(thread, nullptr);
  CHECK(work.result[0] == -1); // the border that CenterCrop adds
  CHECK(work.result[256 * 512 + 256] == normalize(to_tensor(77), 0.5f, 0.5f));
}

TEST_CASE("branches may have shapes of their own and meet again") {
  using Pipeline = Compose<In, RandomApply<CenterCrop<22>, 0.1>, Resize<28, 28>,
                           RandomRotation<-15, 15>, ToTensor, Normalize<0.1307, 0.3081>>;
  static_assert(Pipeline::well_formed && Pipeline::output_shape == Shape{1, 28, 28});
  static_assert(Compose<In, ToTensor, RandomApply<RandomErasing<>, 0.5>>::output_shape ==
                Shape{1, 28, 28});
  static_assert(Compose<In, RandomApply<Compose<CenterCrop<20>, Resize<9, 9>>, 0.5>, Resize<4, 5>,
                        ToTensor>::output_shape == Shape{1, 4, 5});
  static_assert(
      Compose<Input<3, 32, 32>, RandomCrop<32, 32, 4>, RandomHorizontalFlip<>,
              RandomAffine<Affine{
                  .degrees = 10, .translate = {0.1, 0.1}, .scale = {0.9, 1.1}, .shear = {-5, 5}}>,
              ToTensor, CenterCrop<40>>::output_shape == Shape{3, 40, 40});
}

TEST_CASE("a wrong order is one sentence") {
  CHECK(sentence<In, CenterCrop<20>, Resize<28, 28>, RandomErasing<>, ToTensor>() ==
        "transform 2 RandomErasing<0.5>: expects a tensor (put ToTensor before it)");
  CHECK(sentence<In, Normalize<0.5, 0.5>>() ==
        "transform 0 Normalize: expects a tensor (put ToTensor before it)");
  CHECK(sentence<In, ToTensor, RandomRotation<15>>() ==
        "transform 1 RandomRotation<-15, 15>: expects an image of bytes (put it before ToTensor)");
  CHECK(sentence<In, ToTensor, RandomApply<Resize<9, 8>, 0.5>>() ==
        "transform 1 Resize<9, 8>: expects an image of bytes (put it before ToTensor)");
  CHECK(sentence<In, ToTensor, ToTensor>() ==
        "transform 1 ToTensor: expects an image of bytes, got a tensor");
}

TEST_CASE("an end that is no tensor of one shape is one sentence") {
  CHECK(sentence<In>() == "the pipeline ends in a 1x28x28 image of bytes: put ToTensor at its end");
  CHECK(sentence<In, Resize<5, 4>>() ==
        "the pipeline ends in a 1x5x4 image of bytes: put ToTensor at its end");
  CHECK(sentence<In, RandomApply<CenterCrop<22>, 0.1>, ToTensor>() ==
        "RandomApply<CenterCrop<22>, 0.1> may leave 1x22x22 or 1x28x28: put Resize after it");
  CHECK(sentence<In, RandomApply<ToTensor, 0.5>>() ==
        "RandomApply<ToTensor, 0.5> may leave a tensor or an image of bytes: put ToTensor outside "
        "it");
}

TEST_CASE("numbers that make no sense are one sentence") {
  CHECK(sentence<In, RandomApply<CenterCrop<22>, 1.5>>() ==
        "transform 0 RandomApply<CenterCrop<22>, 1.5>: p must be in [0, 1], got 1.5");
  CHECK(sentence<In, RandomHorizontalFlip<-0.5>>() ==
        "transform 0 RandomHorizontalFlip<-0.5>: p must be in [0, 1], got -0.5");
  CHECK(sentence<In, CenterCrop<0, 3>>() ==
        "transform 0 CenterCrop<0, 3>: size must be at least 1x1, got 0x3");
  CHECK(sentence<In, Resize<3, -1>>() ==
        "transform 0 Resize<3, -1>: size must be at least 1x1, got 3x-1");
  CHECK(sentence<In, RandomCrop<30, 29>>() ==
        "transform 0 RandomCrop<30, 29>: 30x29 does not fit its 28x28 input");
  CHECK(sentence<In, RandomCrop<28, 28, 28, PaddingMode::reflect>>() ==
        "transform 0 RandomCrop<28, 28, 28, PaddingMode::reflect>: padding 28 is more than its "
        "1x28x28 input can be mirrored, 27");
  CHECK(sentence<In, RandomCrop<28, 28, 29, PaddingMode::symmetric>>() ==
        "transform 0 RandomCrop<28, 28, 29, PaddingMode::symmetric>: padding 29 is more than its "
        "1x28x28 input can be mirrored, 28");
  CHECK(sentence<In, Grayscale<2>>() ==
        "transform 0 Grayscale<2>: num_output_channels must be 1 or 3, got 2");
  CHECK(sentence<Input<2, 5, 5>, Grayscale<>>() ==
        "transform 0 Grayscale<1>: expects 1 or 3 channels, got 2");
  CHECK(sentence<Input<4, 5, 5>, ColorJitter<Jitter{.hue = 0.1}>>() ==
        "transform 0 ColorJitter: expects 1 or 3 channels, got 4");
  CHECK(sentence<In, ToTensor, ColorJitter<Jitter{}>>() ==
        "transform 1 ColorJitter: expects an image of bytes (put it before ToTensor)");
  CHECK(sentence<In, ColorJitter<Jitter{.hue = 0.6}>>() ==
        "transform 0 ColorJitter: hue must be in [-0.5, 0.5], got -0.6 to 0.6");
  CHECK(sentence<In, ColorJitter<Jitter{.contrast = {1, 0.5}}>>() ==
        "transform 0 ColorJitter: contrast must not go down, got 1 to 0.5");
  CHECK(sentence<In, ColorJitter<Jitter{.saturation = {-1, 2}}>>() ==
        "transform 0 ColorJitter: saturation must not be negative, got -1");
  CHECK(sentence<In, RandomCrop<20, 20, -1>>() ==
        "transform 0 RandomCrop<20, 20, -1>: padding must not be negative, got -1");
  CHECK(sentence<In, RandomRotation<15, -15>>() ==
        "transform 0 RandomRotation<15, -15>: degrees must not go down, got 15 to -15");
  CHECK(sentence<In, RandomAffine<Affine{.scale = {0, 1}}>>() ==
        "transform 0 RandomAffine: scale must be above 0, got 0");
  CHECK(sentence<In, RandomAffine<Affine{.translate = {0.1, 2}}>>() ==
        "transform 0 RandomAffine: translate must be in [0, 1], got 0.1 and 2");
  CHECK(sentence<In, RandomAffine<Affine{.shear = 90}>>() ==
        "transform 0 RandomAffine: shear must be inside (-90, 90)");
  CHECK(sentence<In, RandomAffine<Affine{.degrees = -1}>>() ==
        "transform 0 RandomAffine: degrees must not go down, got 1 to -1");
  CHECK(sentence<In, ToTensor, Normalize<0.5, 0>>() ==
        "transform 1 Normalize: std must be above 0, got 0");
  CHECK(sentence<In, ToTensor, Normalize<std::array{0.1, 0.2, 0.3}, 1>>() ==
        "transform 1 Normalize: mean has 3 numbers, the image has 1 channel");
  CHECK(sentence<In, ToTensor, RandomErasing<1, Interval{0.5, 2}>>() ==
        "transform 1 RandomErasing<1>: scale must be in [0, 1]");
  CHECK(sentence<In, ToTensor, RandomErasing<1, Interval{0.02, 0.33}, Interval{0, 1}>>() ==
        "transform 1 RandomErasing<1>: ratio must be above 0");
}

TEST_CASE("what is no pipeline is one sentence") {
  CHECK(sentence<Input<28, 28>, ToTensor>() ==
        "Input<28, 28>: wants channels, height and width, at most 262144 elements");
  CHECK(sentence<Input<1, 0, 28>, ToTensor>() ==
        "Input<1, 0, 28>: wants channels, height and width, at most 262144 elements");
  CHECK(sentence<In, Resize<600, 600>, ToTensor>() ==
        "transform 0 Resize<600, 600>: 1x600x600 is more than the 262144 elements an image may "
        "have");
  CHECK(sentence<Input<1, 262144, 1>, Resize<1, 262144>, ToTensor>() ==
        "transform 0 Resize<1, 262144>: its resized rows are 262144x262144, more than the 262144 "
        "elements an image may have");
  CHECK(sentence<In, In, ToTensor>() ==
        "transform 0 Input<1, 28, 28>: an Input comes first and only once");
  CHECK(sentence<In, int, ToTensor>() ==
        "transform 0 int is not a transform: it lacks static void apply(const auto& in, const "
        "auto& out)");
  CHECK(sentence<ToTensor>() == "this Compose has no Input<...>; a pipeline starts with one");
  CHECK(sentence<In, Nothing, ToTensor>() ==
        "transform 0 Nothing: has an empty output for its 1x28x28 input");
  CHECK(sentence<In, GrowsInPlace, ToTensor>() ==
        "transform 0 GrowsInPlace: works in place, but gives another shape or type than it takes");
  CHECK(sentence<In, Sizes<1, 2, 3, 4, 5, 6, 7, 8>, Resize<28, 28>, ToTensor>() ==
        "transform 0 RandomApply<CenterCrop<8>, 0.5>: may leave more than 8 different shapes");
  CHECK(sentence<In, Sizes<1, 2, 3, 4, 5, 6, 7>, Resize<28, 28>, ToTensor>().empty());
  CHECK(sentence<In, ToTensor>().empty());
}

TEST_CASE("what is a transform is a concept") {
  static_assert(Transform<Invert> && Transform<Transpose> && Transform<TypedToTensor>);
  static_assert(Transform<CenterCrop<3>> && Transform<Resize<2, 3>> && Transform<ToTensor> &&
                Transform<Normalize<0, 1>> && Transform<RandomCrop<3>> &&
                Transform<RandomRotation<15>> && Transform<RandomAffine<Affine{}>> &&
                Transform<RandomHorizontalFlip<>> && Transform<RandomErasing<>> &&
                Transform<RandomApply<Invert>> && Transform<ColorJitter<Jitter{}>> &&
                Transform<Grayscale<>>);
  static_assert(!Transform<int> && !Transform<In> && !Transform<Compose<Invert>>);
  static_assert(!Transform<CheckOfBool> && !Transform<NoChoice> && !Transform<NoBranch>);
  CHECK(sentence<In, TypedToTensor>().empty());
}

TEST_CASE("a member of another type than a transform may declare is one sentence") {
  CHECK(sentence<In, OutputOfShape, ToTensor>() ==
        "transform 0 OutputOfShape: its output is not a static constexpr ImageForm "
        "output(ImageForm)");
  CHECK(sentence<In, OutputNotStatic, ToTensor>() ==
        "transform 0 OutputNotStatic: its output is not a static constexpr ImageForm "
        "output(ImageForm)");
  CHECK(sentence<In, Invert, CheckOfBool, ToTensor>() ==
        "transform 1 CheckOfBool: its check is not a static constexpr Sentence check(ImageForm)");
  CHECK(sentence<In, DescribeOfNumber, ToTensor>() ==
        "transform 0 DescribeOfNumber: its describe is not a static constexpr Sentence describe()");
  CHECK(sentence<In, RandomApply<DescribeOfNumber>, ToTensor>() ==
        "transform 0 DescribeOfNumber: its describe is not a static constexpr Sentence describe()");
  CHECK(sentence<In, InPlaceFunction, ToTensor>() ==
        "transform 0 InPlaceFunction: its in_place is not a static constexpr bool");
  CHECK(sentence<In, InPlaceNotStatic, ToTensor>() ==
        "transform 0 InPlaceNotStatic: its in_place is not a static constexpr bool");
  CHECK(sentence<In, InPlaceVariable, ToTensor>() ==
        "transform 0 InPlaceVariable: its in_place is not a static constexpr bool");
  CHECK(sentence<In, BranchesOfTransforms, ToTensor>() ==
        "transform 0 BranchesOfTransforms: its branches are not a OneOf<Compose<...>, ...>");
  CHECK(sentence<In, NoBranch, ToTensor>() ==
        "transform 0 NoBranch: its branches are not a OneOf<Compose<...>, ...>");
  CHECK(sentence<In, NoChoice, ToTensor>() ==
        "transform 0 NoChoice: it has branches, but no static std::size_t choose(Random&)");
  CHECK(sentence<In, ChoiceWithoutChance, ToTensor>() ==
        "transform 0 ChoiceWithoutChance: it has branches, but no static std::size_t "
        "choose(Random&)");
}
