// The job that fails when a drill is overdue, as GitHub would run it: the commands of the workflow
// itself, in a fresh folder, with the real pgrehearse and the real script. Only GitHub's own side
// is a stand-in: runs and artifacts that lie in a folder, asked for in the words of Debian's gh.
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "harness/base/files.hpp"
#include "harness/base/kebab_case.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/drill/record.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const fs::path root{PGREHEARSE_SOURCE_DIR};

// gh 2.23, which Debian 12 has, knows no --event.
constexpr const char* gh = R"sh(#!/bin/sh
case "$*" in
  "run list --workflow Restore drills --limit "*" --json databaseId"*" --jq "*) ls "$ARTIFACTS" ;;
  "run download "*" --dir "*) [ -n "$(ls "$ARTIFACTS/$3")" ] && mkdir -p "$5" && cp -r "$ARTIFACTS/$3/." "$5" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
)sh";

struct Workflow {
  std::string name;     ///< of the test
  std::string file;     ///< below the root of this repository
  std::string script;   ///< in its checkout: what every CI calls
  std::string program;  ///< where pgrehearse is once it was installed or built
};

std::ostream& operator<<(std::ostream& out, const Workflow& workflow) {
  return out << workflow.name;
}

class OverdueJob : public testing::TestWithParam<Workflow> {
 protected:
  void SetUp() override {
    place(GetParam().script, read_file(root / "ci/pipelines/rehearse"));
    place("fixtures/bookings/drill.yaml", "");
    place("bin/gh", gh);
    // What installs packages and builds the program is tried wherever somebody does.
    for (const char* quiet : {"ci/packages", "ci/build", "bin/apt-get"}) {
      place(quiet, "#!/bin/sh\n");
    }
    place("path", "");
    fs::create_directories((checkout_ / GetParam().program).parent_path());
    fs::create_symlink(companion("pgrehearse"), checkout_ / GetParam().program);
    fs::create_directories(artifacts_ / "101");  // a run of the overdue job itself leaves nothing
  }

  /// Evidence of every scenario, from a run that ended then: all met, but for what the subject
  /// lacks.
  void leave_evidence(Timestamp end) const {
    RunRecord record;
    record.run_id = "20260101T000000Z-00000000";
    record.begin = record.end = end.text();
    const Completed listed = run_or_throw({.argv = {companion("pgrehearse").string(), "list"}});
    for (const std::string& line : lines_of(listed.out)) {
      const std::size_t dot = line.find('.');
      if (line.starts_with("  ") && dot != std::string::npos) {
        record.drills.push_back(case_of(line.substr(2, dot - 2), line.substr(dot + 1)));
      }
    }
    const fs::path folder = artifacts_ / "102/restore-drill-102-1/quarterly";
    fs::create_directories(folder);
    write_file(folder / "record.json", to_json(record));
  }

  /// Runs every command of the job, one after the other, until one fails.
  [[nodiscard]] Completed run_job() const {
    const YAML::Node workflow = YAML::LoadFile(root / GetParam().file);
    std::string script = "set -e\nPATH=$PWD/bin:$PATH\n";
    for (const YAML::Node& step : workflow["jobs"]["overdue"]["steps"]) {
      if (step["run"]) {
        // What a step notes in that file is in the PATH of the next one.
        script += fmt::format("(\n{}\n)\nPATH=$(cat path):$PATH\n", step["run"].as<std::string>());
      }
    }
    std::vector<EnvVar> environment{{"ARTIFACTS", Secret{artifacts_.string()}},
        {"GITHUB_PATH", Secret{(checkout_ / "path").string()}}};
    for (const char* variable : {"PGREHEARSE_PROJECT", "PGREHEARSE_REPORTS", "PGREHEARSE_EVERY"}) {
      environment.push_back({variable, Secret{workflow["env"][variable].as<std::string>("")}});
    }
    return run({.argv = {"bash", "-c", script}, .env = environment, .cwd = checkout_});
  }

 private:
  void place(const fs::path& file, const std::string& text) const {
    fs::create_directories((checkout_ / file).parent_path());
    write_file(checkout_ / file, text, 0755);
  }

  static DrillRecord case_of(const std::string& suite, const std::string& test) {
    DrillRecord drill;
    drill.suite = suite;
    drill.test = test;
    if (suite.starts_with("Own")) {
      drill.status = "not applicable";
      drill.skip_reason = "drill.yaml has no such section";
      return drill;
    }
    drill.scenario = kebab_case(suite);
    drill.status = "finished";
    drill.verdict = Verdict::met;
    drill.findings = {{.check = "exact-set", .verdict = Verdict::met}};
    drill.finding_lines = {0};
    return drill;
  }

  Sandbox sandbox_;
  fs::path checkout_ = sandbox_.fresh("checkout");
  fs::path artifacts_ = sandbox_.fresh("artifacts");
};

TEST_P(OverdueJob, SucceedsWhileTheEvidenceIsRecent) {
  leave_evidence(Timestamp::now());
  const Completed job = run_job();
  EXPECT_EQ(job.status, exit_met) << job.out << job.err;
  EXPECT_NE(job.out.find("RECENT   corruption"), std::string::npos) << job.out;
  EXPECT_NE(job.out.find("not applicable, drill.yaml has no such section"), std::string::npos);
}

TEST_P(OverdueJob, FailsWhenTheEvidenceIsOld) {
  leave_evidence(Timestamp::parse("2020-01-01T00:00:00.000000Z"));
  const Completed job = run_job();
  EXPECT_EQ(job.status, exit_missed) << job.out << job.err;
  EXPECT_NE(job.out.find("OVERDUE  corruption"), std::string::npos) << job.out;
}

TEST_P(OverdueJob, FailsWithoutEvidence) {
  const Completed job = run_job();
  EXPECT_EQ(job.status, exit_not_proven) << job.out << job.err;
  EXPECT_NE(job.out.find("NONE     corruption"), std::string::npos) << job.out;
}

INSTANTIATE_TEST_SUITE_P(Of, OverdueJob,
    testing::Values(Workflow{"Ours", ".github/workflows/restore-drills.yml",
                        "ci/pipelines/rehearse", "build/release/bin/pgrehearse"},
        Workflow{"Everybody", "ci/pipelines/github.yml", "ci/rehearse", "bin/pgrehearse"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace pgrehearse
