#include "tests/contract/bookings_server.hpp"

#include <filesystem>

#include "harness/drill/migrate.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/incident/persistence.hpp"

namespace pgrehearse {

BookingsServer::BookingsServer(const std::string& engine)
    : journal_(std::make_unique<RunJournal>(new_run_id())) {
  const std::string settings = std::string{settings_include} + "max_prepared_transactions = 2\n";
  engine_ = make_engine({.engine = engine, .cluster = {.settings = settings}}, *journal_).engine;
  engine_->create_volume("backups");
  instance_ = engine_->create({.name = "bookings", .volumes = {{"backups"}}});
  cluster_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
  cluster_->start();
  const Subject subject = load_subject(
      std::filesystem::path{PGREHEARSE_SOURCE_DIR} / "fixtures" / "bookings" / "drill.yaml");
  cluster_->connect().exec("CREATE DATABASE " + identifier(subject.database));
  const HookContext context{.run_id = journal_->run_id(),
      .phase = "migrate",
      .connection = cluster_->connection(subject.database)};
  static_cast<void>(migrate(subject, context));
  apply(subject.seed, subject, context);
}

BookingsServer::~BookingsServer() {
  try {
    cluster_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    static_cast<void>(sweep({.only_run = journal_->run_id()}));
  } catch (const std::exception&) {
    // The host's own look for leftovers tells.
  }
}

void reload_settings(Cluster& cluster) {
  static_cast<void>(
      plant({cluster, "postgres", ""}, {.seat = Seat::settings, .plant = "SELECT 1"}));
}

}  // namespace pgrehearse
