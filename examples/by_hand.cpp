// The network of src/mnist_net.hpp by hand: each layer, forward and backward, as the loops that its
// formula says, one file to be read from top to bottom. Only the random numbers are ctnn's; started
// from the same weights, on the same images, its losses are ctnn's too, but for rounding.
//
//   g++ -std=c++20 -O3 -march=native -ffp-contract=off -Iinclude examples/by_hand.cpp
//   ./a.out data/mnist            # scripts/fetch-data mnist data/mnist gets the images
//
// Layouts are PyTorch's: images {N, C, H, W}, weights {out, in, 3, 3} and {out, in}; neighbours in
// memory differ in the last index. The gradient of a number is the derivative of the loss by it.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <ctnn/kernels/random.hpp>

using namespace ctnn::kernels; // random_block, uniform01, shuffle, stream
constexpr std::uint64_t seed = 1;

/// Numbers {N, C, H, W}: t(n, c, i, j), and the gradient of each, t.d(n, c, i, j).
struct Tensor {
  size_t N, C = 1, H = 1, W = 1;
  std::vector<float> data = std::vector<float>(N * C * H * W), grad = data;

  size_t at(size_t n, size_t c, size_t i, size_t j) const { return ((n * C + c) * H + i) * W + j; }
  float& operator()(size_t n, size_t c = 0, size_t i = 0, size_t j = 0) {
    return data[at(n, c, i, j)];
  }
  float& d(size_t n, size_t c = 0, size_t i = 0, size_t j = 0) { return grad[at(n, c, i, j)]; }
};

/// A weight or a bias, and how it is learned.
struct Parameter : Tensor {
  std::vector<float> velocity = grad;

  /// Starts as in PyTorch, uniform in +-1/sqrt(fan_in), fan_in being how many products make one
  /// output. The network's p-th parameter has a stream of random numbers of its own.
  Parameter(std::uint32_t p, size_t fan_in, Tensor shape) : Tensor(shape) {
    for (size_t i = 0; i < data.size(); ++i) {
      const auto words = random_block({seed, stream::initialization + p}, i, 0);
      const double u = uniform01<double>(words[0], words[1]);
      data[i] = static_cast<float>((2 * u - 1) * (1 / std::sqrt(static_cast<double>(fan_in))));
    }
  }

  /// SGD: velocity = momentum velocity + gradient; parameter -= lr velocity.
  void step(float lr, float momentum) {
    for (size_t i = 0; i < data.size(); ++i) {
      velocity[i] = momentum * velocity[i] + grad[i];
      data[i] -= lr * velocity[i];
      grad[i] = 0;
    }
  }
};

/// What a convolution or a linear layer learns: for each output a row of weights and a bias.
struct Layer {
  Parameter weight, bias;
  Layer(std::uint32_t p, Tensor shape)
      : weight(p, shape.C * shape.H * shape.W, shape),
        bias(p + 1, shape.C * shape.H * shape.W, {shape.N}) {}
};

/// y[n][o][i][j] = bias[o] + sum over c, k, l of weight[o][c][k][l] x[n][c][i + k][j + l].
/// Backward: dbias[o] = sum over n, i, j of dy[n][o][i][j],
///     dweight[o][c][k][l] = sum over n, i, j of dy[n][o][i][j] x[n][c][i + k][j + l],
///     dx[n][c][i + k][j + l] = sum over o, k, l of dy[n][o][i][j] weight[o][c][k][l].
void conv2d_forward(Tensor& x, Layer& layer, Tensor& y) {
  auto& [weight, bias] = layer;
  for (size_t n = 0; n < y.N; ++n)
    for (size_t o = 0; o < y.C; ++o) {
      std::fill_n(&y(n, o), y.H * y.W, bias(o));
      for (size_t c = 0; c < x.C; ++c)
        for (size_t k = 0; k < 3; ++k)
          for (size_t l = 0; l < 3; ++l)
            for (size_t i = 0; i < y.H; ++i)
              for (size_t j = 0; j < y.W; ++j)
                y(n, o, i, j) += weight(o, c, k, l) * x(n, c, i + k, j + l);
    }
}
void conv2d_backward(Tensor& x, Layer& layer, Tensor& y) {
  auto& [weight, bias] = layer;
  std::fill(x.grad.begin(), x.grad.end(), 0.0f);
  for (size_t n = 0; n < y.N; ++n)
    for (size_t o = 0; o < y.C; ++o) {
      bias.d(o) += std::accumulate(&y.d(n, o), &y.d(n, o) + y.H * y.W, 0.0f);
      for (size_t c = 0; c < x.C; ++c) {
        for (size_t i = 0; i < y.H; ++i)
          for (size_t j = 0; j < y.W; ++j)
            for (size_t k = 0; k < 3; ++k)
              for (size_t l = 0; l < 3; ++l)
                weight.d(o, c, k, l) += y.d(n, o, i, j) * x(n, c, i + k, j + l);
        for (size_t k = 0; k < 3; ++k)
          for (size_t l = 0; l < 3; ++l)
            for (size_t i = 0; i < y.H; ++i)
              for (size_t j = 0; j < y.W; ++j)
                x.d(n, c, i + k, j + l) += y.d(n, o, i, j) * weight(o, c, k, l);
      }
    }
}

