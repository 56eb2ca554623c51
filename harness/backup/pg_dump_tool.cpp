#include "harness/backup/pg_dump_tool.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/backup_scripts.hpp"
#include "harness/backup/clearing.hpp"
#include "harness/backup/dump_client.hpp"
#include "harness/backup/dump_script.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr std::string_view unfinished = ".part";
constexpr std::string_view last_line_of_a_plain_dump = "-- PostgreSQL database dump complete";

std::string file_of(const std::string& folder) {
  return folder + "/database";
}

char letter_of(DumpFormat format) {
  switch (format) {
    case DumpFormat::custom:
      return 'c';
    case DumpFormat::directory:
      return 'd';
    case DumpFormat::plain:
      return 'p';
    case DumpFormat::tar:
      return 't';
  }
  return 'c';
}

std::string digests(Instance& instance, const std::string& folder) {
  return exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "digest", folder}, .deadline = hours_at_most})
      .out;
}

void demand_end_of_plain(Instance& instance, const std::string& file) {
  const Completed tail = exec_or_throw(instance, {.argv = {"tail", "-n", "8", file}});
  const std::vector<std::string> lines = lines_of(tail.out);
  if (std::find(lines.begin(), lines.end(), last_line_of_a_plain_dump) == lines.end()) {
    throw Error{ErrorCode::backup_unusable, "the plain dump has no end",
        "pg_dump was ended, or its output cut, before the last line."};
  }
}

}  // namespace

PgDumpTool::PgDumpTool(std::string volume, DumpOptions options)
    : volume_(std::move(volume)),
      options_(options),
      properties_{.name = "pg_dump",
          .physical = false,
          .point_in_time = false,
          .needs = {"pg_dump", "pg_dumpall", "pg_restore", "psql"},
          .package = "postgresql-client-15"} {}

std::string PgDumpTool::archive_command(const Instance&) const {
  return {};
}

void PgDumpTool::prepare(Cluster&) {}

BackupSet PgDumpTool::take(Cluster& source, const TakeRequest& request) {
  if (request.kind != BackupKind::full) {
    refuse(*this, "take an incremental backup");
  }
  Instance& instance = source.instance();
  BackupSet set{.id = request.id,
      .volume = volume_,
      .label = request.id,
      .folder = request.id,
      .database = request.database};
  const std::string whole = instance.path_of_volume(volume_) + "/" + request.id;
  const std::string folder = whole + std::string{unfinished};
  exec_or_throw(
      instance, {.argv = {"mkdir", "-m", "0700", folder}}, "Can the backups volume be written?");
  {
    Session session = source.connect();
    set.start = Lsn::parse(session.value("SELECT pg_current_wal_insert_lsn()"));
    set.timeline = TimelineId{static_cast<std::uint32_t>(
        std::stoul(session.value("SELECT timeline_id FROM pg_control_checkpoint()")))};
  }
  try {
    std::vector<std::string> globals{
        "pg_dumpall", "--globals-only", "--file", folder + "/globals.sql"};
    if (!options_.role_passwords) {
      globals.emplace_back("--no-role-passwords");
    }
    const Completed roles = instance.exec(dump_client(source, globals));
    demand_success(roles, "pg_dumpall");
    std::vector<std::string> argv{"pg_dump", fmt::format("--format={}", letter_of(options_.format)),
        "--create", "--file", file_of(folder), "--dbname", request.database};
    if (!request.snapshot.empty()) {
      argv.push_back("--snapshot=" + request.snapshot);
    }
    if (options_.format == DumpFormat::directory) {
      argv.push_back(fmt::format("--jobs={}", options_.jobs));
    }
    const Completed dumped = instance.exec(dump_client(source, argv));
    demand_success(dumped, "pg_dump");
    set.complaints = complaints_in("pg_dumpall", roles.err);
    for (std::string& complaint : complaints_in("pg_dump", dumped.err)) {
      set.complaints.push_back(std::move(complaint));
    }
    exec_or_throw(instance,
        {.argv = {instance.path_of(Place::agent), "sync", folder}, .deadline = hours_at_most});
    set.digest_list = digests(instance, folder);
    exec_or_throw(instance, {.argv = {"mv", "-T", folder, whole}});
  } catch (const Error&) {
    instance.exec({.argv = {"rm", "-rf", folder}});
    throw;
  }
  set.taken = SteadyTime::now();
  set.end = set.start;
  count_files(set);
  return set;
}

