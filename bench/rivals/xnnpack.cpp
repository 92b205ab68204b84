// The seed network as a graph of XNNPACK's: see xnnpack.hpp.

#include "xnnpack.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include <fmt/format.h>
#include <xnnpack.h>

namespace ctnn::bench {
namespace {

class XnnpackNetwork : public RivalNetwork {
public:
  XnnpackNetwork(const Network<Net>& net, std::size_t images, const float* x)
      : images_(images), x_(x, x + images * Net::input_shape.size()),
        y_(images * Net::output_shape.size()) {
    x_.resize(x_.size() + XNN_EXTRA_BYTES / sizeof(float)); // it reads past the end
    constexpr std::size_t in = 0, out = Net::node_count;    // the numbers of the graph's values
    expect(xnn_initialize(nullptr));
    expect(xnn_create_subgraph(out + 1, 0, &graph_));
    define(in, dims_of(Net::input_shape), XNN_VALUE_FLAG_EXTERNAL_INPUT);
    ctnn::detail::for_each_index<Net::node_count>([&](auto i) { add<i>(net); });
    expect(xnn_create_runtime_v2(graph_, nullptr, 0, &runtime_));
    const xnn_external_value values[]{{in, x_.data()}, {value_, y_.data()}};
    if (error.empty()) expect(xnn_setup_runtime(runtime_, 2, values));
    weights_.clear(); // they are packed now
  }
  ~XnnpackNetwork() override {
    xnn_delete_runtime(runtime_);
    xnn_delete_subgraph(graph_);
  }
  XnnpackNetwork(const XnnpackNetwork&) = delete;
  XnnpackNetwork& operator=(const XnnpackNetwork&) = delete;

  void run() override { xnn_invoke_runtime(runtime_); }
  std::span<const float> output() const override { return y_; }

private:
  using Dims = std::vector<std::size_t>;

  void expect(xnn_status status) {
    if (status != xnn_status_success && error.empty())
      error = fmt::format("XNNPACK: status {}", static_cast<int>(status));
  }

  Dims dims_of(Shape s) const {
    if (s.rank == 1) return {images_, s.size()};
    return {images_, s.height(), s.width(), s.channels()};
  }

  void define(std::uint32_t id, const Dims& dims, std::uint32_t flags) {
    std::uint32_t same;
    expect(xnn_define_tensor_value(graph_, xnn_datatype_fp32, dims.size(), dims.data(), nullptr, id,
                                   flags, &same));
  }
  std::uint32_t define_weights(const Dims& dims, std::vector<float> values) {
    weights_.push_back(std::move(values));
    std::uint32_t id = 0;
    expect(xnn_define_tensor_value(graph_, xnn_datatype_fp32, dims.size(), dims.data(),
                                   weights_.back().data(), XNN_INVALID_VALUE_ID, 0, &id));
    return id;
  }

  /// {outer, channels, pixels} to {outer, pixels, channels}: Conv2d's weights, and those of a
  /// Linear behind a Flatten.
  static std::vector<float> channels_last(std::span<const float> values, std::size_t channels,
                                          std::size_t pixels) {
    std::vector<float> to(values.size());
    for (std::size_t i = 0; i < to.size(); ++i) {
      const std::size_t outer = i / (channels * pixels), channel = i / pixels % channels;
      to[(outer * pixels + i % pixels) * channels + channel] = values[i];
    }
    return to;
  }

  /// One node of ours. A ReLU becomes bounds of the node before it, Flatten only decides how the
  /// weights behind it lie, and LogSoftmax is left out.
  template <std::size_t I>
  void add(const Network<Net>& net) {
    using L = typename plan::Program<Net, float>::template leaf<I>;
    constexpr const ctnn::detail::Node& node = Net::graph.nodes[I];
    constexpr bool relu = I + 1 < Net::node_count && Net::graph.nodes[I + 1].kind == "ReLU";
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float low = relu ? 0 : -infinity;
    if constexpr (node.kind == "ReLU" || node.kind == "Flatten" || node.kind == "LogSoftmax") {
      return;
    } else {
      constexpr bool last = node.output_shape == Net::output_shape;
      define(I + 1, dims_of(node.output_shape), last ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT : 0u);
      if constexpr (node.kind == "Conv2d") {
        constexpr auto g = L::geometry(node.input_shape);
        const auto weight =
            define_weights({g.out_channels, g.kernel_height, g.kernel_width, g.in_channels},
                           channels_last(net.tensor(node.first_parameter), g.in_channels,
                                         g.kernel_height * g.kernel_width));
        expect(xnn_define_convolution_2d(
            graph_, g.padding_top, g.padding_right, g.padding_bottom, g.padding_left,
            g.kernel_height, g.kernel_width, g.stride_height, g.stride_width, 1, 1, 1,
            g.in_channels, g.out_channels, low, infinity, value_, weight, bias<I>(net), I + 1, 0));
      } else if constexpr (node.kind == "MaxPool2d") {
        constexpr auto g = L::window.geometry(node.input_shape);
        expect(xnn_define_max_pooling_2d(graph_, g.padding_top, g.padding_right, g.padding_bottom,
                                         g.padding_left, g.kernel_height, g.kernel_width,
                                         g.stride_height, g.stride_width, 1, 1, low, infinity,
                                         value_, I + 1, 0));
      } else {
        static_assert(node.kind == "Linear", "say how XNNPACK does this layer");
        constexpr bool flattened = I > 0 && Net::graph.nodes[I - 1].kind == "Flatten";
        constexpr Shape from = flattened ? Net::graph.nodes[I - 1].input_shape : node.input_shape;
        const auto weight =
            define_weights({node.output_shape.size(), node.input_shape.size()},
                           channels_last(net.tensor(node.first_parameter), from.channels(),
                                         from.height() * from.width()));
        expect(xnn_define_fully_connected(graph_, low, infinity, value_, weight, bias<I>(net),
                                          I + 1, XNN_FLAG_TENSORFLOW_RESHAPE_2D));
      }
      value_ = I + 1;
    }
  }

  template <std::size_t I>
  std::uint32_t bias(const Network<Net>& net) {
    const auto values = net.tensor(Net::graph.nodes[I].first_parameter + 1);
    return define_weights({values.size()}, {values.begin(), values.end()});
  }

  std::size_t images_;
  std::vector<float> x_, y_;
  std::vector<std::vector<float>> weights_;
  std::uint32_t value_ = 0; ///< the latest
  xnn_subgraph_t graph_ = nullptr;
  xnn_runtime_t runtime_ = nullptr;
};

} // namespace

std::unique_ptr<RivalNetwork> xnnpack(const Network<Net>& net, std::size_t images, const float* x) {
  return std::make_unique<XnnpackNetwork>(net, images, x);
}

} // namespace ctnn::bench
