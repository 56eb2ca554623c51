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

TEST(Heartbeats, AreReadAndSetBack) {
  const TempDir root{"pgrehearse-heartbeats"};
  const Heartbeats heartbeats{root.path() / "marks"};
  EXPECT_FALSE(heartbeats.read().last_backup.has_value());
  heartbeats.backup_taken();
  const Marks fresh = heartbeats.read();
  EXPECT_FALSE(fresh.last_wal_sync.has_value());
  heartbeats.set_back(std::chrono::hours{27});
  const Marks old = heartbeats.read();
  EXPECT_EQ(fresh.last_backup.value() - old.last_backup.value(), std::chrono::hours{27});
  EXPECT_EQ(fresh.last_base_backup.value() - old.last_base_backup.value(), std::chrono::hours{27});
  EXPECT_FALSE(old.last_wal_sync.has_value());
}

TEST(Heartbeats, HoldNoInstantWhenTheirTextIsNone) {
  const TempDir root{"pgrehearse-heartbeats"};
  const Heartbeats heartbeats{root.path() / "marks"};
  heartbeats.backup_taken();
  for (const char* text : {"", "ok\n", "2026-11-21T03:09:28\n"}) {
    write_file(heartbeats.folder() / "LAST_SUCCESS.txt", text, 0600);
    EXPECT_FALSE(heartbeats.read().last_backup.has_value()) << text;
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
