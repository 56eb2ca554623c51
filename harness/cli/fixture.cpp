#include "harness/cli/fixture.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/companion.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_name = "drill.yaml";

fs::path built_in_above(fs::path folder, const std::string& name) {
  while (true) {
    for (const char* place : {"fixtures", "share/pgrehearse/fixtures"}) {
      const fs::path candidate = folder / place / name / file_name;
      if (fs::is_regular_file(candidate)) {
        return candidate;
      }
    }
    if (folder == folder.parent_path()) {
      return {};
    }
    folder = folder.parent_path();
  }
}

// A program built on an installed pgrehearse has links to the companions of that beside itself.
fs::path built_in(const std::string& name) {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path found = built_in_above(here, name);
  std::error_code problem;
  const fs::path companion = fs::canonical(companion_folder() / "pgrehearse-agent", problem);
  return !found.empty() || problem ? found : built_in_above(companion.parent_path(), name);
}

}  // namespace

fs::path subject_file(const std::string& asked) {
  if (asked.empty() && fs::is_regular_file(file_name)) {
    return file_name;
  }
  const std::string named = asked.empty() ? "bookings" : asked;
  if (fs::is_regular_file(named)) {
    return named;
  }
  if (fs::is_regular_file(fs::path{named} / file_name)) {
    return fs::path{named} / file_name;
  }
  const bool is_a_name = named.find('/') == std::string::npos;
  if (const fs::path found = is_a_name ? built_in(named) : fs::path{}; !found.empty()) {
    return found;
  }
  throw Error{ErrorCode::bad_config, fmt::format("there is no subject '{}'", named),
      "Give the path of a drill.yaml, or a built-in subject: bookings, pgbench."};
}

}  // namespace pgrehearse
