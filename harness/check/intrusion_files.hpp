// What an intruder may have left behind as a file: in the data directory, and in the home of the
// account that owns it. A table of rules like those of harness/check/intrusion_rules.hpp, asked of
// a listing that the agent makes inside the instance.
//
// What it cannot see: the rest of the machine (crontabs, units, the server's own programs). A clean
// room has those from elsewhere; that they are what they should be is for the image's digest to
// say.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// One thing of the listing.
struct SeenFile {
  std::string kind;  ///< "file", "directory", "link", "other"
  unsigned mode = 0;
  std::string path;  ///< below the data directory; below the home when `at_home`
  bool at_home = false;
  std::string target = {};
  std::string bytes = {};  ///< all of a configuration file, else how the file begins
};

/// A name and a state, as the SQL rules give them. Never leaves the program unhashed.
struct FileRow {
  std::string object;
  std::string state = {};
};

struct FileRule {
  std::string_view id;  ///< "FS01"
  std::string_view sentence;
  std::vector<FileRow> (*rows)(const SeenFile&);  ///< none when it is no concern of the rule
};

[[nodiscard]] std::span<const FileRule> file_intrusion_rules();

/// Throws Error{program_failed} when the agent could not look.
[[nodiscard]] std::vector<SeenFile> files_of(Instance& instance);

/// The name is one that Postgres 15 gives to files and folders of a data directory (its manual:
/// "Database File Layout"), or one of the harness' own.
[[nodiscard]] bool is_a_name_of_postgres(const std::string& path);

}  // namespace pgrehearse
