// expect: transform 0 Normalize: expects a tensor (put ToTensor before it)
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
using Augmentation = Compose<Input<1, 28, 28>, Normalize<0.1307, 0.3081>, ToTensor>;
void image(const std::uint8_t* bytes, float* out) { Augmentation::apply(bytes, {1, 2, 3}, out); }
