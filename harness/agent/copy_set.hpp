// Restores a backup set into an empty directory and proves on the way that it is the set that was
// taken: one pass reads, hashes and writes, where cp and a verification afterwards read everything
// twice.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/agent/digest_list.hpp"

namespace pgrehearse {

struct SetDifference {
  std::string path;  ///< relative to the set
  std::string what;  ///< "missing", "not in the list", "other content", ...
};

/// Copies the set `from` into the existing, empty directory `to`; every entry must be as `expected`
/// says and nothing else may be there. Answers the differences, sorted by path; the copy stands
/// only when there are none, and is on stable storage then (one syncfs). Otherwise `to` is empty
/// again.
///
/// Permission bits are kept, owners and times are not; the mode of `to` itself is left alone.
/// Throws Error{refused}, touching nothing, when `to` is not empty or lies within `from`, when
/// `expected` is empty, and for symbolic links that leave the set (tablespaces, a pg_wal
/// elsewhere). Throws Error{io} when something could not be read or written; `to` is emptied then
/// too.
[[nodiscard]] std::vector<SetDifference> copy_set(const std::filesystem::path& from,
    const std::filesystem::path& to, const std::vector<DigestEntry>& expected);

/// For people: one line a difference, the first 20 of them, and how many more there are.
[[nodiscard]] std::string text_of(const std::vector<SetDifference>& differences);

}  // namespace pgrehearse
