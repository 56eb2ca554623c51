// The documents are part of the program: a command that they show works, or the build is red.
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/docs/document.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

/// Recognised, but not run here, each for its reason. A pattern is a whole command; a final "*"
/// stands for any rest.
struct NotRunHere {
  std::string_view pattern;
  std::string_view reason;
};
constexpr std::array<NotRunHere, 31> not_run_here{{
    {"./ci/drill", "a whole run: what it starts, ctest runs as drill/*"},
    {"./ci/drill run --engine *", "the same, on a chosen engine"},
    {"./ci/drill run --subject *", "the same, on a chosen subject"},
    {"./ci/drill run --scenario *", "the same, one scenario"},
    {"./ci/drill run --gtest_filter=*", "the same, one case"},
    {"./ci/drill prove*", "ctest runs it as sabotage/*"},
    {"./ci/drill gate *", "it needs a repository with a change; program/Gate makes them"},
    {"./ci/drill due*", "its answer depends on the runs of this folder; program/* asks it"},
    {"PGREHEARSE_SOURCE=*", "it reads a server; program/OwnBackup makes one and does"},
    {"./ci/drill sweep*", "removes what it finds on this host; unit and contract tests sweep"},
    {"./ci/drill bundle REPORT_DIR*", "needs the reports of a run; unit/report/ makes bundles"},
    {"./ci/drill verify-bundle *", "the same"},
    {"./ci/drill report *",
        "shows the runs of this folder; unit/report/ and readers/html have some"},
    {"./ci/drill forget *", "the same"},
    {"pgrehearse run *", "a whole run of somebody's repository; program/InARepository runs one"},
    {"pgrehearse init*", "writes where it stands; program/InARepository runs it"},
    {"ci/rehearse *", "the script that init writes; lint/pipelines_test runs it"},
    {"./ci/test", "it runs this test"},
    {"ci/test", "the same"},
    {"ci/setup --ci", "it installs packages; CI begins with it"},
    {"ci/build dev", "it builds for minutes; CI does so with release"},
    {"ci/check-format --fix", "it writes in the sources; ctest asks lint/format"},
    {"ctest --preset *", "it runs tests; that it would run some is asked here"},
    {"PGREHEARSE_TEST_SIZE=nightly ctest --preset *", "the same, in the size of the night"},
    {"cmake --install build/release *", "ctest does it: install/example"},
    {"cpack --config build/release/CPackConfig.cmake", "ctest does it: install/package"},
    {"sudo apt-get install ./pgrehearse_*", "the same, into an image of this host"},
    {"ci/images/pgrehearse/build *", "the same"},
    {"docker build --file ci/images/pgrehearse/Dockerfile *", "the same, on a base of this host"},
    {"docker run --rm *", "the same"},
    {"podman --runtime runc run --rm *", "tried by hand; the tests build this image with docker"},
}};

/// Run as they stand, and expected to exit 0.
constexpr std::array<std::string_view, 11> cheap{"pgrehearse doctor", "pgrehearse plan",
    "pgrehearse explain", "pgrehearse lint-runbook fixtures/runbooks/mended.md", "./ci/drill list",
    "./ci/drill doctor", "./ci/drill schema", "./ci/drill render reports/samples/record.json",
    "./ci/drill run --gtest_list_tests", "cmake --list-presets", "ci/leftovers list"};
constexpr std::string_view help = " --help";

const fs::path root{PGREHEARSE_SOURCE_DIR};

bool is_cheap(std::string_view command) {
  return command.ends_with(help) ||
         std::any_of(cheap.begin(), cheap.end(), [&](std::string_view known) {
           return command == known || command.starts_with(fmt::format("{} ", known));
         });
}

bool fits(std::string_view pattern, std::string_view command) {
  return pattern.ends_with('*') ? command.starts_with(pattern.substr(0, pattern.size() - 1))
                                : command == pattern;
}

bool is_known(std::string_view command) {
  return is_cheap(command) ||
         std::any_of(not_run_here.begin(), not_run_here.end(),
             [&](const NotRunHere& known) { return fits(known.pattern, command); });
}

/// ci/drill builds the program and becomes it; here the program is built already.
std::string with_the_program_under_test(const std::string& command) {
  constexpr std::string_view script = "./ci/drill ";
  constexpr std::string_view program = "pgrehearse ";
  if (command.starts_with(program)) {
    return companion("pgrehearse").string() + " " + command.substr(program.size());
  }
  if (!command.starts_with(script) || command == "./ci/drill --help") {
    return command;
  }
  return companion("pgrehearse").string() + " " + command.substr(script.size());
}

