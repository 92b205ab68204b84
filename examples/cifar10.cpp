// Colour images in CIFAR-10's files, each moved, mirrored and lit anew in every epoch.
#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/transforms.hpp>
#include <ctnn/train.hpp>

using namespace ctnn;
using namespace ctnn::transforms;

using ToNumbers =
    Compose<ToTensor, Normalize<std::array{0.491, 0.482, 0.447}, std::array{0.247, 0.243, 0.262}>>;
using Plain = Compose<Input<3, 32, 32>, ToNumbers>;
using Augmented =
    Compose<Input<3, 32, 32>, RandomCrop<32, 32, 4, PaddingMode::reflect>, RandomHorizontalFlip<>,
            ColorJitter<Jitter{.brightness = 0.1, .contrast = 0.1}>, ToNumbers>;

using Net = Sequential<Input<3, 32, 32>, Conv2d<16, 3>, ReLU, MaxPool2d<2>, Conv2d<32, 3>, ReLU,
                       MaxPool2d<2>, Flatten, Linear<10>>;

int main() try {
  const LabelledImages train = load_cifar10(".", Split::train),
                       test = load_cifar10(".", Split::test);
  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{.label_smoothing = 0.1}, Adam{});
  const CosineAnnealingLR schedule{.lr = 0.003, .T_max = 5};
  for (std::uint32_t epoch = 0; epoch < 5; ++epoch) {
    trainer.optimizer.lr = schedule.lr_at(epoch);
    const Transformed<Augmented, LabelledImages> seen(train, net.seed(), epoch);
    std::printf("loss %.4f\n", train_epoch(trainer, seen, {.batch_size = 50}).loss());
  }

  Tensor<float, 2> outputs;
  const Transformed<Plain, LabelledImages> as_they_are(test);
  const double accuracy = trainer.evaluate(as_they_are, outputs).accuracy();
  std::printf("test accuracy %.1f %%\n", 100 * accuracy);
  const ConfusionMatrix matrix = confusion_matrix(outputs, as_they_are);
  for (std::size_t k = 0; k < test.classes().size(); ++k)
    std::printf("%s: %.1f %%\n", test.classes()[k].c_str(), 100 * matrix.recall(k));
  return accuracy > 0.4 ? 0 : 1; // by chance it would be 0.1
} catch (const Error& error) {
  std::fprintf(stderr, "cifar10: error: %s\n", error.what());
  return 1;
}
