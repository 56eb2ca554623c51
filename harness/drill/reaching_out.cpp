#include "harness/drill/reaching_out.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::array reaching{"primary_conninfo", "archive_command", "archive_library",
    "archive_cleanup_command", "restore_command", "recovery_end_command", "ssl_passphrase_command"};

// Where pg_cron, pgAgent and pg_timetable keep what they run.
constexpr std::array job_tables{"cron.job", "pgagent.pga_job", "timetable.chain"};

void add_column(std::vector<std::string>& found, const Rows& rows) {
  for (const Row& row : rows) {
    found.push_back(row[0].value_or("?"));
  }
}

// Only a table is read: a view of that name could do anything.
void add_jobs(std::vector<std::string>& found, Session& session) {
  for (const char* table : job_tables) {
    const std::string there = session.value(
        fmt::format("SELECT pg_catalog.count(*) FROM pg_catalog.pg_class "
                    "WHERE oid = pg_catalog.to_regclass({}) AND relkind IN ('r', 'p')",
            literal(table)));
    if (there != "0") {
      add_column(found,
          session.exec(fmt::format("SELECT pg_catalog.format('jobs of {0} in %I: %s', "
                                   "pg_catalog.current_database(), pg_catalog.count(*)) FROM {0} "
                                   "HAVING pg_catalog.count(*) > 0",
              table)));
    }
  }
}

}  // namespace

std::vector<std::string> settings_in(const std::string& conf) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(conf)) {
    const std::string_view text = trimmed(line);
    const std::size_t end = text.find_first_of(" \t=");
    if (text.starts_with('#') || end == std::string_view::npos) {
      continue;
    }
    const std::size_t value = text.find_first_not_of(" \t=", end);
    if (value != std::string_view::npos && !text.substr(value).starts_with("''")) {
      names.emplace_back(text.substr(0, end));
    }
  }
  return names;
}

std::vector<std::string> reaching_settings(const std::vector<std::string>& settings) {
  std::vector<std::string> found;
  for (const char* name : reaching) {
    if (std::find(settings.begin(), settings.end(), name) != settings.end()) {
      found.emplace_back(name);
    }
  }
  return found;
}

std::vector<std::string> reaching_objects(const Cluster& cluster) {
  Session session = cluster.connect();
  std::vector<std::string> found;
  add_column(found,
      session.exec("SELECT pg_catalog.format('subscription %I in %I, %s', s.subname, d.datname, "
                   "CASE WHEN s.subenabled THEN 'enabled' ELSE 'disabled' END) "
                   "FROM pg_catalog.pg_subscription s "
                   "JOIN pg_catalog.pg_database d ON d.oid = s.subdbid ORDER BY 1"));
  for (const Row& row :
      session.exec("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY 1")) {
    Session inside = cluster.connect(row[0].value_or(""));
    add_column(found, inside.exec("SELECT pg_catalog.format('foreign server %I in %I', srvname, "
                                  "pg_catalog.current_database()) "
                                  "FROM pg_catalog.pg_foreign_server ORDER BY 1"));
    add_jobs(found, inside);
  }
  return found;
}

}  // namespace pgrehearse
