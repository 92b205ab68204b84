// Weights from PyTorch, and eight threads that predict with them. In Python,
//
//     class Net(torch.nn.Module):
//         def __init__(self):
//             super().__init__()
//             self.conv1 = torch.nn.Conv2d(1, 2, 3)
//             self.fc1 = torch.nn.Linear(8, 3)
//         def forward(self, x):
//             return torch.softmax(self.fc1(torch.tanh(self.conv1(x)).flatten(1)), 1)
//     safetensors.torch.save_file(net.state_dict(), "model.safetensors")
#include <cmath>
#include <thread>

#include <ctnn/infer.hpp>
#include <ctnn/io/state_dict.hpp>

using namespace ctnn;

using Net = Sequential<Input<1, 4, 4>, Named<"conv1", Conv2d<2, 3>>, Tanh, Flatten,
                       Named<"fc1", Linear<3>>, Softmax>;

/// What PyTorch prints as net((torch.arange(8 * 16) % 37 / 37).reshape(8, 1, 4, 4)).
const Tensor<float, 2> expected{
    {0.831853f, 0.143420f, 0.024727f}, {0.298655f, 0.332086f, 0.369259f},
    {0.926610f, 0.068349f, 0.005042f}, {0.322687f, 0.333219f, 0.344094f},
    {0.516659f, 0.304215f, 0.179125f}, {0.434805f, 0.323905f, 0.241290f},
    {0.294544f, 0.331766f, 0.373690f}, {0.764991f, 0.188541f, 0.046468f}};

int main() try {
  Network<Net> loaded;
  load_state_dict(loaded,
                  "model.safetensors"); // throws unless every name and shape is the network's
  const Network<Net>& net = loaded;     // to be read by any number of threads

  Tensor<float, 4> x({8, 1, 4, 4});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i % 37) / 37;

  Tensor<float, 2> y({8, 3});
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        Workspace<Net> own; // kept by a thread: then predict() on plain memory allocates nothing
        net.predict(1, x.data() + 16 * i, y.data() + 3 * i, own);
      });
  } // waits for all of them

  bool same = y == net.predict(x); // all eight at once, to the bit
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t k = 0; k < 3; ++k) same &= std::abs(y(i, k) - expected(i, k)) < 1e-6f;
    std::printf("%.6f %.6f %.6f\n", y(i, 0), y(i, 1), y(i, 2));
  }
  return same ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "pytorch: error: %s\n", error.what());
  return 1;
}
