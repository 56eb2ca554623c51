#include "harness/cli/explain.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/explain_defaults.hpp"

namespace pgrehearse {
namespace {

class Explanation : public testing::Test {
 protected:
  /// The value and the origin of a key, parted by one space; empty when it is not explained.
  std::string of(const std::string& key) const {
    for (const std::string& line : lines_of(text_)) {
      if (trimmed(line).starts_with(key + " ")) {
        std::string rest{trimmed(trimmed(line).substr(key.size()))};
        rest.erase(std::unique(rest.begin(), rest.end(),
                       [](char one, char other) { return one == ' ' && other == ' '; }),
            rest.end());
        return rest;
      }
    }
    return "";
  }
  void explain(const std::string& drill_yaml, std::vector<SettingRecord> settings = {}) {
    const auto file = folder_.path() / "drill.yaml";
    write_file(file, drill_yaml);
    text_ = explanation({.subject = file, .settings = std::move(settings)});
    std::size_t at = 0;
    while ((at = text_.find(folder_.path().string() + "/")) != std::string::npos) {
      text_.erase(at, folder_.path().string().size() + 1);
    }
  }

  TempDir folder_{"pgrehearse-test"};
  std::string text_;
};

TEST_F(Explanation, ResolvesProfilesAndSaysWhoGaveEachBound) {
  explain(
      "name: shop\nobjectives:\n  corruption: {profile: pitr}\n"
      "  own-backup:\n    profile: daily-backup\n    rto: 1h\n  backup-failure: {rpo: 10s}\n");
  EXPECT_EQ(of("corruption.rpo"), "5min profile pitr, drill.yaml:3") << text_;
  EXPECT_EQ(of("corruption.rto"), "2h profile pitr, drill.yaml:3");
  EXPECT_EQ(of("own-backup.rpo"), "1d profile daily-backup, drill.yaml:5");
  EXPECT_EQ(of("own-backup.rto"), "1h drill.yaml:6");
  EXPECT_EQ(of("backup-failure.rto"), "none nobody gave it");
  EXPECT_EQ(of("any other scenario"), "none nobody gave it");
}

TEST_F(Explanation, HasTheDefaultsThatHoldAndNoOthers) {
  explain("name: shop\nalerts: {wal_age: 1min}\nartifact: {path: backups}\n",
      {{.name = "writers", .value = "7", .source = "flag"}});
  EXPECT_EQ(of("alerts.wal_age"), "1min drill.yaml:2") << text_;
  EXPECT_EQ(of("alerts.backup_age"), "25h default");
  EXPECT_EQ(of("alerts.storage_critical"), "90 default");
  EXPECT_EQ(of("artifact.choose"), "latest default");
  EXPECT_EQ(of("artifact.deadline"), "") << "no command decrypts";
  EXPECT_EQ(of("runbook.backup"), "") << "there is no runbook";
  EXPECT_EQ(of("runbook"), "none default");
  EXPECT_EQ(of("workload.writers"), "") << "a flag gives them";
  EXPECT_EQ(of("writers"), "7 --writers");
}

// A key that is new in the schema has a row here, or is one that only a section in the file brings.
TEST_F(Explanation, MissesNoKeyOfTheSchema) {
  std::set<std::string> known;
  for (const DefaultValue& value : default_values()) {
    known.emplace(value.key);
    known.emplace(split(std::string{value.key}, '.').front());
  }
  const nlohmann::json schema = nlohmann::json::parse(drill_schema());
  for (const auto& [key, value] : schema.at("properties").items()) {
    if (key != "name" && key != "objectives") {
      EXPECT_EQ(known.count(key), 1U) << key << " has no row among the defaults";
    }
  }
}

}  // namespace
}  // namespace pgrehearse
