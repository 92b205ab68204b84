// Reading only what is safe to read; writing the whole file or nothing.

#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>

#include <ctnn/io/file.hpp>

#include "io/files.hpp"
#include "support/catch.hpp"

using ctnn::ErrorCode;
using test::temporary_folder;
using test::to_bytes;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

} // namespace

TEST_CASE("read_file returns all bytes of a regular file") {
  const temporary_folder folder;
  for (const std::string& text :
       {std::string(), std::string("a\0b\n", 4), std::string(70000, 'x')}) {
    test::write(folder / "file", text);
    CHECK(ctnn::io::read_file(folder / "file", 70000, ErrorCode::bad_data) == to_bytes(text));
  }
}

TEST_CASE("read_file refuses what is not a readable regular file without hanging") {
  const temporary_folder folder;
  fs::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("loop", folder / "loop");
  test::write(folder / "large", "12345");

  const struct {
    fs::path path;
    const char* says;
  } rows[] = {
      {folder / "missing", "missing: cannot read: No such file or directory"},
      {folder / "folder", "expected a regular file, found a directory"},
      {folder / "pipe", "expected a regular file, found a pipe"},
      {"/dev/zero", "expected a regular file, found a device"},
      {folder / "loop", "Too many levels of symbolic links"},
      {folder / "large", "too large: 5 bytes, expected at most 4"},
      {folder / "large" / "x", "Not a directory"},
      {"", "No such file or directory"},
      {folder / "two\nlines\x1b[31m", "two\\x0alines\\x1b[31m: cannot read"},
  };
  for (const auto& row : rows) {
    const auto error =
        test::error_of([&] { ctnn::io::read_file(row.path, 4, ErrorCode::bad_data); });
    INFO(error.message);
    CHECK(error.code == ErrorCode::bad_data);
    CHECK(error.says(row.says));
    CHECK(error.is_one_line());
  }
}

TEST_CASE("write_file_atomically creates and replaces") {
  const temporary_folder folder;
  const fs::path path = folder / "file";
  for (const std::string& text : {std::string("new"), std::string(100000, 'x'), std::string()}) {
    ctnn::io::write_file_atomically(path, to_bytes(text));
    CHECK(test::read(path) == text);
    CHECK(folder.list() == std::vector<std::string>{"file"});
  }
}

TEST_CASE("write_file_atomically works with a bare file name") {
  const temporary_folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  ctnn::io::write_file_atomically("bare", to_bytes("x"));
  fs::current_path(before);
  CHECK(test::read(folder / "bare") == "x");
}

TEST_CASE("a new file gets the permissions of the umask and an old one keeps its own") {
  const temporary_folder folder;
  const mode_t before = ::umask(027);
  ctnn::io::write_file_atomically(folder / "new", to_bytes("x"));
  ::umask(before);
  CHECK(mode_of(folder / "new") == 0640);

  test::write(folder / "old", "old");
  fs::permissions(folder / "old", fs::perms(0604));
  ctnn::io::write_file_atomically(folder / "old", to_bytes("x"));
  CHECK(mode_of(folder / "old") == 0604);
}

TEST_CASE("a symbolic link stays a link and its target is written") {
  const temporary_folder folder;
  fs::create_directory(folder / "run");
  test::write(folder / "run" / "old", "old");
  fs::create_symlink("run/old", folder / "relative");
  fs::create_symlink(folder / "relative", folder / "absolute");
  fs::create_symlink("run/none", folder / "dangling");

  ctnn::io::write_file_atomically(folder / "absolute", to_bytes("new"));
  ctnn::io::write_file_atomically(folder / "dangling", to_bytes("made"));
  CHECK(fs::is_symlink(folder / "absolute"));
  CHECK(fs::is_symlink(folder / "relative"));
  CHECK(fs::is_symlink(folder / "dangling"));
  CHECK(test::read(folder / "run" / "old") == "new");
  CHECK(test::read(folder / "run" / "none") == "made");
}

TEST_CASE("a write that cannot succeed says why and leaves no litter") {
  const temporary_folder folder;
  fs::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("loop", folder / "loop");
  fs::create_symlink("/dev/null", folder / "null");
  test::write(folder / "file", "old");
  const auto before = folder.list();

  const struct {
    fs::path path;
    const char* says;
  } rows[] = {
      {folder / "missing" / "x", "x: cannot write: No such file or directory"},
      {folder / "file" / "x", "Not a directory"},
      {folder / "folder", "expected a regular file, found a directory"},
      {folder / "folder" / "", "Is a directory"},
      {folder / "pipe", "expected a regular file, found a pipe"},
      {folder / "null", "expected a regular file, found a device"},
      {folder / "loop", "Too many levels of symbolic links"},
      {folder / std::string(256, 'n'), "File name too long"},
      {folder / std::string(250, 'n'), "File name too long"}, // with the temporary suffix
      {"", "No such file or directory"},
  };
  for (const auto& row : rows) {
    const auto error =
        test::error_of([&] { ctnn::io::write_file_atomically(row.path, to_bytes("x")); });
    INFO(error.message);
    CHECK(error.code == ErrorCode::cannot_write);
    CHECK(error.says(row.says));
    CHECK(error.is_one_line());
    CHECK(folder.list() == before);
  }
  CHECK(fs::is_empty(folder / "folder"));
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a write that fails half way leaves the old file and no litter") {
  const temporary_folder folder;
  test::write(folder / "file", "old");

  // A file size limit is what a full disk looks like: some writes succeed, then one fails.
  struct rlimit limit {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  struct rlimit small = limit;
  small.rlim_cur = 1000;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto error = test::error_of(
      [&] { ctnn::io::write_file_atomically(folder / "file", to_bytes(std::string(5000, 'x'))); });
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, old_handler);

  CHECK(error.code == ErrorCode::cannot_write);
  CHECK(error.says("file: cannot write: File too large"));
  CHECK(test::read(folder / "file") == "old");
  CHECK(folder.list() == std::vector<std::string>{"file"});
}

