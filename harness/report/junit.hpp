// JUnit XML of a run, for CI systems. No two of them read the same dialect, hence two are offered.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

enum class JunitDialect {
  superset,  ///< reports/schema/junit.xsd: everything some consumer reads (GitHub actions, GitLab,
             ///< Testmo)
  jenkins,   ///< only what the Jenkins xUnit plugin's junit-10.xsd allows: no file, line, case
             ///< properties
};

/// One testsuite per suite, one testcase per drill, never zero cases. A case holds nothing (met),
/// one failure per missed finding or objective, one error (nothing is proven), or one skipped. What
/// an exit status other than 0 says about the run itself (leftovers, a signal) is a case of the
/// suite "Run", so that a file without failures and errors never stands beside a red run, skipped
/// drills aside. classname + name is unique: GitLab drops the second of two equal ones, so it gets
/// a number.
[[nodiscard]] std::string render_junit(
    const RunRecord& record, JunitDialect dialect = JunitDialect::superset);

}  // namespace pgrehearse
