// What drill.yaml may say of alerts, and what it is told where it may not.
#include "harness/drill/subject_alerts.hpp"

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

TEST(SubjectAlerts, AreThoseThatRunbooksPromiseWhereNothingIsSaid) {
  const AlertThresholds alerts = SubjectFile{"name: shop\n"}.load().alerts;
  EXPECT_EQ(alerts.backup_age, std::chrono::hours{25});
  EXPECT_EQ(alerts.base_backup_age, std::chrono::hours{26});
  EXPECT_EQ(alerts.wal_age, std::chrono::minutes{10});
  EXPECT_EQ(alerts.storage_warning, 80);
  EXPECT_EQ(alerts.storage_critical, 90);
}

TEST(SubjectAlerts, KeepTheDefaultsOfWhatIsNotGiven) {
  const AlertThresholds alerts = SubjectFile{"name: shop\nalerts: {wal_age: 2min}\n"}.load().alerts;
  EXPECT_EQ(alerts.wal_age, std::chrono::minutes{2});
  EXPECT_EQ(alerts.backup_age, std::chrono::hours{25});
}

void expect_refusal(const std::string& section, int line, const std::string& message) {
  const SubjectFile file{"name: shop\nalerts:\n" + section};
  const std::optional<Error> refusal = file.refusal();
  ASSERT_TRUE(refusal.has_value()) << section;
  EXPECT_EQ(refusal->place(), file.line(line)) << section;
  EXPECT_NE(refusal->message().find(message), std::string::npos) << refusal->what();
}

TEST(SubjectAlerts, AreRefusedByTheirLine) {
  expect_refusal("  wal_age: 5min\n  backup_age: 0s\n", 4, "'backup_age' is nothing");
  expect_refusal("  wal_age: 10\n", 3, "must be a whole number and its unit");
  expect_refusal("  storage_warning: 0\n", 3, "must be from 1 to 100");
  expect_refusal("  storage_critical: 101\n", 3, "must be from 1 to 100");
  expect_refusal("  storage_critical: \"90\"\n", 3, "must be a whole number");
  expect_refusal(
      "  storage_warning: 95\n", 3, "storage is critical at 90 %, before the warning at 95 %");
  expect_refusal("  backup_age: 1d\n  storage_critical: 70\n", 4, "before the warning at 80 %");
  expect_refusal("  backup-age: 1d\n", 3, "unknown key 'backup-age'");
}

TEST(SubjectAlerts, MayWarnAndBeCriticalAtOnce) {
  EXPECT_EQ(
      SubjectFile{"name: shop\nalerts: {storage_warning: 90}\n"}.load().alerts.storage_warning, 90);
}

}  // namespace
}  // namespace pgrehearse
