// Pictures in folders, one for each class: train/along/1.png, train/across/2.jpg, test/along/3.png, …
#include <ctnn/data/image_folder.hpp>
#include <ctnn/data/transforms.hpp>
#include <ctnn/train.hpp>

using namespace ctnn;
using namespace ctnn::transforms;

constexpr Shape resized{3, 24, 24}; // what all pictures are resized to

using ToNumbers = Compose<ToTensor, Normalize<0.5, 0.25>>;
using Plain = Compose<Input<3, 24, 24>, ToNumbers>;
using Augmented = Compose<Input<3, 24, 24>, RandomHorizontalFlip<>,
                          ColorJitter<Jitter{.brightness = 0.3, .saturation = 0.3, .hue = 0.1}>,
                          RandomApply<Grayscale<3>, 0.1>, ToNumbers>;

using Net = Sequential<Input<3, 24, 24>, Conv2d<8, 3>, ReLU, MaxPool2d<2>, Conv2d<16, 3>, ReLU,
                       AdaptiveAvgPool2d<1>, Flatten, Linear<2>>;

int main() try {
  const ImageFolder train("train", resized, {.resize = true});
  const ImageFolder test("test", resized, {.resize = true, .classes = train.classes()});

  // The rarer a class is, the more its pictures count, so that no class is forgotten.
  CrossEntropyLoss loss{.weight = std::vector<double>(train.classes().size())};
  for (std::size_t i = 0; i < train.size(); ++i) ++loss.weight[train.label(i)];
  for (double& weight : loss.weight) weight = static_cast<double>(train.size()) / weight;

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, loss, Adam{.lr = 0.01});
  for (std::uint32_t epoch = 0; epoch < 20; ++epoch)
    train_epoch(trainer, Transformed<Augmented, LabelledImages>(train, net.seed(), epoch),
                {.batch_size = 20});

  Tensor<float, 2> outputs;
  const Transformed<Plain, LabelledImages> as_they_are(test);
  trainer.evaluate(as_they_are, outputs);
  const ConfusionMatrix matrix = confusion_matrix(outputs, as_they_are);
  for (std::size_t k = 0; k < test.classes().size(); ++k)
    std::printf("%s: %.0f %%\n", test.classes()[k].c_str(), 100 * matrix.recall(k));
  return matrix.macro_recall() > 0.9 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "image_folder: error: %s\n", error.what());
  return 1;
}
