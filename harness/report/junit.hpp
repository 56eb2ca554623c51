// JUnit XML of a run, for CI systems. No two of them read the same dialect, hence two are offered.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

enum class JunitDialect {
  superset,  ///< reports/schema/junit.xsd: everything some consumer reads (GitHub actions, GitLab,
             ///< Testmo)
  jenkins,   ///< only what the Jenkins xUnit plugin's junit-10.xsd allows: no file, line, case
             ///< properties
};

struct JunitForm {
  JunitDialect dialect = JunitDialect::superset;
  /// Stands before the name of each piece of evidence in "[[ATTACHMENT|path]]": the report folder
  /// as evidence_folder names it. Empty: paths are those of the record.
  std::filesystem::path evidence = {};
};

/// The report folder, which is absolute here, as readers of this dialect look for what lies in it.
/// GitLab resolves attachments from the root of the checkout: relative to the first of `projects`
/// that it lies in, absolute when it lies in none. Jenkins' plugin JUnit Attachments takes absolute
/// paths only.
[[nodiscard]] std::filesystem::path evidence_folder(const std::filesystem::path& folder,
    JunitDialect dialect, const std::vector<std::filesystem::path>& projects);

/// One testsuite per suite, one testcase per drill, never zero cases. A case holds nothing (met),
/// one failure per missed finding or objective, one error (nothing is proven), or one skipped. What
/// an exit status other than 0 says about the run itself (leftovers, a signal) is a case of the
/// suite "Run", so that a file without failures and errors never stands beside a red run, skipped
/// drills aside. classname + name is unique: GitLab drops the second of two equal ones, so it gets
/// a number.
[[nodiscard]] std::string render_junit(const RunRecord& record, const JunitForm& form = {});

}  // namespace pgrehearse
