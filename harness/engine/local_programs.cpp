#include "harness/engine/local_programs.hpp"

#include <cstdlib>
#include <regex>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

bool holds_programs(const fs::path& folder) {
  for (const char* program : {"postgres", "initdb", "pg_ctl"}) {
    if (access((folder / program).c_str(), X_OK) != 0) {
      return false;
    }
  }
  return true;
}

fs::path folder_of_programs() {
  const char* told = std::getenv("PGREHEARSE_PG_BIN");
  if (told != nullptr && *told != '\0') {
    if (!holds_programs(told)) {
      throw Error{ErrorCode::engine_missing,
          fmt::format("no postgres, initdb and pg_ctl in '{}'", told),
          "PGREHEARSE_PG_BIN must name the folder of the server's programs.", "PGREHEARSE_PG_BIN"};
    }
    return fs::absolute(told);
  }
  std::vector<std::string> places{"/usr/lib/postgresql/15/bin"};
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "" : path, ':')) {
    places.push_back(folder);
  }
  for (const std::string& place : places) {
    if (place.starts_with('/') && holds_programs(place)) {
      return place;
    }
  }
  throw Error{ErrorCode::engine_missing, "no Postgres server programs on this host",
      "Install postgresql-15, or name their folder in PGREHEARSE_PG_BIN."};
}

}  // namespace

std::string version_in(const std::string& answer) {
  static const std::regex form{R"(\(PostgreSQL\) ([0-9]+(\.[0-9]+)?))"};
  std::smatch found;
  return std::regex_search(answer, found, form) ? found[1].str() : std::string{};
}

void demand_safe_version(const std::string& version, const std::string& place) {
  const std::vector<std::string> parts = split(version, '.');
  const bool safe = parts.size() == 2 && parts[0] == "15" && parts[1].size() < 4 &&
                    std::strtol(parts[1].c_str(), nullptr, 10) >= 19;
  if (!safe) {
    throw Error{ErrorCode::refused,
        fmt::format("the server programs are version '{}'; 15.19 or a later 15 is needed", version),
        "Below 15.19 a dump or a server's contents can attack whoever restores it "
        "(CVE-2025-8714, CVE-2026-6475). Update them, or point PGREHEARSE_PG_BIN at newer ones.",
        place};
  }
}

LocalPrograms local_programs() {
  LocalPrograms programs{.folder = folder_of_programs(), .version = {}};
  const std::string postgres = (programs.folder / "postgres").string();
  programs.version =
      version_in(run_or_throw({.argv = {postgres, "--version"}, .deadline = Seconds{30}}).out);
  demand_safe_version(programs.version, postgres);
  return programs;
}

}  // namespace pgrehearse
