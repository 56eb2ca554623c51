// The linter as a pipeline has it: what is printed where, and the exit status.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

class LintRunbook : public testing::Test {
 protected:
  int lint(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"lint-runbook"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    ProgramRun program{sandbox_, all};
    const int status = program.status();
    out_ = program.out();
    err_ = program.err();
    return status;
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = sandbox_.path() / name;
    write_file(path, text);
    return path.string();
  }

  Sandbox sandbox_;
  std::string out_;
  std::string err_;
};

TEST_F(LintRunbook, NamesEachFindingByFileAndLine) {
  const std::string file = write("bad.md", "```sh\ndropdb shop || true\n```\n");
  EXPECT_EQ(lint({file}), 1);
  EXPECT_EQ(out_.find(file + ":2: failure-ignored: "), 0U) << out_;
  EXPECT_NE(err_.find("1 findings, 0 meant, in 2 commands of 1 blocks"), std::string::npos) << err_;
}

TEST_F(LintRunbook, WithoutACommandItHasProvenNothing) {
  const std::string good = write("good.md", "```sh\nls\n```\n");
  const std::string prose = write("prose.md", "Restore the backup.\n");
  EXPECT_EQ(lint({good}), 0);
  EXPECT_EQ(lint({good, prose}), 2);
  EXPECT_NE(err_.find("not proven"), std::string::npos) << err_;
}

TEST_F(LintRunbook, GivesJsonWithWhatIsMeant) {
  const std::string file = write("meant.md",
      "<!-- pgrehearse: meant failure-ignored: a new server -->\n```sh\ndropdb shop || "
      "true\n```\n");
  EXPECT_EQ(lint({"--format", "json", file}), 0);
  const auto files = nlohmann::json::parse(out_);
  EXPECT_EQ(files.at(0).at("file"), file);
  EXPECT_EQ(files.at(0).at("findings").at(0).at("line"), 3);
  EXPECT_EQ(files.at(0).at("findings").at(0).at("meant"), "a new server");
}

TEST_F(LintRunbook, RefusesWhatItCannotRead) {
  EXPECT_EQ(lint({}), 64);
  EXPECT_EQ(lint({"--format", "xml", "a.md"}), 64);
  EXPECT_EQ(lint({sandbox_.path().string()}), 64);
  EXPECT_EQ(lint({(sandbox_.path() / "none.md").string()}), 2);
  EXPECT_NE(err_.find("none.md"), std::string::npos) << err_;
}

}  // namespace
}  // namespace pgrehearse