/// "" when the command does what the document says.
std::string tried(const DocumentedCommand& command) {
  const Completed ended = run({.argv = {"bash", "-c", with_the_program_under_test(command.text)},
      .cwd = root,
      .deadline = Seconds{120}});
  if (!ended.ok()) {
    return fmt::format("exits {}: {}", ended.status, trimmed(ended.err));
  }
  const std::string missing = first_missing(command.output, ended.out);
  return missing.empty() ? "" : fmt::format("does not print '{}'", missing);
}

/// "" when a whole run, asked to list its cases only, takes its options and has a case to run.
std::string dry_run(const DocumentedCommand& command) {
  const std::string listing = with_the_program_under_test(command.text + " --gtest_list_tests") +
                              " | grep '^  ' >/dev/null";
  const Completed ended = run({.argv = {"bash", "-o", "pipefail", "-c", listing}, .cwd = root});
  return ended.ok() ? "" : fmt::format("would run nothing: {}", trimmed(ended.err));
}

/// The tests that "ctest --preset ..." would run, of this build: dev has the same ones. They are
/// listed from another folder, because ctest keeps a log where it stands, and one may run there.
std::string tests_selected_by(const std::string& command) {
  constexpr std::string_view preset = "ctest --preset ";
  const std::size_t name = command.find(preset) + preset.size();
  const std::size_t end = std::min(command.find(' ', name), command.size());
  const std::string only = command.substr(name, end - name) == "drill" ? " -L '^drill$'" : "";
  const fs::path build = companion("pgrehearse").parent_path().parent_path();
  const TempDir folder{"pgrehearse-docs"};
  write_file(folder.path() / "CTestTestfile.cmake",
      fmt::format("subdirs(\"{}\")\n", (build / "tests").string()));
  return run(
      {.argv = {"bash", "-c", fmt::format("ctest -N{}{} | grep '#'", only, command.substr(end))},
          .cwd = folder.path(),
          .deadline = Seconds{120}})
      .out;
}

/// ./ci/drill --help configures and builds release: free there, minutes elsewhere.
bool builds_something_else(const std::string& command) {
  return command == "./ci/drill --help" &&
         companion("pgrehearse").parent_path() != root / "build/release/bin";
}

TEST(DocumentedCommands, EveryOneIsKnown) {
  std::size_t seen = 0;
  for (const fs::path& document : documents()) {
    for (const DocumentedCommand& command : commands_in(read_file(document))) {
      ++seen;
      EXPECT_TRUE(is_known(command.text))
          << place_in(document, command.line) << ": '" << command.text
          << "' is neither run by this test nor on its list of those that are not";
    }
  }
  EXPECT_GE(seen, 10U);
}

TEST(DocumentedCommands, CheapOnesDoWhatTheDocumentsShow) {
  std::map<std::string, std::size_t> runs;
  for (const fs::path& document : documents()) {
    for (const DocumentedCommand& command : commands_in(read_file(document))) {
      if (!is_cheap(command.text) || builds_something_else(command.text)) {
        continue;
      }
      if (++runs[command.text] > 1 && command.output.empty()) {
        continue;
      }
      EXPECT_EQ(tried(command), "")
          << place_in(document, command.line) << ": '" << command.text << "'";
    }
  }
  EXPECT_GE(runs.size(), 5U);
}

TEST(DocumentedCommands, WholeRunsWouldRunSomething) {
  std::size_t seen = 0;
  for (const fs::path& document : documents()) {
    for (const DocumentedCommand& command : commands_in(read_file(document))) {
      const bool is_run = command.text.starts_with("./ci/drill run ") ||
                          command.text.starts_with("./ci/drill prove");
      if (is_run && !is_cheap(command.text)) {
        ++seen;
        EXPECT_EQ(dry_run(command), "")
            << place_in(document, command.line) << ": '" << command.text << "'";
      }
    }
  }
  EXPECT_GE(seen, 1U);
}

