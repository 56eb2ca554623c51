#include "harness/pg/recovery_target.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

// What every target must carry as well.
Settings pinned(Settings settings, const std::string& timeline) {
  settings.emplace_back("recovery_target_timeline", timeline);
  settings.emplace_back("recovery_target_action", "promote");
  return settings;
}

TEST(RecoverySettings, PinTheTimelineAndPromote) {
  EXPECT_EQ(recovery_settings(Latest{}, TimelineId{3}), pinned({}, "3"));
  EXPECT_EQ(recovery_settings(Immediate{}, TimelineId{1}),
      pinned({{"recovery_target", "immediate"}}, "1"));
}

TEST(RecoverySettings, ATimeIsUtcWithANumericOffset) {
  const AtTime target{.when = Timestamp::parse("2026-11-21 12:34:56.7+09:00"), .inclusive = false};
  EXPECT_EQ(recovery_settings(target, TimelineId{1}),
      pinned({{"recovery_target_time", "2026-11-21 03:34:56.700000+00"},
                 {"recovery_target_inclusive", "off"}},
          "1"));
}

TEST(RecoverySettings, APositionIsAlwaysExclusive) {
  EXPECT_EQ(recovery_settings(AtLsn{Lsn::parse("0/306F678")}, TimelineId{1}),
      pinned({{"recovery_target_lsn", "0/306F678"}, {"recovery_target_inclusive", "off"}}, "1"));
}

TEST(RecoverySettings, ATransactionLosesItsEpoch) {
  const Settings settings = recovery_settings(AtXid{Xid{(5ULL << 32U) + 739}}, TimelineId{1});
  EXPECT_EQ(
      settings, pinned({{"recovery_target_xid", "739"}, {"recovery_target_inclusive", "on"}}, "1"));
  EXPECT_THROW(static_cast<void>(recovery_settings(AtXid{Xid{5ULL << 32U}}, TimelineId{1})), Error);
}

TEST(RecoverySettings, ANameHasAtMost63Bytes) {
  const std::string longest(63, 'x');
  EXPECT_EQ(recovery_settings(AtName{longest}, TimelineId{1}),
      pinned({{"recovery_target_name", longest}}, "1"));
  for (const std::string& name :
      {std::string{}, longest + "x", std::string{"a\nb"}, std::string{"\xC3\xA9"}}) {
    EXPECT_THROW(static_cast<void>(recovery_settings(AtName{name}, TimelineId{1})), Error) << name;
  }
}

TEST(RecoveryTargetText, SaysWhereItStopsAndHow) {
  EXPECT_EQ(text_of(AtName{"r/1"}), "name 'r/1'");
  EXPECT_EQ(
      text_of(AtTime{Timestamp{Microseconds{0}}}), "time 1970-01-01T00:00:00.000000Z, inclusive");
  EXPECT_EQ(text_of(AtLsn{Lsn::parse("0/1")}), "LSN 0/1, exclusive");
  EXPECT_EQ(text_of(AtXid{Xid{7}, false}), "XID 7, exclusive");
  EXPECT_EQ(text_of(Immediate{}), "immediate");
  EXPECT_EQ(text_of(Latest{}), "latest");
}

}  // namespace
}  // namespace pgrehearse
