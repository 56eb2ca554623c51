#include "harness/drill/heartbeats.hpp"

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

TEST(Heartbeats, AreMarksWithTheInstantOfTheirSuccess) {
  const TempDir root{"pgrehearse-heartbeats"};
  const Heartbeats heartbeats{root.path() / "marks"};
  EXPECT_TRUE(fs::is_empty(heartbeats.folder()));
  const Timestamp before = Timestamp::now();
  heartbeats.backup_taken();
  EXPECT_FALSE(fs::exists(heartbeats.folder() / "wal_sync_last_ok.txt"));
  heartbeats.wal_archived();
  for (const char* mark : {"LAST_SUCCESS.txt", "LAST_BASEBACKUP.txt", "wal_sync_last_ok.txt"}) {
    const std::string text = read_file(heartbeats.folder() / mark);
    const Timestamp when = Timestamp::parse(trimmed(text));
    EXPECT_GE(when, before) << mark;
    EXPECT_LE(when, Timestamp::now()) << mark;
  }
}

TEST(Heartbeats, GoWithTheirDrill) {
  const TempDir root{"pgrehearse-heartbeats"};
  {
    const Heartbeats heartbeats{root.path() / "marks"};
    heartbeats.backup_taken();
  }
  EXPECT_TRUE(fs::is_empty(root.path()));
}

}  // namespace
}  // namespace pgrehearse
