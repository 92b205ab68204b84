#pragma once
/// @file
/// What convolutions share: groups of channels, and the choice of an algorithm.

#include <cstddef>

#include <ctnn/core/layer.hpp>
#include <ctnn/kernels/convolution_algorithm.hpp>
#include <ctnn/layers/options.hpp>

namespace ctnn::detail {

/// group_count is how many groups were asked for on this input.
constexpr std::size_t group_count(groups asked, Shape in) {
  return asked.each_channel ? in.channels() : static_cast<std::size_t>(asked.count);
}

/// groups_error is what keeps channels from being cut into these groups, or nothing.
constexpr Sentence groups_error(groups asked, Shape in, int out_channels) {
  Sentence error;
  if (out_channels < 1) return error << "out_channels must be at least 1, got " << out_channels;
  if (!asked.each_channel && asked.count < 1)
    return error << "groups must be at least 1, got " << asked.count;
  const std::size_t count = group_count(asked, in);
  if (in.channels() % count != 0)
    error << "the " << in.channels() << " input channels are no multiple of " << count << " groups";
  else if (static_cast<std::size_t>(out_channels) % count != 0)
    error << "out_channels " << out_channels << " are no multiple of "
          << (asked.each_channel ? "the " : "") << count
          << (asked.each_channel ? " input channels" : " groups");
  return error;
}

/// algorithm_error is what keeps a convolution from running by the algorithm that was asked for, or
/// nothing.
constexpr Sentence algorithm_error(const kernels::Conv2dGeometry& g,
                                   kernels::ConvolutionAlgorithm asked) {
  Sentence error;
  if (asked == automatic || kernels::can_run(g, asked)) return error;
  write_option(error, asked);
  if (g.dilation_height * g.dilation_width * g.groups != 1)
    return error << " needs dilation 1 and one group, got dilation " << g.dilation_height << 'x'
                 << g.dilation_width << ", groups " << g.groups;
  int most = 7;
  while (most > 1 && !kernels::can_run(g, winograd(most))) --most;
  if (most > 1)
    return error << " needs 2 to " << most << " with a kernel of " << g.kernel_height << 'x'
                 << g.kernel_width << " and stride " << g.stride_height << 'x' << g.stride_width;
  return error << " is for kernels with sides of 2 to 7 whose windows reach the last pixel, got "
               << g.kernel_height << 'x' << g.kernel_width << " with stride " << g.stride_height
               << 'x' << g.stride_width << " on " << g.padded_height() << 'x' << g.padded_width();
}

/// wished is the algorithm that was asked for: a layer's own; otherwise the network's, if the layer can
/// run by that; otherwise automatic.
constexpr kernels::ConvolutionAlgorithm wished(const kernels::Conv2dGeometry& g,
                                               kernels::ConvolutionAlgorithm own,
                                               kernels::ConvolutionAlgorithm of_network) {
  if (own != automatic) return own;
  return of_network != automatic && kernels::can_run(g, of_network) ? of_network : automatic;
}

} // namespace ctnn::detail
