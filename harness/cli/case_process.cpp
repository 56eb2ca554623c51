#include "harness/cli/case_process.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

// The same invocation again, less what the caller says anew. By this very executable: a program of
// somebody's own scenarios has other cases than ours.
std::vector<std::string> command_line(const RunRequest& request, std::vector<std::string> more) {
  std::vector<std::string> argv{own_executable().string(), request.sabotages ? "prove" : "run"};
  for (const std::string& flag : request.flags) {
    constexpr std::array anew{"--jobs=", "--report-dir=", "--tool=", "--format=", "--notify-on=",
        "--metrics-file=", "--history="};
    if (std::none_of(
            anew.begin(), anew.end(), [&](const char* given) { return flag.starts_with(given); })) {
      argv.push_back(flag);
    }
  }
  // What is told to others is told once, by the run as a whole.
  argv.insert(argv.end(), {"--jobs=1", "--format=text", "--notify-on=never"});
  if (!request.tool.empty()) {
    argv.push_back("--tool=" + request.tool);  // one of those that the caller may have named
  }
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

Program program_of(
    const RunRequest& request, const CaseName& name, const std::filesystem::path& folder) {
  return {.argv = command_line(
              request, {"--report-dir=" + folder.string(), "--gtest_filter=" + name.text()}),
      // Empty counts as not set; as a flag, an empty value would take the next word for its own.
      .env = {{"PGREHEARSE_PART_OF_A_RUN", Secret{"1"}}, {"PGREHEARSE_METRICS_FILE", Secret{}},
          {"PGREHEARSE_PUSHGATEWAY_URL", Secret{}}, {"PGREHEARSE_HISTORY", Secret{}}}};
}

}  // namespace

std::vector<CaseName> cases_in(std::string_view listing) {
  std::vector<CaseName> cases;
  std::string suite;
  for (const std::string& line : lines_of(listing)) {
    // A comment names the parameter of a case.
    const std::string text{trimmed(line.substr(0, line.find("  # ")))};
    if (line.starts_with("  ") && !suite.empty()) {
      cases.push_back({.suite = suite, .test = text});
    } else if (text.ends_with('.')) {
      suite = text.substr(0, text.size() - 1);
    }
  }
  return cases;
}

std::vector<CaseName> selected_cases(const RunRequest& request) {
  std::vector<std::string> more = request.gtest_arguments;
  more.emplace_back("--gtest_list_tests");
  return cases_in(run_or_throw({.argv = command_line(request, more)}).out);
}

CaseProcess::CaseProcess(
    const RunRequest& request, CaseName name, const std::filesystem::path& folder)
    : name_(std::move(name)),
      folder_(folder),
      process_(program_of(request, name_, folder), folder.string() + ".txt") {}

void CaseProcess::signal(int number) const {
  kill(process_.pid(), number);
}

std::optional<RunRecord> CaseProcess::record() const {
  try {
    return record_from_json(read_file(folder_ / "record.json"));
  } catch (const Error&) {
    return std::nullopt;  // the caller says what that means
  }
}

}  // namespace pgrehearse
