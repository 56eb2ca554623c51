#include "harness/backup/clearing.hpp"

namespace pgrehearse {

void empty_data_directory(Instance& instance) {
  exec_or_throw(
      instance, {.argv = {"find", instance.path_of(Place::data), "-mindepth", "1", "-delete"},
                    .deadline = std::chrono::minutes{10}});
}

void drop_database(Cluster& cluster, const std::string& database) {
  Session session = cluster.connect();
  session.exec("DROP DATABASE IF EXISTS " + identifier(database) + " WITH (FORCE)");
}

}  // namespace pgrehearse
