#include "harness/check/intrusion.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/check/intrusion_compare.hpp"
#include "harness/check/intrusion_files.hpp"
#include "harness/crypto/keyed_digest.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

using InTurn = std::initializer_list<std::span<const IntrusionRule>>;

bool applies(const IntrusionRule& rule, RuleScope scope, RulePhase phase) {
  return rule.scope == scope && (rule.phase == RulePhase::always || rule.phase == phase);
}

// A session whose answers can be believed as far as SQL goes.
Session trusted_session(const Connect& connect, const std::string& database,
    const std::vector<std::string>& protected_tables) {
  Session session = connect(database);
  session.exec("SET ROLE NONE");
  session.exec(fixed_reading_settings());
  if (session.value("SELECT current_setting('is_superuser')") != "on") {
    throw Error{ErrorCode::refused,
        fmt::format("the session in '{}' is not a superuser's: it would not see all", database),
        "Was the superuser demoted, or does a setting change its role?"};
  }
  // pg_temp last, else it would come first; messages are part of names; nothing may be written.
  session.exec(
      "SET search_path = pg_catalog, pg_temp; SET lc_messages = 'C'; "
      "SET max_parallel_workers_per_gather = 0");
  session.exec("SET pgrehearse.protected_tables = " + literal(joined(protected_tables, "\n")));
  return session;
}

class IntrusionReading {
 public:
  IntrusionReading(const Connect& connect, const Secret& key,
      const std::vector<std::string>& tables, RulePhase phase)
      : connect_(connect), key_(key), tables_(tables), phase_(phase) {}

  void ask(RuleScope scope, const std::string& database, const InTurn& tables_of_rules) {
    Session session = trusted_session(connect_, database, tables_);
    session.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    for (const auto& rules : tables_of_rules) {
      for (const IntrusionRule& rule : rules) {
        if (applies(rule, scope, phase_)) {
          ask(session, rule, scope == RuleScope::cluster ? std::string{} : database);
        }
      }
    }
    session.exec("COMMIT");
  }
  void add_files(Instance& instance) {
    for (const SeenFile& file : files_of(instance)) {
      for (const FileRule& rule : file_intrusion_rules()) {
        for (const FileRow& row : rule.rows(file)) {
          add({std::string{rule.id}, "", row.object, sha256_hex(row.state)});
        }
      }
    }
  }
  void add_cluster() { ask(RuleScope::cluster, "postgres", {cluster_intrusion_rules()}); }
  void add_database(const std::string& database) {
    ask(RuleScope::database, database, {code_intrusion_rules(), data_intrusion_rules()});
  }
  void add(IntrusionRow row) {
    row.digest = keyed_digest(key_, row.digest);
    rows_.push_back(std::move(row));
  }
  [[nodiscard]] std::vector<IntrusionRow> take() {
    std::sort(rows_.begin(), rows_.end());
    return std::move(rows_);
  }

 private:
  // The state is hashed where it is: bodies and verifiers stay in the server.
  void ask(Session& session, const IntrusionRule& rule, const std::string& database) {
    const Rows found = session.exec(
        fmt::format("SELECT object, encode(sha256(convert_to(coalesce(state, ''), 'UTF8')), 'hex') "
                    "FROM ({}) AS seen (object, state)",
            rule.sql));
    for (const Row& row : found) {
      add({std::string{rule.id}, database, row[0].value_or("?"), row[1].value_or("?")});
    }
  }

  const Connect& connect_;
  const Secret& key_;
  const std::vector<std::string>& tables_;
  RulePhase phase_;
  std::vector<IntrusionRow> rows_;
};

struct SeenDatabase {
  std::string name;
  bool open = true;
};

std::vector<SeenDatabase> databases_of(const Connect& connect) {
  Session session = trusted_session(connect, "postgres", {});
  std::vector<SeenDatabase> found;
  for (const Row& row : session.exec("SELECT datname, datallowconn FROM pg_database ORDER BY 1")) {
    found.push_back({row[0].value(), row[1] == "t"});
  }
  return found;
}

void allow_connections(const Connect& connect, const std::string& database, bool allowed) {
  Session session = trusted_session(connect, "postgres", {});
  session.exec(fmt::format(
      "ALTER DATABASE {} ALLOW_CONNECTIONS {}", identifier(database), allowed ? "true" : "false"));
}

