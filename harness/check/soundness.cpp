#include "harness/check/soundness.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

struct Known {
  std::string_view part;
  std::string_view what;
};
// pg_amcheck's own lines may name keys and blocks; what goes into a report is one of these.
constexpr std::array known = std::to_array<Known>({
    {"invalid page in block", "a page fails its checksum or its header is void"},
    {"could not open file", "its file is missing"},
    {"could not read block", "its file is too short"},
    {"lacks matching index tuple", "a row is not in the index"},
    {"item order invariant violated", "its entries are out of order"},
    {"lacks a main relation fork", "its file is missing"},
});

// Says nothing about what is in it.
constexpr std::string_view is_locked = "canceling statement due to lock timeout";

std::string what_of(const std::string& line) {
  for (const Known& entry : known) {
    if (line.find(entry.part) != std::string::npos) {
      return std::string{entry.what};
    }
  }
  return "it is malformed";
}

// heap table "db.schema.name": or: heap table "db.schema.name", block 0, offset 3:
std::string relation_in(const std::string& line) {
  if (!line.starts_with("heap table \"") && !line.starts_with("btree index \"")) {
    return {};
  }
  const std::size_t begin = line.find('"') + 1;
  const std::size_t end = line.find_last_of('"');
  return end > begin ? line.substr(begin, end - begin) : std::string{};
}

std::vector<std::string> databases_without_amcheck(const Cluster& cluster) {
  std::vector<std::string> without;
  Session session = cluster.connect();
  for (const Row& row :
      session.exec("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn")) {
    Session inside = cluster.connect(*row[0]);
    if (inside.value("SELECT count(*) FROM pg_catalog.pg_extension WHERE extname = 'amcheck'") ==
        "0") {
      without.push_back(*row[0]);
    }
  }
  return without;
}

}  // namespace

std::vector<Ailment> ailments_in(const std::string& amcheck_output) {
  std::vector<Ailment> ailments;
  std::string relation;
  for (const std::string& line : lines_of(amcheck_output)) {
    if (std::string named = relation_in(line); !named.empty()) {
      relation = std::move(named);
    } else if (line.starts_with("    ") && !relation.empty()) {
      const std::string what = what_of(line);
      const bool told = std::any_of(ailments.begin(), ailments.end(), [&](const Ailment& ailment) {
        return ailment.relation == relation && ailment.what == what;
      });
      // Lines that only go on with an error (DETAIL, HINT) tell nothing new.
      if (!told && line.find(is_locked) == std::string::npos &&
          line.find("DETAIL:") == std::string::npos && line.find("HINT:") == std::string::npos) {
        ailments.push_back({relation, what});
      }
    }
  }
  return ailments;
}

// The extension comes and goes, whatever the database's own settings and event triggers say to
// that.
Examination examine(const Cluster& cluster) {
  const std::vector<std::string> without = databases_without_amcheck(cluster);
  Instance& instance = cluster.instance();
  const Completed checked =
      instance.exec({.argv = {"pg_amcheck", "--all", "--install-missing", "--heapallindexed",
                         "--parent-check", "--host", instance.path_of(Place::sockets), "--port",
                         fmt::format("{}", instance.listen_inside().port), "--username",
                         cluster.connection().user, "--no-password"},
          .env = {{"PGPASSWORD", cluster.connection().password}, {"LC_ALL", Secret{"C"}},
              {"PGOPTIONS",
                  Secret{"-c default_transaction_read_only=off -c session_replication_role=replica "
                         "-c lock_timeout=20s -c lc_messages=C"}}},
          .deadline = hours_at_most});
  for (const std::string& database : without) {
    Session session = cluster.connect(database);
    session.exec("SET default_transaction_read_only = off; SET session_replication_role = replica");
    session.exec("DROP EXTENSION IF EXISTS amcheck");
  }
  // 0: all sound, 2: ailments found; anything else means that it did not get to the end.
  Examination examination;
  examination.ailments = ailments_in(checked.out);
  const bool locked = checked.out.find(is_locked) != std::string::npos;
  examination.complete =
      !locked && (checked.status == 0 || (checked.status == 2 && !examination.ailments.empty()));
  if (!examination.complete) {
    examination.trouble = locked ? "something is locked, so it was not looked at"
                                 : fmt::format("pg_amcheck exits {}", checked.status);
  }
  return examination;
}

}  // namespace pgrehearse
