// Read a CSV file, and learn to tell its classes. A data set is any struct with these four members.
#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

#include <ctnn/train.hpp>

using namespace ctnn;

/// Rows such as "0.52,-310,1": two numbers and a class from 0, below a line of titles.
struct Table {
  static constexpr Shape sample_shape{2};
  std::vector<std::array<float, 2>> rows;
  std::vector<int> classes;

  explicit Table(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error(path + ": cannot be read");
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      char comma;
      for (float& number : rows.emplace_back()) cells >> number >> comma;
      if (!(cells >> classes.emplace_back()))
        throw std::runtime_error(path + ": not a row: " + line);
    }
    for (std::size_t column = 0; column < 2; ++column) { // networks like numbers around 0 and 1
      float mean = 0, square = 0;
      for (const auto& row : rows) mean += row[column] / static_cast<float>(size());
      for (const auto& row : rows) square += std::pow(row[column] - mean, 2.f);
      const float deviation = std::sqrt(square / static_cast<float>(size()));
      for (auto& row : rows) row[column] = (row[column] - mean) / deviation;
    }
  }

  std::size_t size() const { return rows.size(); }
  void read(std::size_t i, float* x) const { std::copy(rows[i].begin(), rows[i].end(), x); }
  int label(std::size_t i) const { return classes[i]; }
};

using Net = Sequential<Input<2>, Linear<32>, ReLU, Linear<32>, ReLU, Linear<2>>;

int main() try {
  const Table table("points.csv");
  const auto [train, test] = random_split(table, {table.size() - 200, 200});

  Network<Net> net(/*seed=*/1);
  Trainer trainer(net, CrossEntropyLoss{}, Adam{.lr = 0.01});
  for (int epoch = 1; epoch <= 30; ++epoch) {
    const Score score = train_epoch(trainer, train, {.batch_size = 50});
    if (epoch % 10 == 0) std::printf("epoch %d: loss %.4f\n", epoch, score.loss());
  }
  const double accuracy = trainer.evaluate(test).accuracy();
  std::printf("of rows that it has not seen: %.1f %% right\n", 100 * accuracy);
  return accuracy > 0.95 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "csv: error: %s\n", error.what());
  return 1;
}
