#include "harness/drill/backup_watch.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view segments = ".*/[0-9A-F]{24}";

std::string archive_folder(const Source& source) {
  return source.cluster().instance().path_of_volume(source.volumes().archive);
}

std::string newest_segment_in(Instance& instance, const std::string& folder) {
  std::vector<std::string> names = lines_of(exec_or_throw(
      instance, {.argv = {"find", folder, "-maxdepth", "1", "-type", "f", "-regextype",
                     "posix-extended", "-regex", std::string{segments}, "-printf",
                     "%f\\n"}}).out);
  std::sort(names.begin(), names.end());
  return names.empty() ? std::string{} : names.back();
}

// An archive_command that returns 0 without storing anything leaves nothing to be ready: so the
// archive itself is asked what it has, and the server what it has finished. One that stores here
// and then fails elsewhere, as with a backup tool's own archive, leaves it ready.
ArchiveState archive_of(const Source& source) {
  ArchiveState state{
      .newest = newest_segment_in(source.cluster().instance(), archive_folder(source))};
  Session session = source.cluster().connect();
  const Row row =
      session
          .exec(fmt::format(
              "SELECT min(modification) FROM pg_catalog.pg_ls_waldir() AS finished WHERE name ~ "
              "'^[0-9A-F]{{24}}$' AND name < "
              "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn() + 1) AND (name > "
              "{} OR EXISTS (SELECT FROM pg_catalog.pg_ls_archive_statusdir() AS status WHERE "
              "status.name = finished.name || '.ready'))",
              literal(state.newest)))
          .front();
  if (row.front().has_value()) {
    state.waiting_since = Timestamp::parse(*row.front());
  }
  return state;
}

// Nothing where the look itself fails: evaluate() makes an alert of that.
template <typename Look>
auto looked(Look look) -> std::optional<decltype(look())> {
  try {
    return look();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    return std::nullopt;
  }
}

StorageUse fuller_of(const StorageUse& one, const StorageUse& other) {
  return one.percent() < other.percent() ? other : one;
}

}  // namespace

StorageUse storage_of(Instance& instance, const std::string& folder) {
  const Completed told =
      exec_or_throw(instance, {.argv = {"df", "--block-size=1", "--output=used,avail", folder}});
  StorageUse use;
  std::string heading;
  std::istringstream text{told.out};
  std::getline(text, heading);
  if (!(text >> use.used_bytes >> use.free_bytes) || use.used_bytes + use.free_bytes <= 0) {
    throw Error{ErrorCode::program_failed, "df does not tell how much of the storage is used"};
  }
  return use;
}

AlertObservations observe_backups(const Source& source) {
  Instance& instance = source.cluster().instance();
  const Marks marks = source.heartbeats().read();
  AlertObservations seen{.last_backup = marks.last_backup,
      .last_base_backup = marks.last_base_backup,
      .last_wal_sync = marks.last_wal_sync};
  seen.archive = looked([&] { return archive_of(source); });
  seen.storage = looked([&] {
    return fuller_of(storage_of(instance, archive_folder(source)),
        storage_of(instance, instance.path_of_volume(source.volumes().backups)));
  });
  return seen;
}

void let_time_pass(const Source& source, Milliseconds time, DrillRecord& record) {
  source.heartbeats().set_back(time);
  const std::string earlier =
      fmt::format("-{} seconds", std::chrono::duration_cast<Seconds>(time).count());
  exec_or_throw(source.cluster().instance(),
      {.argv = {"find", archive_folder(source), source.cluster().data_path() + "/pg_wal",
           "-maxdepth", "1", "-type", "f", "-regextype", "posix-extended", "-regex",
           std::string{segments}, "-exec", "touch", "-m", "-r", "{}", "-d", earlier, "{}", ";"}});
  std::string& told = record.facts["simulated time"];
  told += fmt::format(
      "{}{}, by setting back marks and file times", told.empty() ? "" : "; ", text_of(time));
}

}  // namespace pgrehearse
