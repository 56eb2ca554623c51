// One instance of the local engine, and what all instances of a run share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/engine/engine.hpp"
#include "harness/engine/local_programs.hpp"
#include "harness/engine/local_removal.hpp"
#include "harness/engine/local_template.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// Instances may outlive the engine object; what both need lives here.
struct LocalRun {
  RunJournal* journal = nullptr;
  LocalPrograms programs;
  LocalTemplate made_from;
  std::optional<Account> account;
  bool quarantines = false;  ///< this host lets an account make network namespaces

  std::mutex mutex;  ///< guards what follows
  bool kept = false;
  std::set<std::uint16_t> ports = {};  ///< given out: the system may offer one twice
  std::set<std::string> names = {};    ///< of instances alive, and of volumes as "volumes/<name>"
  std::vector<std::string> failures = {};  ///< what destructors could not remove

  [[nodiscard]] const std::filesystem::path& folder() const { return journal->folder(); }
  [[nodiscard]] std::filesystem::path agent() const { return folder() / "pgrehearse-agent"; }
  [[nodiscard]] std::filesystem::path volume(std::string_view name) const {
    return folder() / "volumes" / name;
  }
};

/// Throws Error{instance_failed} unless the name is made of [a-z0-9-].
void demand_plain_name(const std::string& name);

/// What goes before a program to run it without any network: a namespace of its own, whose loopback
/// is down. Unix sockets are files, and work.
[[nodiscard]] std::vector<std::string> quarantine_prefix();

class LocalInstance : public Instance {
 public:
  /// Makes the folders and the data directory. Throws Error{instance_failed}; then nothing is left.
  LocalInstance(std::shared_ptr<LocalRun> run, const InstanceSpec& spec);
  /// Stops and removes everything, unless the run is kept. What fails is told by
  /// Engine::remove_run.
  ~LocalInstance() override;
  LocalInstance(const LocalInstance&) = delete;
  LocalInstance& operator=(const LocalInstance&) = delete;

  [[nodiscard]] const std::string& name() const override { return spec_.name; }
  [[nodiscard]] Endpoint endpoint() const override {
    return {.host = spec_.quarantined ? path_of(Place::sockets) : "127.0.0.1", .port = port_};
  }
  /// In quarantine on all addresses of its own namespace: its loopback, once that is up.
  [[nodiscard]] Endpoint listen_inside() const override {
    return {.host = spec_.quarantined ? "0.0.0.0" : "127.0.0.1", .port = port_};
  }
  [[nodiscard]] Endpoint neighbours_endpoint() const override;
  void cut_off() override;
  Endpoint join(const std::string& network) override;
  [[nodiscard]] std::string path_of(Place place) const override;
  [[nodiscard]] std::string path_of_volume(std::string_view volume) const override;
  Completed exec(const Program& program) override;
  void kill_processes() override;
  [[nodiscard]] std::string removal_command() const override;

 private:
  [[nodiscard]] LocalDomain domain() const;
  [[nodiscard]] std::vector<std::string> way_into_quarantine() const;
  void make_folders() const;
  void remove() const;

  std::shared_ptr<LocalRun> run_;
  InstanceSpec spec_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
};

}  // namespace pgrehearse
