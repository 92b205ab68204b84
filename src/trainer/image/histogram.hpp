#pragma once
// What a count of grey levels tells.

#include <array>
#include <cstddef>
#include <cstdint>

namespace trainer {

using Histogram = std::array<std::uint64_t, 256>;

/// The t for which the classes `<= t` and `> t` differ most; 255 if there is one value only.
/// N. Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9 (1979) 62.
inline std::size_t otsu(const Histogram& histogram) {
  double all = 0, all_sum = 0;
  for (std::size_t v = 0; v < histogram.size(); ++v) {
    all += static_cast<double>(histogram[v]);
    all_sum += static_cast<double>(v * histogram[v]);
  }
  double low = 0, low_sum = 0, best = -1;
  std::size_t threshold = 255;
  for (std::size_t v = 0; v < histogram.size(); ++v) {
    low += static_cast<double>(histogram[v]);
    low_sum += static_cast<double>(v * histogram[v]);
    if (low == 0 || low == all) continue;
    const double difference = low_sum / low - (all_sum - low_sum) / (all - low);
    const double variance = low * (all - low) * difference * difference;
    if (variance > best) best = variance, threshold = v;
  }
  return threshold;
}

/// The value that `share` of those from `first` to `last` do not exceed; `last` if there are none.
inline std::size_t quantile(const Histogram& histogram, double share, std::size_t first = 0,
                            std::size_t last = 255) {
  std::uint64_t all = 0, seen = 0;
  for (std::size_t v = first; v <= last; ++v) all += histogram[v];
  for (std::size_t v = first; v <= last; ++v) {
    seen += histogram[v];
    if (all > 0 && static_cast<double>(seen) >= share * static_cast<double>(all)) return v;
  }
  return last;
}

/// The value that half of those `<= last` do not exceed.
inline std::size_t median(const Histogram& histogram, std::size_t last = 255) {
  return quantile(histogram, 0.5, 0, last);
}

} // namespace trainer
