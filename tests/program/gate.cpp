#include "tests/program/gate.hpp"

#include <filesystem>

#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "tests/program/developer_git.hpp"
#include "tests/program/program_run.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

void GateTest::SetUp() {
  if (const std::string why = missing_engine("local"); !why.empty()) {
    GTEST_SKIP() << why;
  }
  git({"init", "--quiet", "--initial-branch=main"});
  commit("the base");
  git({"switch", "--quiet", "--create", "change"});
}

void GateTest::git(const std::vector<std::string>& words) const {
  developer_git(sandbox_.subject(), words);
}

void GateTest::commit(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", message});
}

void GateTest::migration(const std::string& up, const std::string& down) const {
  write_file(sandbox_.subject() / "migrations" / "0002_change.sql",
      "-- migrate:up\n" + up + "\n-- migrate:down\n" + down + "\n");
}

std::map<std::string, std::string> GateTest::gated(const std::vector<std::string>& more) {
  const fs::path report = sandbox_.fresh("report");
  std::vector<std::string> arguments{"gate", "--base", base_, "--engine", engine_, "--subject",
      (sandbox_.subject() / "drill.yaml").string(), "--report-dir", report.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  ProgramRun program{sandbox_, arguments};
  std::map<std::string, std::string> verdicts{{"exit", std::to_string(program.status())}};
  said_ = program.out() + program.err();
  EXPECT_TRUE(sandbox_.runs_on_disk().empty());
  if (!fs::exists(report / "record.json")) {
    return verdicts;
  }
  record_ = read_file(report / "record.json");
  const nlohmann::json record = nlohmann::json::parse(record_);
  for (const nlohmann::json& drill : record.at("drills")) {
    for (const nlohmann::json& finding : drill.at("findings")) {
      verdicts[finding.at("check")] = finding.at("verdict");
    }
  }
  return verdicts;
}

}  // namespace pgrehearse
