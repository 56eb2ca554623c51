#include "harness/project/scratch.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {

Scratch::Scratch(
    const EngineConfig& config, const ServerSettings& settings, const std::string& database)
    : run_id_(new_run_id()), database_(database), watchdog_(run_id_), journal_(run_id_) {
  mark_children(run_id_);
  EngineConfig wanted = config;
  wanted.cluster.settings = std::string{settings_include};
  choice_ = make_engine(wanted, journal_);
  instance_ = choice_.engine->create({.name = "scratch-1"});
  cluster_ = std::make_unique<Cluster>(*instance_, choice_.engine->superuser_password());
  cluster_->write_settings(settings);
  cluster_->start();
  cluster_->connect().exec("CREATE DATABASE " + identifier(database_));
}

// What cannot be removed here, the watchdog removes a moment later.
Scratch::~Scratch() {
  const RemovalScope uninterrupted;
  try {
    cluster_.reset();
    instance_.reset();
    if (choice_.engine) {
      choice_.engine->remove_run();
    }
  } catch (const std::exception&) {
    fmt::print(stderr, "the scratch server of run {} is still there\n", run_id_);
  }
}

void Scratch::empty_database() {
  Session session = cluster_->connect();
  session.exec("DROP DATABASE " + identifier(database_) + " WITH (FORCE)");
  for (const Row& role :
      session.exec("SELECT rolname FROM pg_roles WHERE oid >= 16384 AND rolname <> current_user")) {
    session.exec("DROP ROLE " + identifier(role.at(0).value_or("")));
  }
  session.exec("CREATE DATABASE " + identifier(database_));
}

std::string Scratch::engine() const {
  const EngineProperties& properties = choice_.engine->properties();
  return fmt::format("{}, Postgres {}", properties.name, properties.server_version);
}

}  // namespace pgrehearse
