// Read a CSV file, and learn to tell its classes.
#include <cmath>

#include <ctnn/data/csv.hpp>
#include <ctnn/train.hpp>

using namespace ctnn;

/// Brings each column to a mean of 0 and a deviation of 1: networks like numbers around 0.
void standardize(Tensor<float, 2>& x) {
  const std::size_t rows = x.shape(0);
  for (std::size_t column = 0; column < x.shape(1); ++column) {
    float mean = 0, square = 0;
    for (std::size_t i = 0; i < rows; ++i) mean += x(i, column) / static_cast<float>(rows);
    for (std::size_t i = 0; i < rows; ++i) square += std::pow(x(i, column) - mean, 2.f);
    const float deviation = std::sqrt(square / static_cast<float>(rows));
    for (std::size_t i = 0; i < rows; ++i) x(i, column) = (x(i, column) - mean) / deviation;
  }
}

using Net = Sequential<Input<2>, Linear<32>, ReLU, Linear<32>, ReLU, Linear<2>>;

int main() try {
  // Rows such as "0.52,-310,1": two numbers and a class from 0, below a line of titles.
  auto table = load_csv("points.csv", {.label_column = "spiral"});
  standardize(table.features);
  const TensorDataset data(table.features, table.labels);
  const auto [train, test] = random_split(data, {data.size() - 200, 200});

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01});
  for (int epoch = 1; epoch <= 30; ++epoch) {
    const Score score = train_epoch(trainer, train, {.batch_size = 50});
    if (epoch % 10 == 0) std::printf("epoch %d: loss %.4f\n", epoch, score.loss());
  }
  const double accuracy = trainer.evaluate(test).accuracy();
  std::printf("of rows that it has not seen: %.1f %% right\n", 100 * accuracy);
  return accuracy > 0.95 ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "csv: error: %s\n", error.what());
  return 1;
}
