#pragma once
// A user's own layer, as the README shows it.

#include <ctnn/core.hpp>

/// y = gain * x, one gain for each channel.
struct ChannelGain {
  static constexpr ctnn::Shape output_shape(ctnn::Shape in) { return in; }

  static constexpr auto parameters(ctnn::Shape in) {
    return std::array{ctnn::Parameter{"gain", {in.channels()}, ctnn::constant(1)}};
  }

  static void forward(const auto& c) {
    const auto [gain] = c.parameters;
    for (std::size_t i = 0; i < c.y.size(); ++i) c.y[i] = gain[i % gain.size()] * c.x[i];
  }

  static void backward(const auto& c) {
    const auto [gain] = c.parameters;
    const auto [dgain] = c.gradients;
    for (std::size_t i = 0; i < c.dy.size(); ++i) {
      c.dx[i] = gain[i % gain.size()] * c.dy[i];
      dgain[i % gain.size()] += c.x[i] * c.dy[i];
    }
  }
};
