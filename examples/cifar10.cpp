// Colour images from files in CIFAR-10's format, each moved and mirrored anew in every epoch.
#include <fstream>
#include <iterator>

#include <ctnn/data/transforms.hpp>
#include <ctnn/train.hpp>

using namespace ctnn;
using namespace ctnn::transforms;

/// Records of a byte for the class and 32x32 for each of red, green and blue.
struct Cifar10 {
  static constexpr std::size_t image = 3 * 32 * 32;
  std::vector<std::uint8_t> bytes;

  explicit Cifar10(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    if (bytes.empty() || bytes.size() % (1 + image) != 0)
      throw std::runtime_error(path + ": expected records of 3073 bytes");
  }

  std::size_t size() const { return bytes.size() / (1 + image); }
  std::size_t rows() const { return 32; }
  std::size_t cols() const { return 32; }
  int label(std::size_t i) const { return bytes[i * (1 + image)]; }
  std::span<const std::uint8_t> pixels(std::size_t i) const {
    return std::span(bytes).subspan(i * (1 + image) + 1, image);
  }
};

using ToNumbers =
    Compose<ToTensor, Normalize<std::array{0.491, 0.482, 0.447}, std::array{0.247, 0.243, 0.262}>>;
using Plain = Compose<Input<3, 32, 32>, ToNumbers>;
using Augmented =
    Compose<Input<3, 32, 32>, RandomCrop<32, 32, 4>, RandomHorizontalFlip<>, ToNumbers>;

using Net = Sequential<Input<3, 32, 32>, Conv2d<16, 3>, ReLU, MaxPool2d<2>, Conv2d<32, 3>, ReLU,
                       MaxPool2d<2>, Flatten, Linear<10>>;

int main() try {
  const Cifar10 train("data_batch_1.bin"), test("test_batch.bin");
  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{});
  const CosineAnnealingLR schedule{.lr = 0.003, .T_max = 5};
  for (std::uint32_t epoch = 0; epoch < 5; ++epoch) {
    trainer.optimizer.lr = schedule.lr_at(epoch);
    const Transformed<Augmented, Cifar10> seen(train, net.seed(), epoch);
    std::printf("loss %.4f\n", train_epoch(trainer, seen, {.batch_size = 50}).loss());
  }
  const double accuracy = trainer.evaluate(Transformed<Plain, Cifar10>(test)).accuracy();
  std::printf("test accuracy %.1f %%\n", 100 * accuracy);
  return accuracy > 0.5 ? 0 : 1; // by chance it would be 0.1
} catch (const std::exception& error) {
  std::fprintf(stderr, "cifar10: error: %s\n", error.what());
  return 1;
}