TEST(DocumentedCommands, SelectionsOfTestsSelectSome) {
  std::size_t seen = 0;
  for (const fs::path& document : documents()) {
    for (const DocumentedCommand& command : commands_in(read_file(document))) {
      if (command.text.find("ctest --preset ") != std::string::npos) {
        ++seen;
        EXPECT_NE(tests_selected_by(command.text), "")
            << place_in(document, command.line) << ": '" << command.text << "'";
      }
    }
  }
  EXPECT_GE(seen, 3U);
}

TEST(DocumentedCommands, AWrongOneIsNoticed) {
  EXPECT_FALSE(is_known("./ci/drill runn"));
  EXPECT_FALSE(is_known("rm -rf build"));
  EXPECT_EQ(tests_selected_by("ctest --preset drill -R NobodyWroteIt"), "");
  EXPECT_NE(dry_run({.text = "./ci/drill run --scenario nobody-wrote-it"}), "");
  EXPECT_NE(dry_run({.text = "./ci/drill run --gtest_filter=NobodyWroteIt.*"}), "");
  EXPECT_NE(tried({.text = "./ci/drill run --no-such-flag --gtest_list_tests"}), "");
  EXPECT_NE(tried({.text = "./ci/drill list", .output = {"a-scenario-that-nobody-wrote"}}), "");
}

TEST(DocumentedLinks, LeadSomewhere) {
  std::size_t seen = 0;
  for (const fs::path& document : documents()) {
    for (const DocumentedLink& link : links_in(read_file(document))) {
      ++seen;
      EXPECT_EQ(fault_of(link, document), "")
          << place_in(document, link.line) << ": " << link.target;
    }
  }
  EXPECT_GE(seen, 10U);
}

TEST(DocumentedLinks, ABrokenOneIsNoticed) {
  const fs::path readme = root / "README.md";
  EXPECT_NE(fault_of({1, "docs/no-such-file.md"}, readme), "");
  EXPECT_NE(fault_of({1, "docs/errors.md#no-such-heading"}, readme), "");
  EXPECT_NE(fault_of({1, "/docs/errors.md"}, readme), "");
  EXPECT_EQ(fault_of({1, "docs/errors.md#archive-gap"}, readme), "");
}

TEST(Documents, AreAscii) {
  for (const fs::path& document : documents()) {
    const std::string text = read_file(document);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](unsigned char byte) {
      return byte == '\n' || std::isprint(byte) != 0;
    })) << document.lexically_relative(root);
  }
}

TEST(DocumentReader, TellsCommandsFromOutputAndComments) {
  const auto commands = commands_in(
      "$ not a command\n```sh\n# comment\nci/build \\\n  dev  # another\n```\n"
      "```console\n$ a --b\nits output\n...\n```\n```yaml\nkey: 1\n```\n```\nplain\n```\n");
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].text, "ci/build dev");
  EXPECT_EQ(commands[0].line, 4);
  EXPECT_EQ(commands[1].text, "a --b");
  EXPECT_EQ(commands[1].output, (std::vector<std::string>{"its output", "..."}));
}

TEST(DocumentReader, TakesIndentedCodeForCommands) {
  const auto commands = commands_in(
      "Text:\n\n    ci/build dev    # into build/dev\n    ci/test\n\n    ctest\nText\n    goes on\n"
      "\n- item\n\n    its paragraph\n\nText\n\n    last\n");
  ASSERT_EQ(commands.size(), 4U);
  EXPECT_EQ(commands[0].text, "ci/build dev");
  EXPECT_EQ(commands[0].line, 3);
  EXPECT_EQ(commands[2].text, "ctest");
  EXPECT_EQ(commands[3].text, "last");
}

TEST(DocumentReader, EndsAFenceAtOneAsLong) {
  EXPECT_TRUE(commands_in("````markdown\n```sh\nshown\n```\n````\n").empty());
  EXPECT_EQ(commands_in("````markdown\n```\n````\n```sh\nmeant\n```\n").size(), 1U);
}

TEST(DocumentReader, FindsLinksOutsideOfCodeOnly) {
  const auto links = links_in("see [a](b.md) and ![c](d.svg#e)\n`[x](y)`\n```\n[x](y)\n```\n");
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].target, "b.md");
  EXPECT_EQ(links[1].target, "d.svg#e");
}

TEST(DocumentReader, WantsOutputInOrder) {
  EXPECT_EQ(first_missing({"b", "...", "c"}, "a\nb\nx\nc\n"), "");
  EXPECT_EQ(first_missing({"c", "b"}, "a\nb\nc\n"), "b");
}

}  // namespace
}  // namespace pgrehearse
