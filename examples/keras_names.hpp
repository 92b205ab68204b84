#pragma once
// Weights that Keras trained. Its layers are called by their kinds, and a number that says which of a kind was made
// first: conv2d, conv2d_1, batch_normalization, …
#include <map>
#include <string>

#include <ctnn/infer.hpp>

/// keras_name is what Keras calls the kind of a layer with parameters, before its number.
template <class Net>
std::string keras_name(const ctnn::detail::Node& layer) {
  if (layer.kind == "Linear") return "dense";
  if (layer.kind == "Conv2d") {
    const ctnn::Shape weight = Net::graph.parameters[layer.first_parameter].shape;
    const bool depthwise = weight[1] == 1 && layer.input_shape.channels() > 1;
    return depthwise ? "depthwise_conv2d" : "conv2d";
  }
  return layer.parameter_tensors > 0 ? "batch_normalization" : "";
}

/// keras_names lets load_state_dict find the tensors of a network whose layers were made in the order in which they
/// stand in Net: `load_state_dict(net, "kws.safetensors", keras_names<Net>())`. The file has PyTorch's layouts: a
/// convolution's weight is {out, in, height, width}, where Keras has {height, width, in, out}.
template <class Net>
ctnn::LoadOptions keras_names() {
  ctnn::LoadOptions options;
  std::map<std::string, int> made;
  for (const auto& layer : Net::nodes) {
    std::string name = keras_name<Net>(layer);
    if (name.empty()) continue;
    if (const int before = made[name]++; before > 0) name += "_" + std::to_string(before);
    options.rename.emplace_back(name + ".", std::string(layer.name.view()) + ".");
  }
  return options;
}
