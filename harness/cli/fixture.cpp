#include "harness/cli/fixture.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_name = "drill.yaml";

fs::path built_in(const std::string& name) {
  fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
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
