#include "harness/cli/run_request.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/cli/suites.hpp"
#include "harness/drill/backup_plan.hpp"

namespace pgrehearse {
namespace {

bool has_filter_of_its_own(const RunRequest& request) {
  return std::any_of(request.gtest_arguments.begin(), request.gtest_arguments.end(),
      [](const std::string& argument) { return argument.starts_with("--gtest_filter"); });
}

}  // namespace

void start_googletest(const RunRequest& request) {
  std::vector<std::string> arguments{"pgrehearse", "--gtest_filter=" + request.filter};
  arguments.insert(arguments.end(), request.gtest_arguments.begin(), request.gtest_arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  int count = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  testing::InitGoogleTest(&count, pointers.data());
  if (count > 1) {
    throw Error{ErrorCode::bad_config, fmt::format("GoogleTest does not know '{}'", pointers[1]),
        "pgrehearse run --help lists the options; GoogleTest's own begin with --gtest_."};
  }
  std::string filter = narrowed(testing::GTEST_FLAG(filter), request.filter);
  if (!has_filter_of_its_own(request)) {
    filter = without(filter, request.leave_out);
  }
  testing::GTEST_FLAG(filter) = filter;
}

bool only_lists(const RunRequest& request) {
  return std::any_of(request.gtest_arguments.begin(), request.gtest_arguments.end(),
      [](const std::string& argument) { return argument.starts_with("--gtest_list_tests"); });
}

Subject subject_of(const RunRequest& request) {
  Subject subject = load_subject(request.subject);
  if (!request.tool.empty() && request.tool != subject.backup.tool) {
    subject.backup.tool = request.tool;
    subject.backup.settings.clear();  // they are the other tool's
  }
  try {
    static_cast<void>(make_backup_tool(backup_tool_of(subject), {}));
  } catch (const Error& error) {
    throw Error{error.code(), error.message(), error.hint(), request.subject.string() + ": backup"};
  }
  if (subject.postgres.version != 15) {
    throw Error{ErrorCode::bad_config,
        fmt::format("Postgres {} cannot be drilled", subject.postgres.version),
        "15 is the only major version so far.", request.subject.string() + ": postgres.version"};
  }
  subject.workload.writers = request.writers.value_or(subject.workload.writers);
  subject.scale = request.scale.value_or(subject.scale);
  subject.traffic.pooled = request.pooled.value_or(subject.traffic.pooled);
  subject.seed_number = request.seed.value_or(subject.seed_number);
  return subject;
}

}  // namespace pgrehearse
