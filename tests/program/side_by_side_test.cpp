// Several cases at a time: one report of all, whatever becomes of one of them, and nothing left.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/wait.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

constexpr const char* rows = "AccidentalDelete.RowsDeletedWithoutWhereComeBack";
constexpr const char* table = "AccidentalDelete.ADroppedTableComesBack";

class SideBySide : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = missing_engine("local"); !why.empty()) {
      GTEST_SKIP() << why;
    }
  }

  ProgramRun start(const std::string& jobs, const std::string& cases) {
    return ProgramRun{sandbox_,
        {"run", "--engine", "local", "--subject", sandbox_.subject().string(), "--report-dir",
            report_.string(), "--commits", "110", "--jobs", jobs, "--gtest_filter=" + cases}};
  }

  [[nodiscard]] std::filesystem::path report_of(const std::string& test) const {
    return report_ / "cases" / test;
  }
  [[nodiscard]] nlohmann::json record() const {
    return nlohmann::json::parse(read_file(report_ / "record.json"));
  }
  [[nodiscard]] nlohmann::json drill(const std::string& test) const {
    const nlohmann::json whole = record();
    for (const nlohmann::json& drill : whole.at("drills")) {
      if (drill.at("suite").get<std::string>() + "." + drill.at("test").get<std::string>() ==
          test) {
        return drill;
      }
    }
    return {};
  }

  Sandbox sandbox_;
  HostView host_{sandbox_, false};
  std::filesystem::path report_ = sandbox_.fresh("report");
};

// The process that runs this case; 0 when there is none.
pid_t process_of(const std::string& test) {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc", problem}) {
    const std::vector<std::string> argv = split(text_in_proc(entry.path() / "cmdline"), '\0');
    for (const std::string& argument : argv) {
      if (argument == "--gtest_filter=" + test && argv.front().ends_with("/pgrehearse")) {
        return static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
      }
    }
  }
  return 0;
}

// Leaves a folder in this state folder whose owner is no more.
void as_a_run_that_died(const std::string& state) {
  const pid_t pid = fork();
  if (pid == 0) {
    setenv("PGREHEARSE_STATE_DIR", state.c_str(), 1);
    try {
      const RunJournal journal{new_run_id()};
    } catch (const std::exception&) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  ASSERT_EQ(status, 0);
}

TEST_F(SideBySide, CasesHaveOneReport) {
  as_a_run_that_died(sandbox_.state());
  ASSERT_EQ(sandbox_.runs_on_disk().size(), 1U);
  ProgramRun program = start("2", std::string{rows} + ":" + table);
  ASSERT_EQ(program.status(), 0) << program.out() << program.err();
  EXPECT_NE(program.out().find("[  2/2] met"), std::string::npos) << program.out();
  ASSERT_EQ(record().at("drills").size(), 2U);
  EXPECT_FALSE(record().at("engine").get<std::string>().empty());
  for (const char* test : {rows, table}) {
    EXPECT_EQ(drill(test).at("verdict"), "met");
    const nlohmann::json found = drill(test).at("evidence");
    ASSERT_FALSE(found.empty());
    for (const nlohmann::json& evidence : found) {
      EXPECT_TRUE(std::filesystem::exists(report_ / evidence.at("name").get<std::string>()))
          << evidence.dump();
    }
  }
  EXPECT_EQ(malformation_of(report_ / "junit.xml"), "");
  EXPECT_NE(read_file(report_ / "junit.xml").find("tests=\"2\""), std::string::npos);
  EXPECT_EQ(attachments_amiss(sandbox_.path(), report_ / "junit.xml"), std::vector<std::string>{});
  EXPECT_EQ(sandbox_.runs_on_disk(), std::vector<std::string>{});
}

TEST_F(SideBySide, ACaseWhoseProcessDiesIsNotProvenAndTheOtherGoesOn) {
  ProgramRun program = start("2", std::string{rows} + ":" + table);
  await_step(program, report_of(rows), 2);
  const pid_t victim = process_of(rows);
  ASSERT_GT(victim, 0);
  ASSERT_EQ(kill(victim, SIGKILL), 0);
  EXPECT_EQ(program.status(), 2) << program.out() << program.err();
  EXPECT_EQ(drill(rows).at("status"), "crashed");
  EXPECT_NE(drill(rows).at("error").get<std::string>().find("137"), std::string::npos);
  EXPECT_EQ(drill(table).at("verdict"), "met");
  EXPECT_EQ(
      host_.await_removal(program.pid(), Milliseconds{60'000}).left, std::vector<std::string>{});
}

TEST_F(SideBySide, ASignalEndsAllOfThem) {
  ProgramRun program = start("2", std::string{rows} + ":" + table);
  await_step(program, report_of(rows), 2);
  await_step(program, report_of(table), 2);
  program.signal(SIGTERM);
  ASSERT_TRUE(program.ends_within(Milliseconds{60'000})) << "it goes on 60 s after the signal";
  EXPECT_EQ(program.status(), 128 + SIGTERM) << program.out() << program.err();
  EXPECT_EQ(record().at("interrupted"), "SIGTERM");
  for (const char* test : {rows, table}) {
    EXPECT_EQ(drill(test).at("status"), "interrupted") << test;
  }
  EXPECT_EQ(sandbox_.runs_on_disk(), std::vector<std::string>{});
}

TEST_F(SideBySide, NothingOfItOutlivesAKill) {
  ProgramRun program = start("2", std::string{rows} + ":" + table);
  await_step(program, report_of(rows), 2);
  program.signal(SIGKILL);
  EXPECT_EQ(program.status(), 128 + SIGKILL);
  EXPECT_EQ(record().at("drills").size(), 2U) << "what was never finished is in the report";
  wait_until("the cases to be removed", Milliseconds{60'000}, [&]() -> std::optional<std::string> {
    const std::vector<std::string> left = sandbox_.runs_on_disk();
    return left.empty() && process_of(rows) == 0 ? std::nullopt : std::optional{joined(left, ", ")};
  });
}

TEST_F(SideBySide, WhatCannotBeSplitIsUsage) {
  ProgramRun keeping{sandbox_, {"run", "--jobs", "2", "--keep"}};
  EXPECT_EQ(keeping.status(), 64);
  EXPECT_NE(keeping.err().find("--jobs"), std::string::npos) << keeping.err();
}

TEST_F(SideBySide, WhatIsNoNumberOfCasesIsUsageAndNamesItsPlace) {
  ProgramRun flag{sandbox_, {"run", "--jobs", "many"}};
  EXPECT_EQ(flag.status(), 64);
  EXPECT_NE(flag.err().find("1 to 64"), std::string::npos) << flag.err();
  ProgramRun variable{sandbox_, {"run"}, {{"PGREHEARSE_JOBS", "65"}}};
  EXPECT_EQ(variable.status(), 64);
  EXPECT_NE(variable.err().find("PGREHEARSE_JOBS"), std::string::npos) << variable.err();
}

}  // namespace
}  // namespace pgrehearse
