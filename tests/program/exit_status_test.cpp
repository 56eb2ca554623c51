// The exit status is the verdict that a CI sees: each of them, from the real program, with the
// words that tell a person what to do.
#include "harness/cli/exit_status.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/settings.hpp"
#include "harness/process/run.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct Answer {
  int status = -1;
  std::string out;
  std::string err;
};

class ExitStatus : public testing::Test {
 protected:
  Answer answer_to(
      std::vector<std::string> arguments, const std::vector<Variable>& variables = {}) {
    ProgramRun program{sandbox_, std::move(arguments), variables};
    const int status = program.status();
    return {status, program.out(), program.err()};
  }

  /// A run of the small subject on local processes, with these arguments more.
  Answer answer_of_run(
      const std::vector<std::string>& more, const std::vector<Variable>& variables = {}) {
    report_ = sandbox_.fresh("report");
    std::vector<std::string> arguments{"run", "--engine", "local", "--subject",
        sandbox_.subject().string(), "--report-dir", report_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return answer_to(arguments, variables);
  }

  Answer answer_of_drill(const std::vector<Variable>& variables = {}) {
    report_ = sandbox_.fresh("report");
    return answer_to(short_drill(sandbox_, "local", report_), variables);
  }

  [[nodiscard]] std::string junit() const { return read_file(report_ / "junit.xml"); }
  [[nodiscard]] nlohmann::json record() const {
    return nlohmann::json::parse(read_file(report_ / "record.json"));
  }

  /// A report that says the same as the exit status, and holds a case that is no success.
  void expect_unproven_report(int status) const {
    EXPECT_EQ(record().at("exit_status"), status);
    EXPECT_EQ(malformation_of(report_ / "junit.xml"), "");
    EXPECT_NE(junit().find("<testcase "), std::string::npos) << junit();
    EXPECT_NE(junit().find("<error "), std::string::npos) << junit();
  }

  Sandbox sandbox_;
  fs::path report_;
};

testing::AssertionResult holds(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos ? testing::AssertionSuccess()
                                              : testing::AssertionFailure()
                                                    << "no '" << what << "' in:\n"
                                                    << text;
}

class ExitStatusHelp : public ExitStatus, public testing::WithParamInterface<std::string> {};

INSTANTIATE_TEST_SUITE_P(Verbs, ExitStatusHelp,
    testing::Values("pgrehearse", "run", "prove", "list", "sweep", "due", "render", "doctor",
        "schema", "bundle", "report", "forget"),
    [](const auto& verb) { return verb.param; });

TEST_P(ExitStatusHelp, EndsWithTheExitStatus) {
  const std::vector<std::string> arguments = GetParam() == "pgrehearse"
                                                 ? std::vector<std::string>{"--help"}
                                                 : std::vector<std::string>{GetParam(), "--help"};
  const Answer answer = answer_to(arguments);
  EXPECT_EQ(answer.status, 0);
  const std::string text{trimmed(answer.out)};
  EXPECT_TRUE(text.ends_with(trimmed(exit_status_help))) << text;
}

TEST_F(ExitStatus, OfWhatIsDueIsWhetherTheEvidenceIsYoungEnough) {
  ASSERT_EQ(answer_of_drill().status, exit_met);
  const std::vector<std::string> due{
      "due", "--reports", report_.string(), "--scenario", "accidental-delete", "--every"};
  const auto asked = [&](std::vector<std::string> arguments, const std::string& every) {
    arguments.push_back(every);
    return answer_to(arguments);
  };
  EXPECT_EQ(asked(due, "90d").status, exit_met);
  EXPECT_TRUE(holds(asked(due, "1ms").out, "OVERDUE"));
  EXPECT_EQ(asked(due, "1ms").status, exit_missed);
  EXPECT_EQ(
      asked({"due", "--reports", report_.string(), "--every"}, "90d").status, exit_not_proven);
  EXPECT_EQ(asked(due, "a while").status, exit_usage);
}

TEST_F(ExitStatus, IsUsageForWordsNobodyKnows) {
  EXPECT_EQ(answer_to({}).status, exit_usage);
  const Answer mistyped = answer_to({"rnu"});
  EXPECT_EQ(mistyped.status, exit_usage);
  EXPECT_TRUE(holds(mistyped.err, "rnu"));
  EXPECT_EQ(answer_to({"list", "--nope"}).status, exit_usage);
  EXPECT_EQ(answer_to({"render"}).status, exit_usage);
  const Answer answer = answer_of_run({"--nope"});
  EXPECT_EQ(answer.status, exit_usage);
  EXPECT_TRUE(holds(answer.err, "--nope"));
  EXPECT_FALSE(fs::exists(report_));
}

TEST_F(ExitStatus, IsUsageForValuesThatCannotBe) {
  EXPECT_TRUE(holds(answer_of_run({"--writers", "many"}).err, "--writers"));
  const Answer answer = answer_of_run({}, {{"PGREHEARSE_WRITERS", "0"}});
  EXPECT_EQ(answer.status, exit_usage);
  EXPECT_TRUE(holds(answer.err, "PGREHEARSE_WRITERS"));
}

TEST_F(ExitStatus, IsUsageForAProofThatIsNone) {
  write_file(sandbox_.path() / "page.json", "<html>");
  for (const char* name : {"page.json", "not-there.json"}) {
    const Answer answer = answer_of_run({"--proof", (sandbox_.path() / name).string()});
    EXPECT_EQ(answer.status, exit_usage) << answer.err;
    EXPECT_TRUE(holds(answer.err, "--proof")) << answer.err;
    EXPECT_FALSE(fs::exists(report_));
  }
}

TEST_F(ExitStatus, IsUsageForAScenarioThatDoesNotExistAndNamesTheNearest) {
  const Answer answer = answer_of_run({"--scenario", "accidental-delet"});
  EXPECT_EQ(answer.status, exit_usage);
  EXPECT_TRUE(holds(answer.err, "Did you mean 'accidental-delete'?"));
}

TEST_F(ExitStatus, IsUsageForABadSubjectAndNamesTheLine) {
  replace_in(sandbox_.subject() / "drill.yaml", "  writers: 2", "  wirters: 2");
  const Answer answer = answer_of_run({});
  EXPECT_EQ(answer.status, exit_usage);
  EXPECT_TRUE(holds(answer.err, "drill.yaml:11"));
  EXPECT_TRUE(holds(answer.err, "'writers'"));
}

TEST_F(ExitStatus, IsNotProvenWhenTheMigrationsWentElsewhere) {
  const fs::path subject = sandbox_.subject() / "drill.yaml";
  replace_in(subject, "  directory: migrations", "  command: [\"true\"]");
  replace_in(subject, "seed:\n  files: [seed.sql]\n", "");
  const Answer answer = answer_of_drill();
  EXPECT_EQ(answer.status, exit_not_proven) << answer.err;
  EXPECT_TRUE(holds(answer.out + answer.err, "made nothing in the drill's database"))
      << answer.out << answer.err;
}

TEST_F(ExitStatus, IsNotProvenWhenTheFilterMatchesNothing) {
  EXPECT_EQ(answer_of_run({"--gtest_filter=Nope.*"}).status, exit_not_proven);
  expect_unproven_report(exit_not_proven);
}

TEST_F(ExitStatus, IsNotProvenWhenTheFilterOnlyFitsWhatAnotherVerbRuns) {
  EXPECT_EQ(answer_of_run({"--gtest_filter=*Sabotage.*"}).status, exit_not_proven);
  EXPECT_EQ(answer_of_run({"--scenario", "corruption", "--gtest_filter=AccidentalDelete.*"}).status,
      exit_not_proven);
}

TEST_F(ExitStatus, IsNotProvenWhenNothingIsRun) {
  EXPECT_EQ(answer_of_run({"--gtest_repeat=0"}).status, exit_not_proven);
  expect_unproven_report(exit_not_proven);
  const std::vector<Variable> a_shard_without_cases{
      {"GTEST_TOTAL_SHARDS", "1000"}, {"GTEST_SHARD_INDEX", "999"}};
  EXPECT_EQ(answer_of_run({}, a_shard_without_cases).status, exit_not_proven);
  expect_unproven_report(exit_not_proven);
}

TEST_F(ExitStatus, IsNotProvenWithoutTheEngineThatWasAskedFor) {
  const Answer local = answer_of_drill({{"PGREHEARSE_PG_BIN", "/nonexistent"}});
  EXPECT_EQ(local.status, exit_not_proven);
  EXPECT_TRUE(holds(local.err, "HINT: "));
  EXPECT_TRUE(holds(local.err, "PGREHEARSE_PG_BIN"));
  expect_unproven_report(exit_not_proven);

  report_ = sandbox_.fresh("report");
  const Answer docker =
      answer_to(short_drill(sandbox_, "docker", report_), {{"DOCKER_HOST", "unix:///nonexistent"}});
  EXPECT_EQ(docker.status, exit_not_proven);
  EXPECT_TRUE(holds(docker.err, "HINT: "));
  expect_unproven_report(exit_not_proven);
}

TEST_F(ExitStatus, IsNotProvenWithoutThePoolerThatWasAskedFor) {
  const Answer missing = answer_of_drill(
      {{"PGREHEARSE_POOLER", "pgbouncer"}, {"PGREHEARSE_PGBOUNCER", "/nonexistent"}});
  EXPECT_EQ(missing.status, exit_not_proven);
  EXPECT_TRUE(holds(missing.err, "PGREHEARSE_PGBOUNCER"));
  expect_unproven_report(exit_not_proven);

  const Answer without =
      answer_of_drill({{"PGREHEARSE_POOLER", "none"}, {"PGREHEARSE_PGBOUNCER", "/nonexistent"}});
  EXPECT_EQ(without.status, exit_met) << without.out << without.err;
}

TEST_F(ExitStatus, IsRefusedForAReportFolderThatHoldsAnotherRun) {
  ASSERT_EQ(answer_of_run({"--gtest_filter=Nope.*"}).status, exit_not_proven);
  const std::string before = read_file(report_ / "record.json");
  ProgramRun second{sandbox_, {"run", "--engine", "local", "--subject", sandbox_.subject().string(),
                                  "--report-dir", report_.string()}};
  EXPECT_EQ(second.status(), exit_refused);
  EXPECT_TRUE(holds(second.err(), "HINT: "));
  EXPECT_EQ(read_file(report_ / "record.json"), before);
  HostView host{sandbox_, false};
  EXPECT_EQ(
      host.await_removal(second.pid(), Milliseconds{60'000}).left, std::vector<std::string>{});
}

TEST_F(ExitStatus, IsMissedForAnObjectiveOutOfReachAndTheReportNamesIt) {
  replace_in(sandbox_.subject() / "drill.yaml", "rto: 2h", "rto: 1ms");
  const Answer answer = answer_of_drill({{"GITHUB_ACTIONS", "true"}});
  EXPECT_EQ(answer.status, exit_missed) << answer.out << answer.err;
  EXPECT_TRUE(holds(answer.out, "\n::error file=subject/drill.yaml,title="));
  EXPECT_EQ(record().at("exit_status"), exit_missed);
  EXPECT_EQ(attachments_amiss(sandbox_.path(), report_ / "junit.xml"), std::vector<std::string>{});
  EXPECT_EQ(malformation_of(report_ / "junit.xml"), "");
  const std::string xml = junit();
  const std::size_t failure = xml.find("<failure ");
  ASSERT_NE(failure, std::string::npos) << xml;
  EXPECT_TRUE(holds(xml.substr(failure, xml.find("</failure>") - failure), "rto"));
  EXPECT_EQ(xml.find("<error "), std::string::npos) << xml;
}

TEST_F(ExitStatus, IsNotProvenOnASourceThatMayLoseWhatItAcknowledged) {
  replace_in(sandbox_.subject() / "drill.yaml", "  version: 15\n",
      "  version: 15\n  settings: {fsync: \"off\"}\n");
  const Answer answer = answer_of_drill();
  EXPECT_TRUE(answer.status == exit_refused || answer.status == exit_not_proven) << answer.status;
  const nlohmann::json drill = record().at("drills").at(0);
  EXPECT_TRUE(holds(drill.at("error"), "fsync is off"));
  EXPECT_NE(drill.at("verdict"), "met");
}

TEST_F(ExitStatus, IsNotProvenForABadMigrationAndNamesItsFile) {
  write_file(sandbox_.subject() / "migrations" / "0002_more.sql", "SELECT 1;\n");
  const Answer answer = answer_of_drill();
  EXPECT_EQ(answer.status, exit_not_proven);
  EXPECT_TRUE(holds(answer.out, "0002_more.sql: bad-config: "));
  expect_unproven_report(exit_not_proven);
}

TEST_F(ExitStatus, IsNotProvenForAnAccidentThatHitsNothing) {
  replace_in(sandbox_.subject() / "drill.yaml", "  drop_table: public.notes\n", "");
  const Answer answer = answer_of_run({"--gtest_filter=AccidentalDelete.ADroppedTable*"});
  EXPECT_EQ(answer.status, exit_not_proven);
  EXPECT_TRUE(holds(answer.out, "this accident hits"));  // the line is broken before that
}

TEST_F(ExitStatus, IsNotProvenForAnUnansweredCheckAndNamesIt) {
  replace_in(
      sandbox_.subject() / "drill.yaml", "SELECT count(*) FROM public.notes", "SELECT 'many'");
  replace_in(sandbox_.subject() / "drill.yaml", "\">= baseline\"", "\"> 0\"");
  const Answer answer = answer_of_drill();
  EXPECT_EQ(answer.status, exit_not_proven) << answer.out << answer.err;
  EXPECT_TRUE(holds(answer.out, "no answer to subject:notes-not-fewer"));
}

TEST_F(ExitStatus, ComesWithEverySettingAndWhereItCameFrom) {
  const Answer answer = answer_of_run({"--gtest_filter=Nope.*", "--commits", "120"},
      {{"PGREHEARSE_COMMITS", "130"}, {"PGREHEARSE_SEED", "7"}, {"PGREHEARSE_SCALE", ""}});
  std::vector<std::string> rows;
  for (const std::string& line : lines_of(answer.out)) {
    std::string row;
    for (const std::string& word : split(line, ' ')) {
      row += word.empty() ? "" : word + " ";
    }
    rows.push_back(row);
  }
  const std::string all = joined(rows, "\n");
  EXPECT_TRUE(holds(all, "commits 120 flag "));
  EXPECT_TRUE(holds(all, "seed 7 environment "));
  EXPECT_TRUE(holds(all, "writers 2 drill.yaml "));
  EXPECT_TRUE(holds(all, "scale 1 default "));
  EXPECT_EQ(record().at("settings").size(), options().size());
}

TEST_F(ExitStatus, StaysWhatItIsWhenNobodyHearsOfIt) {
  const Answer answer = answer_of_run(
      {"--gtest_filter=Nope.*"}, {{"PGREHEARSE_WEBHOOK_URL", "http://127.0.0.1:1/hush-hush"},
                                     {"PGREHEARSE_NOTIFY_COMMAND", "exit 1"}});
  EXPECT_EQ(answer.status, exit_not_proven);
  EXPECT_TRUE(holds(answer.err, "the webhook gave no answer"));
  EXPECT_TRUE(holds(answer.err, "notifications ended with status 1"));
  EXPECT_FALSE(holds(answer.out + answer.err + read_file(report_ / "record.json"), "hush-hush"));
}

TEST_F(ExitStatus, ComesBesideTheRecordAloneWhenJsonIsAskedFor) {
  const Answer answer = answer_of_run({"--gtest_filter=Nope.*", "--format", "json"});
  EXPECT_EQ(answer.status, exit_not_proven);
  EXPECT_EQ(answer.out, read_file(report_ / "record.json"));
  EXPECT_TRUE(holds(answer.err, "nothing ran"));
}

TEST_F(ExitStatus, OfABundleIsWhetherItWasChanged) {
  ASSERT_EQ(answer_of_run({"--gtest_filter=Nope.*"}).status, exit_not_proven);
  const std::string file = (report_.parent_path() / "bundle.tar").string();
  EXPECT_EQ(answer_to({"bundle", report_.string(), "-o", file}).status, exit_met);
  EXPECT_EQ(answer_to({"bundle", report_.string(), "-o", file}).status, exit_refused);
  EXPECT_EQ(answer_to({"verify-bundle", file}).status, exit_met);
  std::string bytes = read_file(file);
  bytes[700] ^= 1;
  write_file(file, bytes);
  const Answer changed = answer_to({"verify-bundle", file});
  EXPECT_EQ(changed.status, exit_missed);
  EXPECT_TRUE(holds(changed.out, "drill-record.md was changed"));
  EXPECT_EQ(answer_to({"verify-bundle", file + ".none"}).status, exit_not_proven);
  std::filesystem::remove(file);
}

/// The words between two others in a text; empty when they are not there.
std::string between(const std::string& text, std::string_view first, std::string_view last) {
  const std::size_t begin = text.find(first);
  const std::size_t end =
      begin == std::string::npos ? begin : text.find(last, begin + first.size());
  return end == std::string::npos ? ""
                                  : text.substr(begin + first.size(), end - begin - first.size());
}

TEST_F(ExitStatus, OfAKeptRunIsItsVerdictAndSweepingItRemovesTheServer) {
  report_ = sandbox_.fresh("report");
  std::vector<std::string> arguments = short_drill(sandbox_, "local", report_);
  arguments.emplace_back("--keep");
  ProgramRun kept{sandbox_, arguments};
  ASSERT_EQ(kept.status(), exit_met) << kept.out() << kept.err();
  const std::string run_id = record().at("run_id");
  // What it prints for a person is what is tried here.
  const std::string connect = between(kept.out(), "kept: ", "\n");
  ASSERT_FALSE(connect.empty()) << kept.out();
  EXPECT_TRUE(holds(kept.out(), "sweep --run " + run_id));
  const Program question{
      .argv = {"/bin/sh", "-c", connect + " -XAtc 'SELECT count(*) >= 50 FROM public.notes'"}};
  EXPECT_EQ(run(question).out, "t\n") << run(question).err;

  EXPECT_EQ(answer_to({"sweep"}).status, exit_met);
  EXPECT_EQ(run(question).out, "t\n") << "a sweep of dead runs took the kept one";

  const Answer swept = answer_to({"sweep", "--run", run_id});
  EXPECT_EQ(swept.status, exit_met) << swept.out << swept.err;
  EXPECT_NE(run(question).status, 0) << "it still answers: " << connect;
  HostView host{sandbox_, false};
  EXPECT_EQ(host.await_removal(kept.pid(), Milliseconds{60'000}).left, std::vector<std::string>{});
}

}  // namespace
}  // namespace pgrehearse
