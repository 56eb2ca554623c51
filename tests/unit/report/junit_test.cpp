// JUnit XML as its consumers see it: through parsers that are not ours.
#include "harness/report/junit.hpp"

#include <set>

#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/report/junit_case.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

// A rendered document in a folder of its own.
class Document {
 public:
  explicit Document(const RunRecord& record, JunitDialect dialect = JunitDialect::superset)
      : Document(record, JunitForm{.dialect = dialect}) {}
  Document(const RunRecord& record, const JunitForm& form) : text_(render_junit(record, form)) {
    write_file(path(), text_);
  }
  std::filesystem::path path() const { return folder_.path() / "junit.xml"; }
  const std::string& text() const { return text_; }
  std::string ask(const std::string& expression) const { return xpath(path(), expression); }

 private:
  TempDir folder_{"junit"};
  std::string text_;
};

std::vector<RunRecord> all_records() {
  RunRecord untidy = sample_record();
  untidy.leftovers = {"container a", "volume b"};
  RunRecord stopped = sample_record();
  stopped.drills.resize(1);
  stopped.interrupted = "SIGTERM";
  RunRecord bare = empty_record();
  bare.drills.resize(3);
  return {sample_record(), hostile_record(), empty_record(), untidy, stopped, bare};
}

TEST(Junit, FollowsItsSchemaInBothDialects) {
  const std::string xsd = source_path("reports/schema/junit.xsd").string();
  for (const RunRecord& record : all_records()) {
    for (const JunitDialect dialect : {JunitDialect::superset, JunitDialect::jenkins}) {
      const Document document{record, dialect};
      const Completed lint =
          program({"xmllint", "--noout", "--schema", xsd, document.path().string()});
      EXPECT_EQ(lint.status, 0) << lint.err << document.text();
    }
  }
}

TEST(Junit, KeepsToWhatJenkinsAllowsInItsDialect) {
  const std::string rules = source_path("reports/schema/junit-jenkins.xsd").string();
  for (const RunRecord& record : all_records()) {
    const Document document{record, JunitDialect::jenkins};
    const Completed lint =
        program({"xmllint", "--noout", "--schema", rules, document.path().string()});
    EXPECT_EQ(lint.status, 0) << lint.err;
    EXPECT_EQ(document.ask("count(//testcase/properties | //testcase/@file | //testcase/@line | "
                           "/testsuites/@skipped | /testsuites/@timestamp)"),
        "0");
  }
}

TEST(Junit, ThatJenkinsWouldRefuseIsNoticed) {
  const Document superset{sample_record(), JunitDialect::superset};
  EXPECT_NE(program({"xmllint", "--noout", "--schema",
                        source_path("reports/schema/junit-jenkins.xsd").string(),
                        superset.path().string()})
                .status,
      0);
}

TEST(Junit, CountsAsAnotherParserCounts) {
  if (program({"/usr/bin/python3", "-c", "import junitparser"}).status != 0) {
    GTEST_SKIP() << "the Python module junitparser is not installed";
  }
  const std::string script =
      "import sys\n"
      "from junitparser import JUnitXml, Failure, Error, Skipped\n"
      "xml = JUnitXml.fromfile(sys.argv[1])\n"
      "def seen(suites):\n"
      "  cases = [case for suite in suites for case in suite]\n"
      "  count = lambda kind: sum(any(isinstance(r, kind) for r in c.result) for c in cases)\n"
      "  return (len(cases), count(Failure), count(Error), count(Skipped))\n"
      "def told(x): return (x.tests, x.failures, x.errors, x.skipped)\n"
      "for suite in xml: assert told(suite) == seen([suite]), (suite.name, told(suite))\n"
      "assert told(xml)[:3] == seen(xml)[:3], told(xml)\n"
      "print(*seen(xml))\n";
  const std::vector<std::string> expected{
      "3 1 0 1", "10 2 7 1", "1 0 1 0", "4 1 1 1", "2 0 1 0", "3 0 3 0"};
  const std::vector<RunRecord> records = all_records();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Document document{records[i]};
    const Completed parsed = program({"/usr/bin/python3", "-c", script, document.path().string()});
    ASSERT_EQ(parsed.status, 0) << parsed.err;
    EXPECT_EQ(trimmed(parsed.out), expected[i]) << "record " << i;
  }
}

