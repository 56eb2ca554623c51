// A team's own runbook that loads a dump into a server that runs. What recovers a base backup is
// drilled by the built-in subjects.
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class OwnRunbookOfADump : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = missing_engine("local");
    if (!why.empty()) {
      GTEST_SKIP() << why;
    }
    const fs::path drill_yaml = sandbox_.subject() / "drill.yaml";
    write_file(drill_yaml, read_file(drill_yaml) + "runbook: {path: DR.md, backup: dump}\n");
  }

  /// The last verdict of each check, by its name; the exit status under "exit".
  std::map<std::string, std::string> drilled(const std::string& commands) {
    write_file(sandbox_.subject() / "DR.md",
        "<!-- pgrehearse: restore -->\n```bash\nset -euo pipefail\n" + commands + "```\n");
    const fs::path report = sandbox_.fresh("report");
    ProgramRun program{sandbox_,
        {"run", "--scenario", "own-runbook", "--engine", "local", "--subject",
            (sandbox_.subject() / "drill.yaml").string(), "--report-dir", report.string()}};
    std::map<std::string, std::string> verdicts{{"exit", std::to_string(program.status())}};
    said_ = program.out() + program.err();
    if (!fs::exists(report / "record.json")) {
      return verdicts;
    }
    const nlohmann::json record = nlohmann::json::parse(read_file(report / "record.json"));
    for (const nlohmann::json& drill : record.at("drills")) {
      for (const nlohmann::json& finding : drill.at("findings")) {
        verdicts[finding.at("check")] = finding.at("verdict");
      }
    }
    return verdicts;
  }

  static constexpr const char* roles_ =
      "grep -v '^CREATE ROLE postgres;' \"$GLOBALS_FILE\" | "
      "psql -X -v ON_ERROR_STOP=1 --dbname=postgres\n";
  static constexpr const char* load_ =
      "pg_restore --exit-on-error --create --dbname=postgres \"$DUMP_FILE\"\n";

  Sandbox sandbox_;
  std::string said_;
};

TEST_F(OwnRunbookOfADump, BringsBackEveryFactOfTheMarker) {
  const auto verdicts = drilled(std::string{roles_} + load_);
  EXPECT_EQ(verdicts.at("exit"), "0") << said_;
  EXPECT_EQ(verdicts.at("exact-set"), "met");
  EXPECT_EQ(verdicts.at("content"), "met");
}

TEST_F(OwnRunbookOfADump, IsRedWhenItLoadsLess) {
  const auto less = drilled(std::string{roles_} +
                            "pg_restore --exit-on-error --create --section=pre-data "
                            "--dbname=postgres \"$DUMP_FILE\"\n");
  EXPECT_EQ(less.at("exit"), "1");
  EXPECT_EQ(less.at("rows"), "missed") << said_;
  EXPECT_EQ(
      drilled("pg_restore --exit-on-error --dbname=gone \"$DUMP_FILE\"\n").at("restore-completed"),
      "missed")
      << said_;
}

}  // namespace
}  // namespace pgrehearse
