#include "harness/cli/baseline_verb.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/baseline.hpp"
#include "harness/check/capture.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/drill/production_guard.hpp"

namespace pgrehearse {
namespace {

struct Given {
  std::string source;
  std::string out = "baseline.json";
  std::string statement_timeout = "10min";
  std::vector<std::string> denied;
  bool not_production = false;
  bool force = false;
};

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

ConnectionTarget target_of(const Given& given) {
  const std::optional<std::string> secret = variable("PGREHEARSE_SOURCE");
  ConnectionTarget target =
      connection_target(given.source.empty() ? secret.value_or("") : given.source);
  if (!given.source.empty() && target.password_in_text) {
    throw Error{ErrorCode::bad_config, "--source holds a password, which every process list shows",
        "Give the connection string in PGREHEARSE_SOURCE, or the password in PGPASSFILE."};
  }
  return target;
}

void demand_one_server(const ConnectionTarget& target) {
  if (target.servers > 1) {
    throw Error{ErrorCode::bad_config, "the source names several hosts",
        "A baseline is of one server: name one."};
  }
}

Baseline baseline_of(const Given& given) {
  const ConnectionTarget target = target_of(given);
  demand_no_production(target, given.not_production, variable);
  demand_no_production(std::filesystem::path{".env"});
  if (const char* named = std::getenv("ENV_FILE"); named != nullptr && *named != '\0') {
    demand_no_production(std::filesystem::path{named});
  }
  demand_one_server(target);
  const auto timeout = parse_duration(given.statement_timeout).count();
  const Connect connect = [&](const std::string& database) {
    ConnectionSpec spec = target.connection;
    spec.database = database;
    Session session{spec};
    session.exec(
        fmt::format("SET default_transaction_read_only = on; SET statement_timeout = '{0}ms'; "
                    "SET pgrehearse.statement_timeout = '{0}ms'",
            timeout));
    return session;
  };
  Session session = connect(target.connection.database);
  demand_no_production(session, given.denied);
  Baseline baseline{.taken = Timestamp::parse(session.value("SELECT pg_catalog.clock_timestamp()")),
      .server_version = session.value("SHOW server_version"),
      .system_identifier =
          session.value("SELECT system_identifier FROM pg_catalog.pg_control_system()"),
      .database = target.connection.database};
  baseline.facts = capture_facts(connect);
  return baseline;
}

Baseline baseline_in_time(const Given& given) {
  constexpr std::string_view query_canceled = "57014";
  try {
    return baseline_of(given);
  } catch (const QueryError& error) {
    if (error.sqlstate() != query_canceled) {
      throw;
    }
    throw Error{ErrorCode::timed_out,
        fmt::format(
            "a statement took longer than {}: {}", given.statement_timeout, error.message()),
        "Waiting for a lock that somebody holds counts, too. Try again when the server is quiet, "
        "or "
        "allow more with --statement-timeout."};
  }
}

int write_baseline(const Given& given) {
  if (std::filesystem::exists(given.out) && !given.force) {
    throw Error{ErrorCode::bad_config, "the file is there already",
        "A baseline is evidence: give another name with --out, or say --force.", given.out};
  }
  const Baseline baseline = baseline_in_time(given);
  write_file(given.out, to_json(baseline));
  fmt::print("{} facts of server {} as of {}: {}\n", baseline.facts.size(), baseline.server_version,
      baseline.taken.text(), given.out);
  return exit_met;
}

}  // namespace

void add_baseline_verb(CLI::App& app, VerbToRun& chosen) {
  CLI::App* verb = app.add_subcommand(
      "baseline", "Write down what a backup of a server must bring back: names and digests");
  const auto given = std::make_shared<Given>();
  verb->add_option("--source", given->source,
      "Connection string or URI, without a password; with one: in PGREHEARSE_SOURCE");
  verb->add_option("--out", given->out, "The file [baseline.json]");
  verb->add_option("--statement-timeout", given->statement_timeout,
      "The longest that one statement may run there [10min]");
  verb->add_option("--deny-system", given->denied,
      "System identifiers of clusters that are never read (pg_controldata)");
  verb->add_flag("--source-is-not-production", given->not_production, "I know where it leads");
  verb->add_flag("--force", given->force, "Replace the file");
  verb->callback([&chosen, given] { chosen = [given] { return write_baseline(*given); }; });
}

}  // namespace pgrehearse
