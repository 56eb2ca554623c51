// The answer to one question put to a restored cluster.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/verdict.hpp"

namespace pgrehearse {

/// Names, counts, digests and times only: never a row value, a DSN or a secret.
struct Finding {
  std::string check =
      {};  ///< kebab-case name of the check, stable: "exact-set", "content", "sequences"
  std::string question =
      {};  ///< a sentence for people: "does every table hold the rows of the marker?"
  std::string expected = {};  ///< "12 tables as at the marker"
  std::string observed = {};  ///< "1 table differs"
  Verdict verdict = Verdict::unknown;
  std::vector<std::string> details = {};  ///< one line each: what differs, by name
};

/// Adds "<name> <what>" for each name, and "and more" where the list would become too long to read.
void add_details(Finding& finding, const std::vector<std::string>& names, std::string_view what);

}  // namespace pgrehearse