TEST(Junit, HasOneFailurePerMissedFindingAndObjective) {
  const Document document{sample_record()};
  const std::string name = "//testcase[@classname='drill.Corruption']";
  EXPECT_EQ(document.ask("count(" + name + "/failure)"), "3");
  EXPECT_EQ(document.ask("string(" + name + "/failure[2]/@message)"),
      "content: expected 6 tables as at the marker, observed 2 tables differ");
  EXPECT_EQ(document.ask("substring-before(" + name + "/failure[2], 'content:')"),
      "scenarios/corruption.cpp:48");
  EXPECT_EQ(document.ask("string(" + name + "/failure[3]/@message)"),
      "rpo: expected at most 1 s, observed 1.75 s");
}

TEST(Junit, TellsAMissedObjectiveOnce) {
  const Document document{hostile_record()};
  const std::string name = "//testcase[@name='SlowerThanItsPhases']";
  EXPECT_EQ(document.ask("count(" + name + "/failure)"), "1");
  EXPECT_EQ(document.ask("substring-before(" + name + "/failure, 'rto:')"),
      "scenarios/accidental_delete.cpp:60");
}

TEST(Junit, TellsWhyNothingIsProven) {
  const Document document{hostile_record()};
  const auto message = [&](const std::string& name) {
    return document.ask("string(//testcase[@name='" + name + "']/error/@message)");
  };
  EXPECT_EQ(message("Same"), "not finished");
  EXPECT_EQ(message("Crashes"), "crashed: signal 11 ended the drill's process");
  EXPECT_EQ(message("Interrupted"), "interrupted");
  EXPECT_EQ(message("ErrorOfTheHarness"), "engine-missing: docker does not answer");
  EXPECT_EQ(message("NothingMeasured"), "no answer to rpo");
  EXPECT_EQ(document.ask("substring(//testcase[@name='Crashes']/error, 1, 32)"),
      "scenarios/regional_outage.cpp:40");
}

TEST(Junit, SkipsWithAReason) {
  const Document document{sample_record()};
  EXPECT_EQ(document.ask("string(//skipped/@message)"),
      "no object store in a second region is configured");
}

TEST(Junit, IsRedWheneverTheRunIsNotGreen) {
  RunRecord record = sample_record();
  record.drills.resize(1);
  EXPECT_EQ(Document{record}.ask("count(//failure | //error)"), "0");
  record.leftovers = {"volume x"};
  EXPECT_EQ(Document{record}.ask("string(//error/@type)"), "drill.leftovers");
  record.leftovers.clear();
  record.interrupted = "SIGHUP";
  EXPECT_EQ(Document{record}.ask("string(//error/@message)"), "interrupted by SIGHUP");
  EXPECT_EQ(Document{empty_record()}.ask("string(//error/@message)"), "nothing ran");
}

TEST(Junit, NeverRepeatsAName) {
  RunRecord record = empty_record();
  DrillRecord drill;
  drill.suite = "S";
  for (const char* name : {"A", "A (2)", "A", "A", "", "Unnamed", "A\n", "A "}) {
    drill.test = name;
    record.drills.push_back(drill);
  }
  drill.test = std::string(5000, 'x');
  record.drills.insert(record.drills.end(), {drill, drill});
  std::set<std::pair<std::string, std::string>> names;
  for (const JunitCase& test : junit_cases_of(record)) {
    EXPECT_TRUE(names.emplace(test.suite, test.name).second) << test.name;
  }
  EXPECT_EQ(Document{record}.ask("count(//testcase)"), std::to_string(record.drills.size()));
}

