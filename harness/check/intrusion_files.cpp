#include "harness/check/intrusion_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

using Found = std::vector<FileRow>;

std::string mode_text(const SeenFile& file) {
  return fmt::format("{} {:o}", file.kind, file.mode);
}

bool is_below(const SeenFile& file, std::string_view folder) {
  return !file.at_home && file.path.starts_with(folder);
}

Found strange_name(const SeenFile& file) {
  const bool strange = !file.at_home && (file.kind == "other" || !is_a_name_of_postgres(file.path));
  return strange ? Found{{file.path, file.kind}} : Found{};
}

// initdb gives 0700 and 0600, with --allow-group-access 0750 and 0640.
Found strange_mode(const SeenFile& file) {
  const unsigned usual = file.kind == "directory" ? 0750U : 0640U;
  const bool strange = !file.at_home && file.kind != "link" && (file.mode & ~usual) != 0;
  return strange ? Found{{file.path, mode_text(file)}} : Found{};
}

Found link(const SeenFile& file) {
  const bool concerns = !file.at_home && file.kind == "link" && !is_below(file, "pg_tblspc/");
  return concerns ? Found{{file.path, file.target}} : Found{};
}

Found program(const SeenFile& file) {
  constexpr std::array<std::string_view, 7> endings{
      ".so", ".sh", ".py", ".pl", ".rb", ".bin", ".sql"};
  const bool named = std::any_of(endings.begin(), endings.end(),
      [&](std::string_view ending) { return file.path.ends_with(ending); });
  const bool begun = file.bytes.starts_with(
                         "\x7f"
                         "ELF") ||
                     file.bytes.starts_with("#!");
  return !file.at_home && file.kind == "file" && (named || begun) ? Found{{file.path}} : Found{};
}

Found tablespace(const SeenFile& file) {
  constexpr std::string_view folder = "pg_tblspc/";
  const bool concerns =
      is_below(file, folder) && file.path.find('/', folder.size()) == std::string::npos;
  return concerns ? Found{{file.path, file.kind + file.target}} : Found{};
}

// The settings file is the harness' own, another on each server; S04 holds its entries against
// what the harness wrote.
Found configuration(const SeenFile& file) {
  const bool concerns = !file.at_home && file.path.ends_with(".conf") && file.path != settings_file;
  return concerns ? Found{{file.path, file.bytes}} : Found{};
}

// include, include_if_exists, include_dir; @file in pg_hba.conf and pg_ident.conf.
Found included(const SeenFile& file) {
  Found found;
  if (file.at_home || !file.path.ends_with(".conf")) {
    return found;
  }
  for (const std::string& line : lines_of(file.bytes)) {
    const std::string_view text = trimmed(line);
    const bool names_file = text.find('@') != std::string_view::npos &&
                            (file.path == "pg_hba.conf" || file.path == "pg_ident.conf");
    if (text.starts_with("include") || (names_file && !text.starts_with('#'))) {
      found.push_back({fmt::format("a line of {}", file.path), std::string{text}});
    }
  }
  return found;
}

Found kept_state(const SeenFile& file) {
  const bool concerns = is_below(file, "pg_replslot/") || is_below(file, "pg_twophase/") ||
                        is_below(file, "pg_logical/mappings/") ||
                        is_below(file, "pg_logical/snapshots/");
  return concerns ? Found{{file.path}} : Found{};
}

Found at_home(const SeenFile& file) {
  return file.at_home ? Found{{"~/" + file.path, mode_text(file) + file.target + file.bytes}}
                      : Found{};
}

constexpr FileRule rules[] = {
    {"FS01", "file with a name that Postgres does not give", strange_name},
    {"FS02", "file with permissions that Postgres does not give", strange_mode},
    {"FS03", "link to elsewhere", link},
    {"FS04", "program, script or library", program},
    {"FS05", "place of a tablespace", tablespace},
    {"FS06", "configuration file", configuration},
    {"FS07", "line that draws in another file", included},
    {"FS08", "state of a slot or a prepared transaction", kept_state},
    {"FS09", "file in the account's home that a shell or a client reads", at_home},
};

std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    unsigned value = 0;
    std::from_chars(digits.data() + at, digits.data() + at + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

std::span<const FileRule> file_intrusion_rules() {
  return rules;
}

std::vector<SeenFile> files_of(Instance& instance) {
  const Completed looked = exec_or_throw(instance,
      {.argv = {"sh", "-c", R"(exec "$0" look "$1" "${HOME:-/}")", instance.path_of(Place::agent),
           instance.path_of(Place::data)}},
      "What lies in the data directory must be readable to its account.");
  const std::vector<std::string> fields = split(looked.out, '\0');
  constexpr std::size_t per_file = 6;
  if (fields.size() % per_file != 1 || fields.size() == 1) {
    throw Error{ErrorCode::program_failed, "the listing of the data directory is not whole"};
  }
  std::vector<SeenFile> files;
  for (std::size_t at = 0; at + per_file < fields.size(); at += per_file) {
    const std::string& mode = fields[at + 2];
    SeenFile& file = files.emplace_back(SeenFile{.kind = fields[at + 1],
        .path = fields[at + 3],
        .at_home = fields[at] == "home",
        .target = fields[at + 4],
        .bytes = bytes_of_hex(fields[at + 5])});
    std::from_chars(mode.data(), mode.data() + mode.size(), file.mode, 8);
  }
  return files;
}

bool is_a_name_of_postgres(const std::string& path) {
  // Compiled once; a listing has a thousand names.
  static const std::regex known{
      R"(PG_VERSION|(postgresql|postgresql\.auto|pg_hba|pg_ident|pgrehearse)\.conf|postmaster\.(pid|opts))"
      R"(|backup_label(\.old)?|tablespace_map(\.old)?|backup_manifest|current_logfiles|recovery\.signal)"
      R"(|(base|global|log|pg_(commit_ts|dynshmem|logical|multixact|notify|replslot|serial|snapshots|stat|stat_tmp|subtrans|tblspc|twophase|wal|xact)))"
      R"(|(base/\d+|base/\d+/PG_VERSION|base/pgsql_tmp(/pgsql_tmp[\d.]+.*)?))"
      R"(|(global|base/\d+)/((t\d+_)?\d+(_(fsm|vm|init))?(\.\d+)?|pg_filenode\.map|pg_internal\.init(\.\d+)?))"
      R"(|global/pg_control)"
      R"(|pg_wal/([0-9A-F]{24}(\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history|xlogtemp\.\d+|RECOVERY(XLOG|HISTORY)))"
      R"(|pg_wal/archive_status(/[0-9A-F]{8,24}(\.partial|\.history|\.[0-9A-F]{8}\.backup)?\.(ready|done))?)"
      R"(|(pg_xact|pg_subtrans|pg_commit_ts|pg_serial|pg_notify)/[0-9A-F]{4,})"
      R"(|pg_multixact/(members|offsets)(/[0-9A-F]{4,})?)"
      R"(|pg_stat(_tmp)?/[\w.]+\.(stat|tmp)|pg_dynshmem/mmap\.\d+|pg_snapshots/[0-9A-F-]+|log/[\w.-]+)"
      R"(|pg_logical/(mappings|snapshots|replorigin_checkpoint)|(pg_replslot|pg_twophase|pg_tblspc|pg_logical/(mappings|snapshots))/.+)"};
  return std::regex_match(path, known);
}

}  // namespace pgrehearse
