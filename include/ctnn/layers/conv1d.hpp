#pragma once

#include <cstddef>

#include <ctnn/layers/conv2d.hpp>

namespace ctnn {

/// Conv1d is cross-correlation of a sequence with `OutChannels` kernels of `Kernel` elements: {C, L}
/// becomes {OutChannels, (L + 2P - D(K - 1) - 1)/S + 1}. torch.nn.Conv1d
///
/// It is a Conv2d of height 1, and its `Options` are the same. What sees only the past has its padding
/// before it: `Conv1d<16, 3, dilation(4), padding(0, 0, 8, 0)>`. The parameters are `weight` {OutChannels,
/// C/G, K} and `bias` {OutChannels}.
template <int OutChannels, int Kernel, auto... Options>
struct Conv1d : Conv2d<OutChannels, Size2d{1, Kernel}, Options...> {
private:
  using base = Conv2d<OutChannels, Size2d{1, Kernel}, Options...>;

public:
  static constexpr StringView kind = "Conv1d";

  static constexpr Sentence describe() {
    Sentence text = "Conv1d<";
    text << OutChannels << ", " << Kernel;
    base::options::describe(text);
    return text << '>';
  }
  static constexpr Sentence check(Shape in) { return base::check_as(kind, in, true); }
};

} // namespace ctnn