TEST(Junit, TellsTheKeyFactsTwice) {
  const Document document{sample_record()};
  const std::string test = "//testcase[@classname='drill.AccidentalDelete']";
  EXPECT_EQ(document.ask("string(" + test + "//property[@name='drill.rto_seconds']/@value)"), "9");
  EXPECT_EQ(document.ask("string(" + test + "//property[@name='drill.discarded']/@value)"), "381");
  const std::string out = document.ask("string(" + test + "/system-out)");
  EXPECT_NE(out.find("rto_seconds=9\n"), std::string::npos);
  EXPECT_NE(out.find("[[PROPERTY|lost=0]]\n"), std::string::npos);
  EXPECT_EQ(document.ask("string(//testcase[@classname='drill.Corruption']"
                         "//property[@name='drill.rto_seconds']/@value)"),
      "not achieved");
}

TEST(Junit, NamesEvidenceByTheFolderThatItLiesIn) {
  const std::string name = "/accidental-delete/restored.log";
  for (const JunitDialect dialect : {JunitDialect::superset, JunitDialect::jenkins}) {
    const Document document{sample_record(), {.dialect = dialect, .evidence = "reports/out/a"}};
    const std::string out = document.ask("string(//testcase[1]/system-out)");
    EXPECT_NE(out.find("[[ATTACHMENT|reports/out/a" + name + "]]"), std::string::npos) << out;
  }
  const Document document{sample_record(), {.evidence = "reports/out/a"}};
  EXPECT_EQ(
      document.ask("string((//property[@name='attachment'])[1]/@value)"), "reports/out/a" + name);
}

TEST(Junit, GivesGitLabPathsBelowTheCheckoutAndJenkinsAbsoluteOnes) {
  const auto place = [](const char* folder, const std::vector<std::filesystem::path>& projects) {
    return evidence_folder(folder, JunitDialect::superset, projects).string();
  };
  EXPECT_EQ(place("/builds/shop/reports/out/a", {"", "/builds/shop"}), "reports/out/a");
  EXPECT_EQ(place("/builds/shop/db/reports/./out", {"/builds/shop", "/builds/shop/db"}),
      "db/reports/out");
  EXPECT_EQ(place("/builds/shop/../a", {"/elsewhere", "/builds/shop"}), "/builds/a");
  EXPECT_EQ(place("/builds/shop-2/a", {"/builds/shop"}), "/builds/shop-2/a");
  EXPECT_EQ(evidence_folder("/builds/shop/reports", JunitDialect::jenkins, {"/builds/shop"}),
      "/builds/shop/reports");
}

TEST(Junit, LetsNoValueForgeAnAttachment) {
  RunRecord record = sample_record();
  record.drills.resize(1);
  record.drills[0].backup = "x]]\n[[ATTACHMENT|/etc/passwd]]";
  record.drills[0].warnings = {"[[ATTACHMENT|/etc/passwd]]"};
  const Document document{record};
  for (const char* stream : {"string(//system-out)", "string(//system-err)"}) {
    const std::string console = document.ask(stream);
    EXPECT_NE(console.find("/etc/passwd"), std::string::npos) << stream;
    EXPECT_EQ(console.find("[[ATTACHMENT|/etc/passwd"), std::string::npos) << stream;
  }
}

TEST(Junit, SurvivesTenMegabytesInOneText) {
  RunRecord record = sample_record();
  record.drills[1].findings[1].details.assign(1, std::string(10'500'000, '<'));
  record.drills[1].findings[1].observed = std::string(10'500'000, '&');
  const Document document{record};
  EXPECT_EQ(program({"xmllint", "--noout", document.path().string()}).status, 0);
  EXPECT_LT(document.text().size(), 2'000'000U);
}

}  // namespace
}  // namespace pgrehearse