std::vector<std::string> PgDumpTool::list(Instance& instance) {
  const std::string folder = instance.path_of_volume(volume_);
  const Completed found =
      exec_or_throw(instance, {.argv = {"find", folder, "-mindepth", "1", "-maxdepth", "1", "-type",
                                   "d", "!", "-name", "*.part", "-printf", "%T@ %f\n"}});
  std::vector<std::pair<double, std::string>> sets;
  for (const std::string& line : lines_of(found.out)) {
    const std::size_t space = line.find(' ');
    sets.emplace_back(std::stod(line.substr(0, space)), line.substr(space + 1));
  }
  std::sort(sets.begin(), sets.end());
  std::vector<std::string> labels;
  labels.reserve(sets.size());
  for (auto& [time, label] : sets) {
    labels.push_back(std::move(label));
  }
  return labels;
}

BackupVerification PgDumpTool::verify(Instance& instance, const BackupSet& set) {
  BackupVerification result{
      .problem = {}, .by = "every file has its digest, and is read to its end"};
  const std::string folder = instance.path_of_volume(volume_) + "/" + set.folder;
  const Completed now = instance.exec(
      {.argv = {instance.path_of(Place::agent), "digest", folder}, .deadline = hours_at_most});
  if (!now.ok() || now.out != set.digest_list) {
    result.problem = "its files are not those that were written";
    return result;
  }
  if (options_.format == DumpFormat::plain) {
    try {
      demand_end_of_plain(instance, file_of(folder));
    } catch (const Error& error) {
      result.problem = error.message();
      return result;
    }
  } else if (!instance
                  .exec({.argv = {"pg_restore", "--file=/dev/null", file_of(folder)},
                      .deadline = hours_at_most})
                  .ok()) {
    result.problem = "pg_restore cannot read it to its end";
    return result;
  }
  result.usable = true;
  return result;
}

RestoredFiles PgDumpTool::restore(Instance&, const BackupSet&, const RecoveryTarget&) {
  refuse(*this, "restore a data directory, nor replay WAL up to a target");
}

std::vector<std::string> PgDumpTool::load(Cluster& target, const BackupSet& set) {
  Instance& instance = target.instance();
  // What is loaded is the copy whose every byte was held against the digests.
  const std::string copy = instance.path_of(Place::scratch) + "/load-" + set.id;
  exec_or_throw(instance, {.argv = {"mkdir", "-p", "-m", "0700", copy}});
  copy_verified(instance, set, copy);
  std::vector<std::string> complaints;
  const auto note = [&](const std::vector<std::string>& more) {
    complaints.insert(complaints.end(), more.begin(), more.end());
  };
  try {
    note(load_globals(target, get_file(instance, copy + "/globals.sql")));
    if (options_.format == DumpFormat::plain) {
      demand_end_of_plain(instance, file_of(copy));
      note(load_plain_dump(target, file_of(copy), set.database));
    } else {
      std::vector<std::string> argv{
          "pg_restore", "--exit-on-error", "--create", "--dbname=postgres"};
      if (options_.format != DumpFormat::tar) {
        argv.push_back(fmt::format("--jobs={}", options_.jobs));
      }
      argv.push_back(file_of(copy));
      const Completed loaded = instance.exec(dump_client(target, argv));
      demand_success(loaded, "pg_restore");
      note(complaints_in("pg_restore", loaded.err));
    }
    target.connect(set.database).exec("ANALYZE");
  } catch (const Error&) {
    drop_database(target, set.database);
    throw;
  }
  exec_or_throw(instance, {.argv = {"rm", "-rf", copy}});
  return complaints;
}

}  // namespace pgrehearse
