// libFuzzer: any bytes as names of classes, and as records, of which each byte of the input makes one.

#include <cstdint>
#include <string>

#include <ctnn/data/cifar10.hpp>

#include "fuzz/require.hpp"

using fuzz::require;
namespace io = ctnn::io;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  fuzz::accepts(ctnn::ErrorCode::bad_data, [&] {
    const auto names = io::parse_cifar10_names(bytes, "f");
    require(names.size() == 10, "there are ten names");
    for (const std::string& name : names) require(!name.empty(), "a name is not empty");
  });

  const std::size_t records = std::min<std::size_t>(size, 64);
  std::string file;
  for (std::size_t i = 0; i < records; ++i)
    file += std::string(io::Cifar10Records::record_bytes, static_cast<char>(data[i]));
  if (size > 64) file.append(data[64] % 4, 'x'); // mostly a broken record at the end
  io::Cifar10Records found{{7}, std::vector<std::uint8_t>(found.image.size())};
  if (!fuzz::accepts(ctnn::ErrorCode::bad_data,
                     [&] { io::parse_cifar10(std::as_bytes(std::span(file)), "f", found); }))
    return 0;
  require(found.labels.size() == records + 1, "each record is one behind what was there");
  require(found.pixels.size() == found.labels.size() * found.image.size(), "each has its pixels");
  for (std::size_t i = 0; i < records; ++i)
    require(found.labels[i + 1] == data[i] && data[i] < 10, "labels are the records' first bytes");
  return 0;
}
