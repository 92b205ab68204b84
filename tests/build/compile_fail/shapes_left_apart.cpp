// expect: RandomApply<CenterCrop<22>, 0.1> may leave 1x22x22 or 1x28x28: put Resize after it
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
using Augmentation = Compose<Input<1, 28, 28>, RandomApply<CenterCrop<22>, 0.1>, ToTensor>;
void image(const std::uint8_t* bytes, float* out) { Augmentation::apply(bytes, {1, 2, 3}, out); }
