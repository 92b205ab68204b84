// expect: this Compose has no Input<...>; a pipeline starts with one
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
using Augmentation = Compose<CenterCrop<22>, ToTensor>;
static_assert(Augmentation::output_shape == Shape{1, 22, 22});
static_assert(Augmentation::input_shape == Shape{1, 28, 28});
void image(const std::uint8_t* bytes, float* out) { Augmentation::apply(bytes, {1, 2, 3}, out); }
template class ctnn::Transformed<Augmentation>;
