#include "harness/incident/stalled_archive.hpp"

#include <fmt/format.h>

#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds deadline = Seconds{90};  // the archiver looks by itself once a minute

void allow(Cluster& source, const std::string& archive_volume, const char* mode) {
  exec_or_throw(source.instance(),
      {.argv = {"chmod", mode, source.instance().path_of_volume(archive_volume)}});
}

// Gives the archiver something to do, and waits until this counter of pg_stat_archiver has moved.
void switch_until(Cluster& source, const char* counter) {
  Session session = source.connect();
  const std::string query = fmt::format("SELECT {} FROM pg_catalog.pg_stat_archiver", counter);
  const std::string before = session.value(query);
  session.exec("SELECT pg_catalog.pg_create_restore_point('archiving')");
  session.exec("SELECT pg_catalog.pg_switch_wal()");
  wait_until(fmt::format("{} to move", counter), deadline, [&]() -> std::optional<std::string> {
    return session.value(query) == before ? std::optional{"still " + before} : std::nullopt;
  });
}

}  // namespace

void stall_archive(Cluster& source, const std::string& archive_volume) {
  allow(source, archive_volume, "0500");
  switch_until(source, "failed_count");
}

void mend_archive(Cluster& source, const std::string& archive_volume) {
  allow(source, archive_volume, "0700");
  switch_until(source, "archived_count");
}

}  // namespace pgrehearse
