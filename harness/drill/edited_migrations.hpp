// A migration that has run is history: whoever edits it changes new databases alone, never those
// that it ran on.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// "0007_x.sql was edited", "0007_x.sql is gone": of the migrations in the base's folder those that
/// the subject's has not, or not with the same text. Blank space at the ends of lines, empty lines
/// and lines of comment do not count; nor does what takes a migration back, and what flyway runs
/// again when it was edited. Empty
/// where either of the two has one file in place of a folder: that it differs is for comparing what
/// it makes.
[[nodiscard]] std::vector<std::string> edited_migrations(
    const Subject& base, const Subject& subject);

}  // namespace pgrehearse
