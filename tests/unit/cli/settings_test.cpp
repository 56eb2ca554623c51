#include "harness/cli/settings.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

Subject subject_stating(std::set<std::string> keys) {
  Subject subject;
  subject.scale = 7;
  subject.workload.writers = 9;
  subject.postgres.image = "postgres:15.4";
  subject.seed_number = 5;
  subject.traffic.pooled = true;
  subject.stated = std::move(keys);
  return subject;
}

std::string source_of(const Settings& settings, std::string_view name) {
  for (const SettingRecord& record : settings.effective()) {
    if (record.name == name) {
      return record.source + " " + record.value;
    }
  }
  return "absent";
}

template <typename Act>
Error error_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error{ErrorCode::internal, ""};
}

TEST(Settings, TakeTheFlagBeforeAllOthers) {
  Settings settings{{{"writers", "3"}}, {{"PGREHEARSE_WRITERS", "5"}}};
  settings.adopt(subject_stating({"workload.writers"}));
  EXPECT_EQ(settings.number("writers", 1, 256), 3);
  EXPECT_EQ(source_of(settings, "writers"), "flag 3");
}

TEST(Settings, TakeTheEnvironmentBeforeTheFile) {
  Settings settings{{}, {{"PGREHEARSE_WRITERS", "5"}}};
  settings.adopt(subject_stating({"workload.writers"}));
  EXPECT_EQ(source_of(settings, "writers"), "environment 5");
}

TEST(Settings, TakeTheFileBeforeTheDefault) {
  Settings settings{{}, {}};
  settings.adopt(subject_stating(
      {"workload.writers", "scale", "seed_number", "postgres.image", "traffic.pooler"}));
  EXPECT_EQ(source_of(settings, "pooler"), "drill.yaml pgbouncer");
  EXPECT_EQ(source_of(settings, "writers"), "drill.yaml 9");
  EXPECT_EQ(source_of(settings, "scale"), "drill.yaml 7");
  EXPECT_EQ(source_of(settings, "seed"), "drill.yaml 5");
  EXPECT_EQ(source_of(settings, "image"), "drill.yaml postgres:15.4");
}

TEST(Settings, TakeTheDefaultWhenNobodySaysMore) {
  Settings settings{{}, {{"PGREHEARSE_ENGINE", ""}}};
  settings.adopt(subject_stating({}));
  EXPECT_EQ(source_of(settings, "writers"), "default 4");
  EXPECT_EQ(source_of(settings, "engine"), "default auto");
  EXPECT_FALSE(settings.flag("keep"));
}

TEST(Settings, ListEveryOptionOnce) {
  EXPECT_EQ(Settings({}, {}).effective().size(), options().size());
  EXPECT_EQ(variable_of("report-dir"), "PGREHEARSE_REPORT_DIR");
}

TEST(Settings, SayWhereAWrongValueComesFrom) {
  const Settings by_flag{{{"engine", "dokcer"}}, {}};
  const Error choice = error_of([&] { static_cast<void>(by_flag.text("engine")); });
  EXPECT_EQ(choice.code(), ErrorCode::bad_config);
  EXPECT_EQ(choice.place(), "--engine");
  EXPECT_NE(choice.hint().find("Did you mean 'docker'?"), std::string::npos);

  const Settings by_variable{{}, {{"PGREHEARSE_COMMITS", "many"}}};
  const Error number = error_of([&] { static_cast<void>(by_variable.number("commits", 1, 1000)); });
  EXPECT_EQ(number.place(), "PGREHEARSE_COMMITS");
  EXPECT_NE(number.message().find("whole number from 1 to 1000"), std::string::npos);
  EXPECT_EQ(error_of([&] { static_cast<void>(by_variable.duration("commits")); }).place(),
      "PGREHEARSE_COMMITS");

  Settings by_file{{}, {}};
  by_file.adopt(subject_stating({"scale"}));
  EXPECT_EQ(error_of([&] { static_cast<void>(by_file.number("scale", 1, 2)); }).place(),
      "drill.yaml: scale");
}

TEST(Settings, ReadTypes) {
  const Settings settings{{{"keep", "true"}, {"commits", "12"}, {"report-dir", "90s"}}, {}};
  EXPECT_TRUE(settings.flag("keep"));
  EXPECT_EQ(settings.number("commits", 1, 100), 12);
  EXPECT_EQ(settings.duration("report-dir"), Seconds{90});
  const Settings wrong{{{"keep", "perhaps"}}, {}};
  EXPECT_EQ(error_of([&] { static_cast<void>(wrong.flag("keep")); }).code(), ErrorCode::bad_config);
}

TEST(Settings, RefuseAnUnknownFlag) {
  const Error error = error_of([] { const Settings settings({{"writer", "3"}}, {}); });
  EXPECT_EQ(error.code(), ErrorCode::bad_config);
  EXPECT_NE(error.hint().find("Did you mean 'writers'?"), std::string::npos);
}

TEST(Settings, WarnOfVariablesThatNobodyReads) {
  const Settings settings{{},
      {{"PGREHEARSE_WRITER", "CANARY"}, {"PGREHEARSE_STATE_DIR", "x"}, {"PGREHEARSE_REPORTS", "x"},
          {"PGREHEARSE_OPERATOR", "x"}, {"PGREHEARSE_KEEP", "1"}, {"PATH", "x"}}};
  const std::vector<std::string> warnings = settings.warnings();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings.front(),
      "environment variable PGREHEARSE_WRITER is read by nobody. Did you mean "
      "'PGREHEARSE_WRITERS'?");
}

TEST(Settings, DoNotShowASecret) {
  const Settings settings{{{"image", "https://u:CANARY@registry.invalid/postgres"}}, {}};
  EXPECT_EQ(source_of(settings, "image"), "flag [redacted]");
}

}  // namespace
}  // namespace pgrehearse