/// y[n][o] = bias[o] + sum over i of weight[o][i] x[n][i], i over all of C, H, W, as after Flatten.
/// Backward: dbias[o] = sum over n of dy[n][o], dweight[o][i] = sum over n of dy[n][o] x[n][i],
///     dx[n][i] = sum over o of dy[n][o] weight[o][i].
void linear_forward(Tensor& x, Layer& layer, Tensor& y) {
  auto& [weight, bias] = layer;
  for (size_t n = 0; n < y.N; ++n)
    for (size_t o = 0; o < y.C; ++o)
      y(n, o) = std::inner_product(&weight(o), &weight(o) + weight.C, &x(n), bias(o));
}
void linear_backward(Tensor& x, Layer& layer, Tensor& y) {
  auto& [weight, bias] = layer;
  std::fill(x.grad.begin(), x.grad.end(), 0.0f);
  for (size_t n = 0; n < y.N; ++n)
    for (size_t o = 0; o < y.C; ++o) {
      bias.d(o) += y.d(n, o);
      for (size_t i = 0; i < weight.C; ++i) weight.d(o, i) += y.d(n, o) * (&x(n))[i];
      for (size_t i = 0; i < weight.C; ++i) (&x.d(n))[i] += y.d(n, o) * weight(o, i);
    }
}

/// ReLU, in place: y = max(0, x). Backward: dx = dy where y > 0, and 0 elsewhere.
void relu_forward(Tensor& x) {
  for (float& value : x.data) value = std::max(0.0f, value);
}
void relu_backward(Tensor& x) {
  for (size_t i = 0; i < x.data.size(); ++i)
    if (x.data[i] <= 0) x.grad[i] = 0;
}

/// MaxPool2d by 2: y[n][c][i][j] = max over k, l < 2 of x[n][c][2i + k][2j + l]. Backward: dx = dy
/// for the one that was the largest, of equal ones the first, and 0 for the others.
size_t largest_of_window(Tensor& x, size_t n, size_t c, size_t i, size_t j) {
  size_t largest = x.at(n, c, 2 * i, 2 * j);
  for (const size_t at : {largest + 1, largest + x.W, largest + x.W + 1})
    if (x.data[at] > x.data[largest]) largest = at;
  return largest;
}
void max_pool2d_forward(Tensor& x, Tensor& y) {
  for (size_t n = 0; n < y.N; ++n)
    for (size_t c = 0; c < y.C; ++c)
      for (size_t i = 0; i < y.H; ++i)
        for (size_t j = 0; j < y.W; ++j) y(n, c, i, j) = x.data[largest_of_window(x, n, c, i, j)];
}
void max_pool2d_backward(Tensor& x, Tensor& y) {
  std::fill(x.grad.begin(), x.grad.end(), 0.0f);
  for (size_t n = 0; n < y.N; ++n)
    for (size_t c = 0; c < y.C; ++c)
      for (size_t i = 0; i < y.H; ++i)
        for (size_t j = 0; j < y.W; ++j) x.grad[largest_of_window(x, n, c, i, j)] = y.d(n, c, i, j);
}

/// LogSoftmax, in place: y[k] = x[k] - log(sum over m of exp x[m]), the largest x taken off first
/// for no exp to overflow. Backward: dx[k] = dy[k] - exp(y[k]) (sum over m of dy[m]).
void log_softmax_forward(Tensor& x) {
  for (size_t n = 0; n < x.N; ++n) {
    const float largest = *std::max_element(&x(n), &x(n) + x.C);
    float sum = 0;
    for (size_t k = 0; k < x.C; ++k) sum += std::exp(x(n, k) - largest);
    for (size_t k = 0; k < x.C; ++k) x(n, k) -= largest + std::log(sum);
  }
}
void log_softmax_backward(Tensor& x) {
  for (size_t n = 0; n < x.N; ++n) {
    const float sum = std::accumulate(&x.d(n), &x.d(n) + x.C, 0.0f);
    for (size_t k = 0; k < x.C; ++k) x.d(n, k) -= std::exp(x(n, k)) * sum;
  }
}

