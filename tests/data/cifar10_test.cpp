// CIFAR-10's binary version: what its folder is read to, and each mistake in one line.
#include <string>
#include <vector>

#include <ctnn/data/cifar10.hpp>
#include <ctnn/data/transforms.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace ctnn;

namespace {

constexpr std::size_t record = 3073;
const std::string names =
    "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";

/// Byte `at` of an image, never the same in a row.
char pixel(std::size_t image, std::size_t at) {
  return static_cast<char>(image * 31 + at * 7 + at / 1024);
}

/// Records of the labels `first`, `first` + 1, …
std::string records(std::size_t count, std::size_t first = 0) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes += static_cast<char>((first + i) % 10);
    for (std::size_t at = 0; at < 3072; ++at) bytes += pixel(first + i, at);
  }
  return bytes;
}

/// A whole folder, with three images a batch.
struct Folder {
  test::temporary_folder folder;

  Folder() {
    for (std::size_t batch = 0; batch < 5; ++batch)
      write("data_batch_" + std::to_string(batch + 1) + ".bin", records(3, 3 * batch));
    write("test_batch.bin", records(2, 7));
    write("batches.meta.txt", names);
  }
  void write(const std::string& name, const std::string& bytes) const {
    test::write(folder / name, bytes);
  }
  LabelledImages load(Split split) const { return load_cifar10(folder.path(), split); }

  /// What is said of a split, behind the folder's name.
  std::string refusal(Split split) const {
    const auto error = test::error_of([&] { load(split); });
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.is_one_line());
    REQUIRE(error.message.starts_with(folder.path().native() + "/"));
    return error.message.substr(folder.path().native().size() + 1);
  }
};

} // namespace

TEST_CASE("both splits are read, batch by batch, with the names of the classes") {
  const Folder folder;
  const LabelledImages train = folder.load(Split::train), held_out = folder.load(Split::test);
  REQUIRE(train.size() == 15);
  REQUIRE(held_out.size() == 2);
  CHECK(train.sample_shape() == Shape{3, 32, 32});
  CHECK(train.classes().size() == 10);
  CHECK(train.classes()[3] == "cat");
  for (std::size_t i = 0; i < 15; ++i) {
    CHECK(train.label(i) == i % 10);
    REQUIRE(train.pixels(i).size() == 3072);
    CHECK(train.pixels(i)[2000] == static_cast<std::uint8_t>(pixel(i, 2000)));
  }
  CHECK(held_out.label(1) == 8);
  std::vector<double> x(3072);
  held_out.read(1, x.data());
  for (std::size_t at = 0; at < x.size(); ++at)
    CHECK(x[at] == static_cast<double>(static_cast<float>(held_out.pixels(1)[at]) / 255.0f));
}

TEST_CASE("images are seen through a pipeline") {
  using namespace ctnn::transforms;
  using Pipeline = Compose<Input<3, 32, 32>, CenterCrop<8>, ToTensor>;
  const Folder folder;
  const LabelledImages images = folder.load(Split::train);
  const Transformed<Pipeline, LabelledImages> seen(images);
  std::vector<float> x(3 * 8 * 8);
  seen.read(14, x.data());
  CHECK(x[64] == to_tensor(images.pixels(14)[1024 + 12 * 32 + 12]));
  CHECK(seen.label(14) == 4);
}

TEST_CASE("a batch that is malformed is told with what was found") {
  const std::string sound = records(2);
  const auto with = [](const std::string& bytes) {
    const Folder folder;
    folder.write("data_batch_4.bin", bytes);
    CHECK(folder.load(Split::test).size() == 2);
    return folder.refusal(Split::train);
  };
  const std::string expected = " bytes, expected records of 3073 bytes, a label and 3x32x32 pixels";
  CHECK(with("") == "data_batch_4.bin: 0" + expected);
  CHECK(with(sound.substr(1)) == "data_batch_4.bin: 6145" + expected);
  CHECK(with(sound + "\n") == "data_batch_4.bin: 6147" + expected);
  std::string labels = sound;
  labels[record] = 10;
  CHECK(with(labels) == "data_batch_4.bin: label 10 of record 1 (byte 3073), expected 0 to 9");
  labels[0] = '\xff';
  CHECK(with(labels) == "data_batch_4.bin: label 255 of record 0 (byte 0), expected 0 to 9");
}

TEST_CASE("what is missing is named, and what would do") {
  const std::string missing =
      ": no such file, expected CIFAR-10's binary version, data_batch_1.bin "
      "to data_batch_5.bin, test_batch.bin and batches.meta.txt";
  for (const std::string name :
       {"data_batch_1.bin", "data_batch_5.bin", "test_batch.bin", "batches.meta.txt"}) {
    const Folder folder;
    std::filesystem::remove(folder.folder / name);
    CHECK(folder.refusal(name == "test_batch.bin" ? Split::test : Split::train) == name + missing);
  }
  const Folder folder;
  std::filesystem::remove(folder.folder / "test_batch.bin");
  std::filesystem::create_directory(folder.folder / "test_batch.bin");
  CHECK(folder.refusal(Split::test) ==
        "test_batch.bin: cannot read: expected a regular file, found a directory");
}

TEST_CASE("there are ten names of classes") {
  const Folder folder;
  folder.write("batches.meta.txt", "a\r\nb c\n\nd");
  CHECK(folder.refusal(Split::train) ==
        "batches.meta.txt: 3 names of classes, one a line, expected 10");
  folder.write("batches.meta.txt", "0\r\n1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\nthe last");
  CHECK(folder.load(Split::test).classes()[8] == "8");
  CHECK(folder.load(Split::test).classes()[9] == "the last");
}

TEST_CASE("images that do not fit their shape or classes are a bad argument") {
  const auto refusal = [](std::size_t bytes, std::vector<std::uint32_t> labels) {
    const auto error = test::error_of([&] {
      LabelledImages({3, 2, 1}, std::vector<std::uint8_t>(bytes), std::move(labels), {"a", "b"});
    });
    CHECK((error.message.empty() || error.code == ErrorCode::bad_argument));
    return error.message;
  };
  CHECK(refusal(12, {0, 1}).empty());
  CHECK(refusal(11, {0, 1}) == "LabelledImages: 11 bytes for 2 labels, expected 3x2x1 for each");
  CHECK(refusal(12, {0, 2}) == "LabelledImages: label 2 of image 1, but 2 names of classes");
}
