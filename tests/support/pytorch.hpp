#pragma once
// A layer against the numbers that PyTorch computed for it (tests/reference/layers).

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include <ctnn/train.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

namespace ctnn::test {

/// The largest difference, in units of 1 + |expected|.
template <class T>
double largest_error(const std::vector<T>& got, const std::vector<double>& expected) {
  if (got.size() != expected.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error =
        std::abs(static_cast<double>(got[i]) - expected[i]) / (1 + std::abs(expected[i]));
    if (!(error <= largest)) largest = error; // NaN is an error too
  }
  return largest;
}

/// A batch through the layers and back, everything in PyTorch's order.
template <class T, class Net>
struct ThereAndBack {
  std::vector<T> y, dx;
  std::vector<std::vector<T>> gradients;

  ThereAndBack(const Network<Net, T>& net, const std::vector<double>& x,
               const std::vector<double>& dy) {
    using Program = typename Network<Net, T>::Program;
    using Pass = detail::Pass<Program>;
    constexpr Shape in = Net::input_shape, out = Net::output_shape;
    const std::size_t n = x.size() / in.size();
    Workspace<Net, T, plan::Mode::input_gradient> workspace;
    REQUIRE(n <= workspace.chunk);

    const std::vector<T> input(x.begin(), x.end()), dy_input(dy.begin(), dy.end());
    const detail::Chunk chunk{.samples = n, .training = true};
    Pass::write_input(n, input.data(), workspace);
    Pass::forward(chunk, net.weights(), workspace);
    y.resize(n * out.size());
    Pass::read_output(n, workspace, y.data());

    std::vector<T> shard(Program::offsets.gradient_size), block(Program::parameters.size);
    detail::to_inner_order<out>(n, dy_input.data(), workspace.gradient(Program::output));
    Pass::backward(chunk, net.weights(), workspace, shard.data());
    dx.resize(n * in.size());
    detail::from_inner_order<in>(n, workspace.gradient(Program::input), dx.data());
    Pass::gather(net.weights(), shard.data(), block.data());
    for (std::size_t p = 0; p < Network<Net, T>::tensors; ++p) {
      const auto tensor = Pass::tensor(block.data(), p);
      gradients.emplace_back(tensor.begin(), tensor.end());
    }
  }
};

/// Gives a network the parameters of a reference file, by name; `prefix` is put before each.
template <class Net, class T>
void set_parameters(Network<Net, T>& net, const nlohmann::json& parameters,
                    const std::string& prefix = "") {
  REQUIRE(parameters.size() == net.tensors);
  net.modify([&](auto& tensors) {
    for (std::size_t p = 0; p < tensors.size(); ++p) {
      const auto values = numbers(parameters[p]["data"]);
      REQUIRE(Net::graph.parameters[p].name.view() ==
              prefix + parameters[p]["name"].template get<std::string>());
      REQUIRE(values.size() == tensors[p].size());
      for (std::size_t i = 0; i < values.size(); ++i) tensors[p][i] = static_cast<T>(values[i]);
    }
  });
}

template <class T, class In, class L>
void agrees_with_pytorch_in(const std::string& name, double tolerance) {
  using Net = Sequential<In, L>;
  const auto file = reference("layers/" + name + ".json");
  INFO(name << (sizeof(T) == 4 ? " in float" : " in double"));
  Network<Net, T> net;
  set_parameters(net, file["parameters"], "0.");
  const ThereAndBack<T, Net> pass(net, numbers(file["x"]), numbers(file["dy"]));
  CHECK(largest_error(pass.y, numbers(file["y"])) <= tolerance);
  CHECK(largest_error(pass.dx, numbers(file["dx"])) <= tolerance);
  for (std::size_t p = 0; p < pass.gradients.size(); ++p)
    CHECK(largest_error(pass.gradients[p], numbers(file["gradients"][p]["data"])) <= tolerance);
}

/// Forward, dX and parameter gradients in the types Ts, float and double if there are none. The
/// files have ten digits.
template <class In, class L, class... Ts>
void agrees_with_pytorch(const std::string& name) {
  if constexpr (sizeof...(Ts) == 0)
    agrees_with_pytorch<In, L, float, double>(name);
  else
    (agrees_with_pytorch_in<Ts, In, L>(name, sizeof(Ts) == 4 ? 2e-6 : 2e-9), ...);
}

} // namespace ctnn::test
