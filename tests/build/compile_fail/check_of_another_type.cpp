// expect: transform 1 Invert: its check is not a static constexpr Sentence check(ImageForm)
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
struct Invert {
  static constexpr bool check(ImageForm in) { return !in.tensor; }
  static void apply(const auto& in, const auto& out) {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::uint8_t>(255 - in[i]);
  }
};
using Augmentation = Compose<Input<1, 28, 28>, CenterCrop<22>, Invert, ToTensor>;
static_assert(Augmentation::output_shape == Shape{1, 22, 22});
void image(const std::uint8_t* bytes, float* out) { Augmentation::apply(bytes, {1, 2, 3}, out); }