TEST_CASE("with two writers of one name a reader always sees a whole file") {
  const temporary_folder folder;
  const std::string a(20000, 'a'), b(30000, 'b');
  const fs::path path = folder / "file";
  ctnn::io::write_file_atomically(path, to_bytes(a));
  {
    const auto write_often = [&](const std::string& text) {
      for (int i = 0; i < 20; ++i) ctnn::io::write_file_atomically(path, to_bytes(text));
    };
    const std::jthread first(write_often, std::cref(a)), second(write_often, std::cref(b));
    for (int i = 0; i < 50; ++i) {
      const std::string seen = test::read(path);
      REQUIRE((seen == a || seen == b));
    }
  }
  CHECK(folder.list() == std::vector<std::string>{"file"});
}

TEST_CASE("require_writable refuses what a write would refuse, and touches nothing") {
  const temporary_folder folder;
  fs::create_directory(folder / "folder");
  test::write(folder / "file", "old");
  const auto before = folder.list();
  ctnn::io::require_writable(folder / "file");
  ctnn::io::require_writable(folder / "new");
  const struct {
    fs::path path;
    const char* says;
  } rows[] = {
      {folder / "folder", "expected a regular file, found a directory"},
      {folder / "missing" / "x", "x: cannot write: No such file or directory"},
      {folder / "file" / "x", "Not a directory"},
      {"/dev/null", "expected a regular file, found a device"},
  };
  for (const auto& row : rows) {
    const auto error = test::error_of([&] { ctnn::io::require_writable(row.path); });
    INFO(error.message);
    CHECK(error.code == ErrorCode::cannot_write);
    CHECK(error.says(row.says));
  }
  CHECK(folder.list() == before);
  CHECK(test::read(folder / "file") == "old");
}

TEST_CASE("remove_temporaries removes what killed writes left, whoever made them, and no more") {
  const temporary_folder folder;
  for (const char* name : {"f", "f.tmp-1-0", "f.tmp-99999999-3", "f.tmp-", "f.tmp-old", "f.tmp-1-",
                           "f.tmp--1", "f.tmp-1-2-3", "g.tmp-1-0"})
    test::write(folder / name, "half");
  ctnn::io::remove_temporaries(folder / "f");
  const std::vector<std::string> kept{"f",           "f.tmp-",    "f.tmp--1", "f.tmp-1-",
                                      "f.tmp-1-2-3", "f.tmp-old", "g.tmp-1-0"};
  CHECK(folder.list() == kept);
  const auto error = test::error_of([&] { ctnn::io::remove_temporaries(folder / "none" / "f"); });
  CHECK(error.code == ErrorCode::cannot_write);
}

TEST_CASE("printable leaves nothing that a terminal obeys") {
  const struct {
    std::string text, shown;
  } rows[] = {
      {"plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x99\x82",
       "plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x99\x82"},
      {std::string("\0\n\x1b[2J\x7f", 7), R"(\x00\x0a\x1b[2J\x7f)"},
      {"\xc2\x9b"
       "31m\xc2\x80\xc2\x9f\xc2\xa0",
       R"(\u009b31m\u0080\u009f)"
       "\xc2\xa0"}, // C1 as UTF-8
      {"\x9b"
       "31m\xa0",
       R"(\x9b31m)"
       "\xa0"}, // and as a byte of Latin-1
      {"a\xe2\x80\xae"
       "b\xe2\x81\xa6\xe2\x80\x8f",
       R"(a\u202eb\u2066\u200f)"}, // other directions
      {"\xe2\x80\xa8\xd8\x9c\xf3\xa0\x81\x81", R"(\u2028\u061c\ue0041)"},
      {"\xe2\x80", "\xe2"
                   R"(\x80)"}, // cut
      {"\xff\xfe\xc3", "\xff\xfe\xc3"},
  };
  for (const auto& row : rows) CHECK(ctnn::io::printable(row.text) == row.shown);
  CHECK(ctnn::io::printable("12345", 5) == "12345");
  CHECK(ctnn::io::printable("123456", 5) == "12345...");
  CHECK(ctnn::io::printable("1234\xc3\xa9", 5) == "1234..."); // not half a character
}
