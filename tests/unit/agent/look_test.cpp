#include "harness/agent/look.hpp"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct Looking : testing::Test {
  void SetUp() override {
    fs::create_directories(data / "base" / "1");
    fs::create_directories(home / ".ssh" / "deeper");
  }
  [[nodiscard]] Sight seen(const std::string& path) const {
    const std::vector<Sight> sights = look(data, home);
    const auto found = std::find_if(sights.begin(), sights.end(),
        [&](const Sight& sight) { return sight.place + "/" + sight.path == path; });
    return found == sights.end() ? Sight{} : *found;
  }

  const TempDir folder{"look-test"};
  const fs::path data = folder.path() / "data";
  const fs::path home = folder.path() / "home";
};

TEST_F(Looking, TellsKindModeTargetAndHowFilesBegin) {
  write_file(data / "base" / "1" / "1259",
      "\x7f"
      "ELF and more",
      0640);
  write_file(data / "pg_hba.conf", "host all all 0.0.0.0/0 trust\n", 0600);
  fs::create_symlink("/nonexistent", data / "base" / "host");
  ASSERT_EQ(mkfifo((data / "pipe").c_str(), 0600), 0);
  const Sight file = seen("data/base/1/1259");
  EXPECT_EQ(file.kind, "file");
  EXPECT_EQ(file.mode, 0640U);
  EXPECT_EQ(file.bytes,
      "\x7f"
      "ELF");
  EXPECT_EQ(seen("data/pg_hba.conf").bytes, "host all all 0.0.0.0/0 trust\n");
  EXPECT_EQ(seen("data/base/host").kind, "link");
  EXPECT_EQ(seen("data/base/host").target, "/nonexistent");
  EXPECT_EQ(seen("data/base").kind, "directory");
  EXPECT_EQ(seen("data/pipe").kind, "other");
}

TEST_F(Looking, SeesAtHomeWhatBeginsWithADotAndOneFolderDeep) {
  write_file(home / "server.log", "much");
  write_file(home / ".psqlrc", "-- inert");
  write_file(home / ".ssh" / "authorized_keys", "key");
  write_file(home / ".ssh" / "deeper" / "file", "x");
  EXPECT_EQ(look(data, home).size(), 6U);  // base, base/1, .psqlrc, .ssh and two in it
  EXPECT_EQ(seen("home/.psqlrc").bytes, "-- inert");
  EXPECT_EQ(seen("home/.ssh/authorized_keys").kind, "file");
}

TEST_F(Looking, TakesAMissingFolderForAnEmptyOne) {
  EXPECT_EQ(look(folder.path() / "none", folder.path() / "none").size(), 0U);
}

TEST_F(Looking, IsWrittenInSixFields) {
  EXPECT_EQ(
      text_of({{.place = "data", .kind = "file", .mode = 04700, .path = "a\nb", .bytes = "#!"}}),
      (std::string{"data\0file\0004700\0a\nb\0\0002321\0", 25}));
}

}  // namespace
}  // namespace pgrehearse
