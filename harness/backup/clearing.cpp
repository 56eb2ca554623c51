#include "harness/backup/clearing.hpp"

namespace pgrehearse {
namespace {

// A database with a subscription in it cannot be dropped. The publisher is not asked to drop its
// slot: what was loaded is a copy, and the slot is the original's.
void drop_subscriptions(Cluster& cluster, Session& session, const std::string& database) {
  const Rows subscriptions = session.exec(
      "SELECT subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d "
      "ON d.oid = s.subdbid WHERE datname = " +
      literal(database));
  if (subscriptions.empty()) {
    return;
  }
  Session inside = cluster.connect(database);
  for (const Row& row : subscriptions) {
    const std::string name = identifier(*row[0]);
    inside.exec("ALTER SUBSCRIPTION " + name + " DISABLE");
    inside.exec("ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
    inside.exec("DROP SUBSCRIPTION " + name);
  }
}

}  // namespace

void empty_data_directory(Instance& instance) {
  exec_or_throw(
      instance, {.argv = {"find", instance.path_of(Place::data), "-mindepth", "1", "-delete"},
                    .deadline = std::chrono::minutes{10}});
}

void drop_database(Cluster& cluster, const std::string& database) {
  Session session = cluster.connect();
  drop_subscriptions(cluster, session, database);
  session.exec("DROP DATABASE IF EXISTS " + identifier(database) + " WITH (FORCE)");
}

}  // namespace pgrehearse