/// NLLLoss: -mean over n of y[n][label[n]]. Backward: dy[n][label[n]] = -1/N, and 0 elsewhere.
double nll_loss(Tensor& y, const std::vector<size_t>& label) {
  double sum = 0;
  std::fill(y.grad.begin(), y.grad.end(), 0.0f);
  for (size_t n = 0; n < y.N; ++n) {
    sum -= static_cast<double>(y(n, label[n]));
    y.d(n, label[n]) = -1 / static_cast<float>(y.N);
  }
  return sum / static_cast<double>(y.N);
}

/// The elements of an IDX file, behind the number of its dimensions and each of them.
std::vector<unsigned char> read_idx(const std::string& path, unsigned char dimensions) {
  std::ifstream file(path, std::ios::binary);
  std::vector<unsigned char> bytes(std::istreambuf_iterator<char>(file), {});
  const std::ptrdiff_t header = 4 + 4 * dimensions;
  if (std::ssize(bytes) < header || bytes[3] != dimensions)
    throw std::runtime_error(path + ": expected an IDX file of " + std::to_string(dimensions) +
                             " dimensions, found " + (file.is_open() ? "another" : "none"));
  return {bytes.begin() + header, bytes.end()};
}

int main(int argc, char** argv) try {
  const std::string folder = argc > 1 ? argv[1] : "data/mnist";
  const size_t N = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 64; // images a batch
  const auto images = read_idx(folder + "/train-images-idx3-ubyte", 3);
  const auto labels = read_idx(folder + "/train-labels-idx1-ubyte", 1);
  if (images.size() != labels.size() * 784 || N == 0 || N > labels.size() / 10 ||
      std::ranges::max(labels) > 9)
    throw std::runtime_error(folder + ": expected 10 batches of " + std::to_string(N) +
                             " images of 28x28, with labels from 0 to 9");
  std::vector<std::uint32_t> order(labels.size()); // of the images, in epoch 1
  std::iota(order.begin(), order.end(), 0u);
  shuffle({seed, stream::shuffling}, 1, std::span(order));

  Layer conv1(0, {32, 1, 3, 3}), conv2(2, {64, 32, 3, 3}), conv3(4, {128, 64, 3, 3});
  Layer conv4(6, {256, 128, 3, 3}), fc1(8, {50, 4096}), fc2(10, {10, 50});
  Tensor x{N, 1, 28, 28}, x1{N, 32, 26, 26}, x2{N, 64, 24, 24}, p2{N, 64, 12, 12},
      x3{N, 128, 10, 10}, x4{N, 256, 8, 8}, p4{N, 256, 4, 4}, x5{N, 50}, y{N, 10};

  for (size_t step = 0; step < 10; ++step) {
    std::vector<size_t> label(N);
    for (size_t n = 0; n < N; ++n) {
      const size_t sample = order[step * N + n];
      label[n] = labels[sample];
      for (size_t i = 0; i < 784; ++i) // MNIST's mean and standard deviation
        x.data[n * 784 + i] = (images[sample * 784 + i] / 255.0f - 0.1307f) / 0.3081f;
    }

    conv2d_forward(x, conv1, x1), relu_forward(x1);
    conv2d_forward(x1, conv2, x2), max_pool2d_forward(x2, p2), relu_forward(p2);
    conv2d_forward(p2, conv3, x3), relu_forward(x3);
    conv2d_forward(x3, conv4, x4), max_pool2d_forward(x4, p4), relu_forward(p4);
    linear_forward(p4, fc1, x5), relu_forward(x5);
    linear_forward(x5, fc2, y), log_softmax_forward(y);

    std::printf("step %2zu: loss %.7f\n", step + 1, nll_loss(y, label));

    log_softmax_backward(y), linear_backward(x5, fc2, y);
    relu_backward(x5), linear_backward(p4, fc1, x5);
    relu_backward(p4), max_pool2d_backward(x4, p4), conv2d_backward(x3, conv4, x4);
    relu_backward(x3), conv2d_backward(p2, conv3, x3);
    relu_backward(p2), max_pool2d_backward(x2, p2), conv2d_backward(x1, conv2, x2);
    relu_backward(x1), conv2d_backward(x, conv1, x1);

    for (Layer* layer : {&conv1, &conv2, &conv3, &conv4, &fc1, &fc2})
      for (Parameter* parameter : {&layer->weight, &layer->bias}) parameter->step(0.01f, 0.9f);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "by_hand: error: %s\n", error.what());
  return 1;
}
