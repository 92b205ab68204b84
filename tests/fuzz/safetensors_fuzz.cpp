// libFuzzer: any bytes as a safetensors file. The tensors of what parses cover its data once, and
// are written again and must parse equal.

#include <algorithm>
#include <cstring>
#include <random>

#include <ctnn/io/safetensors.hpp>

#include "fuzz/require.hpp"

using fuzz::require;
namespace io = ctnn::io;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using bytes = std::vector<std::byte>;

std::vector<io::TensorBytes> by_name(std::vector<io::TensorBytes> tensors) {
  std::ranges::sort(tensors, {}, &io::TensorBytes::name);
  return tensors;
}

bool equal(const io::TensorBytes& a, const io::TensorBytes& b) {
  return a.name == b.name && a.dtype == b.dtype && a.shape == b.shape &&
         std::ranges::equal(a.data, b.data);
}

// A file taken apart, for mutations that keep the length right --------------------------------------

struct parts {
  std::string header;
  bytes data;
};

parts take_apart(std::span<const std::byte> file) {
  constexpr std::size_t start = sizeof(std::uint64_t);
  if (file.size() < start) return {};
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), start);
  const auto rest = file.subspan(start);
  const std::size_t size = std::min<std::uint64_t>(length, rest.size());
  const auto data = rest.subspan(size);
  return {std::string(reinterpret_cast<const char*>(rest.data()), size),
          {data.begin(), data.end()}};
}

bytes put_together(const parts& file) {
  const std::uint64_t length = file.header.size();
  const auto size = std::as_bytes(std::span(&length, 1));
  const auto header = std::as_bytes(std::span(file.header));
  bytes all(size.begin(), size.end());
  all.insert(all.end(), header.begin(), header.end());
  all.insert(all.end(), file.data.begin(), file.data.end());
  return all;
}

/// libFuzzer's own mutation of a part.
template <class Part>
void mutate(Part& part, std::size_t max_size) {
  const std::size_t size = part.size();
  part.resize(std::max(size, max_size));
  part.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(part.data()), size, part.size()));
}

/// As many bytes of data as the header speaks of, if it can be read and that is not too many.
void fit_data(parts& file, std::size_t max_size) {
  io::detail::safetensors_header header;
  if (!nlohmann::json::sax_parse(file.header, &header)) return;
  std::uint64_t end = 0;
  for (const auto& tensor : header.tensors) end = std::max(end, tensor.end);
  if (end <= max_size) file.data.resize(end);
}

/// A file that is right: up to four tensors of any dtypes and small shapes.
bytes random_file(std::minstd_rand& random) {
  static const bytes zeros(4096);
  std::vector<io::TensorBytes> tensors;
  for (auto left = random() % 5; left > 0; --left) {
    const auto& [dtype, bits] = io::detail::dtypes[random() % io::detail::dtypes.size()];
    io::TensorBytes tensor{std::string(left, 'a'), std::string(dtype), {}, {}};
    std::uint64_t size = bits;
    for (auto rank = random() % 4; rank > 0; --rank) {
      tensor.shape.push_back(random() % 4);
      size *= tensor.shape.back();
    }
    if (size % 8 != 0) continue;
    tensor.data = std::span(zeros).first(size / 8);
    tensors.push_back(std::move(tensor));
  }
  std::map<std::string, std::string> metadata;
  if (random() % 2 == 0) metadata = {{"format", "pt"}, {"key", "\u00e9\n"}};
  return io::write_safetensors(std::move(tensors), metadata);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  io::SafetensorsFile file;
  if (!fuzz::accepts(ctnn::ErrorCode::bad_checkpoint,
                     [&] { file = io::parse_safetensors(input, "f"); }))
    return 0;
  std::uint64_t header = 0;
  std::memcpy(&header, data, sizeof header);
  const std::byte* next = input.data() + sizeof header + header;
  for (const io::TensorBytes& tensor : file.tensors) {
    require(tensor.data.data() == next, "each tensor begins where the one before it ends");
    next += tensor.data.size();
  }
  require(next == input.data() + input.size(), "the tensors are all that follows the header");
  const bytes written = io::write_safetensors(file.tensors, file.metadata);
  const io::SafetensorsFile again = io::parse_safetensors(written, "f");
  require(again.metadata == file.metadata, "metadata are written as they were read");
  require(std::ranges::equal(by_name(again.tensors), by_name(file.tensors), equal),
          "tensors are written as they were read");
  require(io::write_safetensors(by_name(again.tensors), again.metadata) == written,
          "what is written does not depend on the order of the data");
  return 0;
}

/// Mutates the header or the data and keeps the length field right; sometimes all bytes alike.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  std::minstd_rand random(seed);
  random.discard(2); // the first values of near seeds are alike
  const unsigned kind = random() % 16;
  if (kind == 0) return LLVMFuzzerMutate(data, size, max_size);

  parts file = take_apart(kind == 1 || size <= 8 ? std::span<const std::byte>(random_file(random))
                                                 : std::as_bytes(std::span(data, size)));
  if (kind == 2)
    mutate(file.data, max_size / 2);
  else if (kind > 2)
    mutate(file.header, max_size / 2);
  if (kind > 4) fit_data(file, max_size / 2);
  const bytes mutated = put_together(file);
  size = std::min(mutated.size(), max_size);
  std::memcpy(data, mutated.data(), size);
  return size;
}
