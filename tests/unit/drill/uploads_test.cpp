// Files that a team's command left in a folder, on their way into a store.
#include "harness/drill/uploads.hpp"

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class UploadsOfAFolder : public testing::Test {
 protected:
  [[nodiscard]] std::string refusal() {
    try {
      put_uploads_of(folder_.path(), store_);
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }

  TempDir folder_{"uploads-test"};
  MemoryStore store_;
};

TEST_F(UploadsOfAFolder, AreItsFilesUnderTheirPaths) {
  fs::create_directories(folder_.path() / "2025" / "empty");
  write_file(folder_.path() / "logo.png", "a");
  write_file(folder_.path() / "2025" / "invoice 7.pdf", "b");
  write_file(folder_.path() / "2025" / "nothing", "");
  EXPECT_EQ(put_uploads_of(folder_.path(), store_), 3U);
  EXPECT_EQ(store_.list("").size(), 3U);
  EXPECT_EQ(get_bytes(store_, upload_key("logo.png")), "a");
  EXPECT_EQ(get_bytes(store_, upload_key("2025/invoice 7.pdf")), "b");
  EXPECT_EQ(get_bytes(store_, upload_key("2025/nothing")), "");
}

TEST_F(UploadsOfAFolder, AreRefusedWhenThereAreNone) {
  fs::create_directory(folder_.path() / "empty");
  EXPECT_EQ(refusal(), "the command of 'uploads' brought no file");
}

TEST_F(UploadsOfAFolder, AreRefusedWhenOneIsALink) {
  fs::create_symlink("/etc/passwd", folder_.path() / "file");
  EXPECT_EQ(refusal(), "the command of 'uploads' left what is no plain file");
  fs::remove(folder_.path() / "file");
  fs::create_directory_symlink("/etc", folder_.path() / "folder");
  EXPECT_EQ(refusal(), "the command of 'uploads' left what is no plain file");
}

TEST_F(UploadsOfAFolder, AreRefusedWhenANameIsNoKey) {
  write_file(folder_.path() / "a~b", "x");
  EXPECT_NE(refusal().find("no key"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
