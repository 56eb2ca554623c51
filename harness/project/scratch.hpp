// A disposable server with one database, empty at first, to try things on before a drill is
// described.
#pragma once

#include <memory>
#include <string>

#include "harness/engine/make_engine.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Everything goes when it dies, however that happens.
class [[nodiscard]] Scratch {
 public:
  /// Throws Error{engine_missing} where no engine works, and Error{instance_failed}.
  Scratch(const EngineConfig& config, const ServerSettings& settings, const std::string& database);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// The database anew, and none of the roles that were made since the server started.
  void empty_database();
  [[nodiscard]] ConnectionSpec connection() const { return cluster_->connection(database_); }
  [[nodiscard]] const std::string& run_id() const { return run_id_; }
  /// "local 15.20"
  [[nodiscard]] std::string engine() const;

 private:
  std::string run_id_;
  std::string database_;
  Watchdog watchdog_;
  RunJournal journal_;
  EngineChoice choice_ = {};
  std::unique_ptr<Instance> instance_ = {};
  std::unique_ptr<Cluster> cluster_ = {};
};

}  // namespace pgrehearse
