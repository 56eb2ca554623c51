// Ctrl-C and a CI that gives up: the run says that it was interrupted, leaves readable reports, and
// removes what it made.
#include <csignal>
#include <string>
#include <tuple>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

class Interrupted : public testing::TestWithParam<std::tuple<std::string, int>> {};

std::string name_of_case(const testing::TestParamInfo<Interrupted::ParamType>& parameter) {
  const auto& [engine, number] = parameter.param;
  return fmt::format("{}{}", engine == "local" ? "Local" : "Docker",
      number == SIGINT ? "ByCtrlC" : "ByTermination");
}

INSTANTIATE_TEST_SUITE_P(Engines, Interrupted,
    testing::Combine(testing::Values("local", "docker"), testing::Values(SIGINT, SIGTERM)),
    name_of_case);

TEST_P(Interrupted, SaysSoInItsReportsAndLeavesNothing) {
  const auto& [engine, number] = GetParam();
  if (const std::string why = missing_engine(engine); !why.empty()) {
    GTEST_SKIP() << why;
  }
  Sandbox sandbox;
  HostView host{sandbox, engine == "docker"};
  const std::filesystem::path report = sandbox.fresh("report");
  ProgramRun program{sandbox, short_drill(sandbox, engine, report)};
  await_step(program, report, 2);
  host.look_for_keys();
  program.signal(number);

  ASSERT_TRUE(program.ends_within(Milliseconds{60'000})) << "it goes on 60 s after the signal";
  EXPECT_EQ(program.status(), 128 + number) << program.out() << program.err();
  EXPECT_EQ(
      host.await_removal(program.pid(), Milliseconds{60'000}).left, std::vector<std::string>{});

  const auto record = nlohmann::json::parse(read_file(report / "record.json"));
  EXPECT_EQ(record.at("interrupted"), number == SIGINT ? "SIGINT" : "SIGTERM");
  EXPECT_EQ(record.at("exit_status"), 128 + number);
  EXPECT_EQ(record.at("drills").at(0).at("status"), "interrupted") << record.at("drills").dump(2);
  EXPECT_EQ(malformation_of(report / "junit.xml"), "");
  const std::string junit = read_file(report / "junit.xml");
  EXPECT_NE(junit.find("RowsDeletedWithoutWhereComeBack"), std::string::npos) << junit;
  EXPECT_NE(junit.find("<error"), std::string::npos) << junit;
  EXPECT_EQ(junit.find("<failure"), std::string::npos) << "interrupted is not missed:\n" << junit;
}

}  // namespace
}  // namespace pgrehearse
