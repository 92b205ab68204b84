#pragma once
// describe<Net>("name"): a network as JSON, for bench/rivals/pytorch_speed.py to build the same.

#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <ctnn/ctnn.hpp>

namespace ctnn::bench {

namespace detail {

/// What a layer was written with that its node does not tell, as arguments of PyTorch's constructor.
template <class L>
struct Arguments {
  static void add(nlohmann::json&) {}
};
template <int Groups, auto... Options>
struct Arguments<GroupNorm<Groups, Options...>> {
  static void add(nlohmann::json& layer) {
    constexpr auto rule =
        ctnn::detail::group_norm_rule<Groups, ctnn::detail::group_norm_options<Options...>>;
    layer["num_groups"] = Groups;
    layer["eps"] = rule.eps;
    layer["affine"] = rule.weight;
  }
};
template <Size2d Output>
struct Arguments<AdaptiveAvgPool2d<Output>> {
  static void add(nlohmann::json& layer) { layer["output_size"] = {Output.height, Output.width}; }
};
template <Size2d K, auto... Options>
struct Arguments<MaxPool2d<K, Options...>> {
  static void add(nlohmann::json& layer) {
    layer["ceil_mode"] = MaxPool2d<K, Options...>::window.ceil_mode;
  }
};
template <Size2d K, auto... Options>
struct Arguments<AvgPool2d<K, Options...>> {
  static void add(nlohmann::json& layer) {
    using Pool = AvgPool2d<K, Options...>;
    layer["ceil_mode"] = Pool::window.ceil_mode;
    layer["count_include_pad"] = Pool::geometry({1, K.height, K.width}).count_include_pad;
  }
};
template <int Factor>
struct Arguments<PixelShuffle<Factor>> {
  static void add(nlohmann::json& layer) { layer["upscale_factor"] = Factor; }
};
template <Size2d Scale, auto... Options>
struct Arguments<Upsample<Scale, Options...>> {
  static void add(nlohmann::json& layer) {
    using L = Upsample<Scale, Options...>;
    layer["scale_factor"] = {Scale.height, Scale.width};
    layer["mode"] = L::bilinear ? "bilinear" : "nearest";
    if (L::bilinear) layer["align_corners"] = L::geometry({1, 1, 1}).align_corners;
  }
};
template <int... Sides>
struct Arguments<ZeroPad2d<Sides...>> {
  static void add(nlohmann::json& layer) {
    const auto g = ZeroPad2d<Sides...>::geometry({1, 1, 1});
    layer["padding"] = {g.left, g.right, g.top, g.bottom};
  }
};

template <auto P>
struct Arguments<Dropout<P>> {
  static void add(nlohmann::json& layer) { layer["p"] = P; }
};

/// Where a window goes. Padding that differs from side to side is no argument of PyTorch's: it is apart, in
/// the order of torch.nn.functional.pad, last axis first.
inline void add_window(nlohmann::json& layer, const ctnn::detail::SlidingWindow& window, Shape in) {
  const auto axes = [in](auto height, auto width) {
    return in.rank == 2 ? nlohmann::json::array({width}) : nlohmann::json::array({height, width});
  };
  const auto pad = window.geometry(in); // of a convolution's, as of a pooling's
  layer["kernel_size"] = axes(window.kernel.height, window.kernel.width);
  layer["stride"] = axes(window.stride.height, window.stride.width);
  if (window.dilation != 1) layer["dilation"] = axes(window.dilation.height, window.dilation.width);
  if (pad.padding_top == pad.padding_bottom && pad.padding_left == pad.padding_right)
    layer["padding"] = axes(pad.padding_top, pad.padding_left);
  else if (in.rank == 2)
    layer["sides"] = {pad.padding_left, pad.padding_right};
  else
    layer["sides"] = {pad.padding_left, pad.padding_right, pad.padding_top, pad.padding_bottom};
}

template <class L>
nlohmann::json describe_layer(const ctnn::detail::Node& node) {
  nlohmann::json layer;
  if constexpr (requires { L::window; }) add_window(layer, L::window, node.input_shape);
  if constexpr (requires { L::geometry(node.input_shape).groups; }) { // convolutions
    layer["in_channels"] = node.input_shape.channels();
    layer["out_channels"] = node.output_shape.channels();
    layer["groups"] = L::geometry(node.input_shape).groups;
    layer["bias"] = node.parameter_tensors > 1;
  } else if (node.kind == "Linear") {
    layer["in_features"] = node.input_shape.size();
    layer["out_features"] = node.output_shape.size();
    layer["bias"] = node.parameter_tensors > 1;
  } else if (node.kind == "LogSoftmax") {
    layer["dim"] = 1;
  } else if (node.kind == "GroupNorm") {
    layer["num_channels"] = node.input_shape.channels();
  } else if constexpr (requires { L::is_affine; }) { // batch norms
    layer["num_features"] = node.input_shape.channels();
    layer["eps"] = L::epsilon;
    layer["affine"] = L::is_affine;
  }
  Arguments<L>::add(layer);
  return layer;
}

} // namespace detail

/// `{"name": …, "input": [3, 32, 32], "layers": [{"kind": "Conv2d", "name": "0", "takes": [0], "makes": 1,
/// "in_channels": 3, …}, …]}`: nodes in the order in which they run, but for forks. A layer takes values by
/// their numbers, of which the network's input is 0, and makes one; the last makes the output. What a fork
/// makes has the number of what it takes. A layer may be "frozen", may have padded "sides", and else has the
/// arguments of PyTorch's constructor of its kind; a join, "Sum" or "Product", has none.
template <class Net>
nlohmann::json describe(const std::string& name) {
  constexpr const auto& graph = Net::graph;
  nlohmann::json layers = nlohmann::json::array(), input = nlohmann::json::array();
  std::vector<std::size_t> number(graph.values.size());
  std::iota(number.begin(), number.end(), std::size_t{0});
  ctnn::detail::for_each_index<Net::node_count>([&](auto i) {
    constexpr const ctnn::detail::Node& node = graph.nodes[i];
    if constexpr (node.is_fork()) {
      for (std::size_t k = 0; k < node.outputs; ++k)
        number[graph.output_of(i, k)] = number[graph.input_of(i)];
    } else {
      nlohmann::json layer;
      if constexpr (node.is_layer())
        layer = detail::describe_layer<typename plan::Program<Net, float>::template leaf<i>>(node);
      layer["kind"] = std::string_view(node.kind);
      layer["name"] = std::string_view(node.name.view());
      if (node.frozen) layer["frozen"] = true;
      for (std::size_t k = 0; k < node.inputs; ++k)
        layer["takes"].push_back(number[graph.input_of(i, k)]);
      layer["makes"] = graph.output_of(i);
      layers.push_back(layer);
    }
  });
  for (std::size_t axis = 0; axis < Net::input_shape.rank; ++axis)
    input.push_back(Net::input_shape[axis]);
  return {{"name", name}, {"input", input}, {"layers", layers}};
}

} // namespace ctnn::bench