void read_closed(const Connect& connect, IntrusionReading& reading, const std::string& database) {
  allow_connections(connect, database, true);
  try {
    reading.add_database(database);
  } catch (...) {
    // Why it could not be read is what is told, also when it cannot be closed again either.
    try {
      allow_connections(connect, database, false);
    } catch (const Error&) {
      throw Error{ErrorCode::query_failed,
          fmt::format("'{}' could not be looked into, and not be closed again", database)};
    }
    throw;
  }
  allow_connections(connect, database, false);
}

// What stands in the settings file because the harness wrote it there.
std::vector<IntrusionRow> rows_of_own_settings(const Secret& key, const ServerSettings& settings) {
  std::vector<IntrusionRow> rows;
  for (const auto& [name, value] : settings) {
    const std::string digest = keyed_digest(key, sha256_hex(value));
    rows.push_back({"S02", "", name, digest});
    rows.push_back({"S03", "", name, digest});
    rows.push_back({"S04", "", fmt::format("{} in {}", name, settings_file), digest});
  }
  return rows;
}

void refuse_closed(const std::string& database) {
  if (database != "template0") {
    throw Error{ErrorCode::refused,
        fmt::format("'{}' takes no connections, so it was not scanned", database),
        "Scan a copy in quarantine, where it may be opened."};
  }
}

}  // namespace

IntrusionBaseline capture_intrusion_baseline(
    const Connect& connect, Instance& instance, const std::vector<std::string>& protected_tables) {
  IntrusionBaseline baseline{.key = Secret::random(), .protected_tables = protected_tables};
  IntrusionReading reading{
      connect, baseline.key, baseline.protected_tables, RulePhase::before_rotation};
  reading.add_files(instance);
  reading.add_cluster();
  for (const SeenDatabase& database : databases_of(connect)) {
    if (database.open) {
      reading.add_database(database.name);
      baseline.databases.push_back(database.name);
    }
  }
  baseline.rows = reading.take();
  return baseline;
}

std::vector<IntrusionFinding> scan_for_intrusion(const Connect& connect, Instance& instance,
    const IntrusionBaseline& baseline, const ScanOptions& options) {
  if (baseline.rows.empty()) {
    throw Error{ErrorCode::bad_value, "the baseline of the intrusion scan holds nothing",
        "Capture it from the source while that can be trusted."};
  }
  IntrusionReading reading{connect, baseline.key, baseline.protected_tables, options.phase};
  reading.add_files(instance);
  reading.add_cluster();
  IntrusionSight sight;
  for (const SeenDatabase& database : databases_of(connect)) {
    if (database.open) {
      reading.add_database(database.name);
    } else if (options.closed == ClosedDatabases::open) {
      read_closed(connect, reading, database.name);
    } else {
      refuse_closed(database.name);
      continue;
    }
    sight.databases.push_back(database.name);
  }
  sight.rows = reading.take();
  return compare(
      baseline, rows_of_own_settings(baseline.key, options.own_settings), sight, options.phase);
}

std::vector<std::string> roles_with_old_verifiers(
    const Connect& connect, const IntrusionBaseline& baseline) {
  IntrusionReading reading{
      connect, baseline.key, baseline.protected_tables, RulePhase::after_rotation};
  reading.add_cluster();
  std::vector<std::string> roles;
  for (const IntrusionFinding& finding :
      compare(baseline, {}, {{}, reading.take()}, RulePhase::after_rotation)) {
    if (finding.rule == "R06") {
      roles.push_back(finding.object);
    }
  }
  return roles;
}

std::vector<std::string> intrusion_rule_ids() {
  std::set<std::string> ids;
  for (const auto& rules :
      {cluster_intrusion_rules(), code_intrusion_rules(), data_intrusion_rules()}) {
    for (const IntrusionRule& rule : rules) {
      ids.emplace(rule.id);
    }
  }
  for (const FileRule& rule : file_intrusion_rules()) {
    ids.emplace(rule.id);
  }
  return {ids.begin(), ids.end()};
}

}  // namespace pgrehearse
