#include "harness/drill/runbook_host.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds longest_block = std::chrono::hours{1};

std::string pg_ctl_of_the_host(const std::string& real, const Cluster& cluster) {
  return fmt::format(
      "#!/bin/sh\n"
      "case \" $* \" in\n"
      "  *' start '* | *' restart '*) exec '{0}' \"$@\" -l '{1}' -o \"{2} -c archive_mode=off "
      "-c max_logical_replication_workers=0\" ;;\n"
      "esac\n"
      "exec '{0}' \"$@\"\n",
      real, cluster.log_path(), cluster.start_options());
}

}  // namespace

RunbookVariables base_backup_for_runbook(
    const Cluster& cluster, const Source& source, const BackupSet& set, const Marker& marker) {
  const Instance& instance = cluster.instance();
  return {{"BACKUP_DIR", instance.path_of_volume(set.volume) + "/" + set.folder},
      {"ARCHIVE_DIR", instance.path_of_volume(source.volumes().archive)},
      {"TARGET_NAME", marker.position.restore_point}, {"TARGET_TIME", marker.position.time.text()}};
}

RunbookVariables dump_for_runbook(const Cluster& cluster, const BackupSet& set) {
  const std::string folder = cluster.instance().path_of_volume(set.volume) + "/" + set.folder;
  return {{"BACKUP_DIR", folder}, {"DUMP_FILE", folder + "/database"},
      {"GLOBALS_FILE", folder + "/globals.sql"}};
}

RunbookHost::RunbookHost(
    Cluster& cluster, const std::string& database, const RunbookVariables& backup)
    : cluster_(cluster) {
  Instance& instance = cluster_.instance();
  const std::string scratch = instance.path_of(Place::scratch);
  programs_ = scratch + "/programs";
  const std::string real{
      trimmed(exec_or_throw(instance, {.argv = {"sh", "-c", "command -v pg_ctl"}}).out)};
  exec_or_throw(instance, {.argv = {"mkdir", "-p", programs_}});
  put_file(instance, programs_ + "/pg_ctl", pg_ctl_of_the_host(real, cluster_));
  exec_or_throw(instance, {.argv = {"chmod", "0700", programs_ + "/pg_ctl"}});
  const ConnectionSpec connection = cluster_.connection(database);
  const std::string passwords = scratch + "/pgpass";
  put_file(
      instance, passwords, "*:*:*:" + connection.user + ":" + connection.password.reveal() + "\n");
  RunbookVariables variables{
      {"PGDATA", cluster_.data_path()},
      {"RESTORE_PGDATA", cluster_.data_path()},
      {"SERVER_LOG", cluster_.log_path()},
      {"PGHOST", instance.path_of(Place::sockets)},
      {"PGPORT", fmt::format("{}", instance.listen_inside().port)},
      {"PGUSER", connection.user},
      {"PGDATABASE", database},
      {"PGPASSFILE", passwords},
  };
  variables.insert(variables.end(), backup.begin(), backup.end());
  for (const auto& [name, value] : variables) {
    env_.push_back({name, Secret{value}});
  }
}

Completed RunbookHost::run(const RunbookStep& step) {
  return cluster_.instance().exec(
      {.argv = {"bash", "-c", fmt::format("PATH='{}':\"$PATH\"\n{}", programs_, step.script)},
          .env = env_,
          .deadline = longest_block});
}

}  // namespace pgrehearse
