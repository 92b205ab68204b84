// expect: transform 2 RandomErasing<0.5>: expects a tensor (put ToTensor before it)
#include <ctnn/data/transforms.hpp>
using namespace ctnn;
using namespace ctnn::transforms;
using Augmentation = Compose<Input<1, 28, 28>, RandomApply<CenterCrop<22>, 0.1>, Resize<28, 28>,
                             RandomErasing<>, ToTensor>;
static_assert(Augmentation::output_shape == Shape{1, 28, 28});
template class ctnn::Transformed<Augmentation>;
