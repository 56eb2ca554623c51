#include "harness/report/notification.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

TEST(Notification, SaysTheVerdictAndTheRedDrillsByName) {
  const auto json = nlohmann::json::parse(notification_of(sample_record()));
  EXPECT_EQ(json.at("verdict"), "missed");
  EXPECT_EQ(json.at("exit_status"), 1);
  EXPECT_EQ(json.at("drills").at("met"), 1);
  ASSERT_EQ(json.at("red").size(), 2U);
  EXPECT_EQ(json.at("red").at(0).at("case"), "Corruption.DamagedPagesAreFoundAndReplaced");
  EXPECT_EQ(json.at("red").at(0).at("checks").at(1), "content");
}

// What a server or a check observed stays in the reports.
TEST(Notification, HoldsNamesOnly) {
  RunRecord record = sample_record();
  for (DrillRecord& drill : record.drills) {
    drill.error = "hush in an error";
    drill.skip_reason = drill.skip_reason.empty() ? "" : "no hush";
    for (Finding& finding : drill.findings) {
      finding.observed = "hush observed";
      finding.details = {"hush in a detail"};
    }
  }
  EXPECT_EQ(notification_of(record).find("hush"), std::string::npos);
  EXPECT_EQ(slack_message_of(record).find("hush"), std::string::npos);
}

TEST(Notification, IsAMessageThatSlackTakes) {
  for (const RunRecord& record : {sample_record(), hostile_record(), empty_record()}) {
    const auto json = nlohmann::json::parse(slack_message_of(record));
    const std::string text = json.at("blocks").at(0).at("text").at("text");
    EXPECT_LE(text.size(), 3000U);
    EXPECT_EQ(text.find('<'), std::string::npos);
    EXPECT_FALSE(json.at("text").get<std::string>().empty());
  }
  RunRecord many = sample_record();
  many.drills.assign(200, many.drills[1]);
  const std::string text =
      nlohmann::json::parse(slack_message_of(many)).at("blocks").at(0).at("text").at("text");
  EXPECT_LE(text.size(), 3000U);
}

}  // namespace
}  // namespace pgrehearse
