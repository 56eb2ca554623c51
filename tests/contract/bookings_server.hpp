// A real server with the built-in subject in it, for suites that ask a cluster about itself.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/check/capture.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

class [[nodiscard]] BookingsServer {
 public:
  /// Starts it on "local", "docker" or "podman", with a volume "backups", migrates and seeds.
  /// Throws Error.
  explicit BookingsServer(const std::string& engine = "local");
  ~BookingsServer();
  BookingsServer(const BookingsServer&) = delete;
  BookingsServer& operator=(const BookingsServer&) = delete;

  [[nodiscard]] Cluster& cluster() { return *cluster_; }
  [[nodiscard]] Instance& instance() { return *instance_; }
  [[nodiscard]] Engine& engine() { return *engine_; }
  [[nodiscard]] Connect connect() {
    return [this](const std::string& database) { return cluster_->connect(database); };
  }

 private:
  std::unique_ptr<RunJournal> journal_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Cluster> cluster_;
};

/// The server reads its settings and rules of access anew, and new sessions see them.
void reload_settings(Cluster& cluster);

}  // namespace pgrehearse
