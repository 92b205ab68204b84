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
struct Pass {
  std::vector<T> y, dx;
  std::vector<std::vector<T>> gradients;

  Pass(const Network<Net, T>& net, const std::vector<double>& x, const std::vector<double>& dy) {
    using Layout = typename Network<Net, T>::Layout;
    constexpr Shape in = Net::input_shape, out = Net::output_shape;
    using Input = kernels::channels_first<T, in.channels(), in.height() * in.width()>;
    using Output = kernels::channels_first<T, out.channels(), out.height() * out.width()>;
    const std::size_t n = x.size() / in.size();
    Workspace<Net, T, plan::Mode::training> workspace;
    REQUIRE(n <= workspace.chunk);

    const std::vector<T> input(x.begin(), x.end()), dy_input(dy.begin(), dy.end());
    net.write_input(n, input.data(), workspace);
    net.forward(n, workspace, {.training = true});
    y.resize(n * out.size());
    net.read_output(n, workspace, y.data());

    std::vector<T> shard(Layout::offsets.gradient_size), block(Layout::parameters.size);
    Output::to_channels_last(n, dy_input.data(), workspace.gradient(Layout::ops));
    net.template backward<true>(n, workspace, shard.data(), {.training = true});
    dx.resize(n * in.size());
    Input::from_channels_last(n, workspace.gradient(0), dx.data());
    net.gather_gradients(shard.data(), block.data());
    for (std::size_t p = 0; p < Network<Net, T>::tensors; ++p) {
      const T* const at = block.data() + Layout::parameters.offset[p];
      gradients.emplace_back(at, at + net.tensor(p).size());
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
  const Pass<T, Net> pass(net, numbers(file["x"]), numbers(file["dy"]));
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
