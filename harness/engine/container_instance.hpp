// One container of the template image.
//
// The initialised cluster is used where it lies, in the image: the storage driver copies a file
// when it is first written. Copying the whole data directory into a volume took four times as long
// as all the rest. An empty data directory is a volume of its own, so that a restore is measured on
// a file system and not on a storage driver.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/engine/container_program.hpp"
#include "harness/engine/container_template.hpp"
#include "harness/engine/engine.hpp"

namespace pgrehearse {

/// What the engine and its instances share; outlives the engine if an instance does.
struct ContainerRun {
  ContainerRun(ContainerProgram with, ContainerTemplate from, RunJournal* notes)
      : program(std::move(with)), made_from(std::move(from)), journal(notes) {}

  ContainerProgram program;
  ContainerTemplate made_from;
  RunJournal* journal;  ///< outlives everything of the run

  std::mutex mutex = {};  ///< guards what follows
  std::set<std::string> instances = {};
  std::set<std::string> volumes = {};
  std::set<std::string> networks = {};
  std::set<std::string> links = {};
  std::vector<std::string> failures = {};  ///< removals that did not work
  bool kept = false;

  /// The engine's name for a thing of this run: "pgr-<run-id>-<name>". Throws Error{bad_value}
  /// unless the name is [a-z0-9-]+.
  [[nodiscard]] std::string full_name(const std::string& name) const;
  /// Remembers what a removal answered, unless the thing is gone, which is all we want.
  void note_removal(const std::string& name, const Completed& answer);
};

class ContainerInstance : public Instance {
 public:
  /// Makes the volume and starts the container. Throws Error{instance_failed}; then nothing is
  /// left.
  ContainerInstance(std::shared_ptr<ContainerRun> run, const InstanceSpec& spec);
  /// Removes it, unless the run is kept. A failure is remembered for Engine::remove_run().
  ~ContainerInstance() override;
  ContainerInstance(const ContainerInstance&) = delete;
  ContainerInstance& operator=(const ContainerInstance&) = delete;

  [[nodiscard]] const std::string& name() const override { return spec_.name; }
  [[nodiscard]] Endpoint endpoint() const override { return endpoint_; }
  /// In quarantine on its own loopback, where nobody else is.
  [[nodiscard]] Endpoint listen_inside() const override {
    return {.host = spec_.quarantined ? "127.0.0.1" : "*", .port = 5432};
  }
  [[nodiscard]] Endpoint neighbours_endpoint() const override;
  void cut_off() override;
  Endpoint join(const std::string& network) override;
  [[nodiscard]] std::string path_of(Place place) const override;
  [[nodiscard]] std::string path_of_volume(std::string_view volume) const override;
  /// At the deadline the program inside and all it started get SIGKILL, a server it started
  /// included. PATH, HOME and what docker and podman read themselves (DOCKER_*, ...) are no place
  /// for a secret: these variables are handed over on the command line.
  Completed exec(const Program& program) override;
  void kill_processes() override;
  [[nodiscard]] std::string removal_command() const override;

 private:
  [[nodiscard]] std::vector<std::string> run_arguments() const;
  [[nodiscard]] std::string data_volume() const { return container_ + "-data"; }
  /// On this host: what a quarantined instance sees as its folder of sockets.
  [[nodiscard]] std::filesystem::path socket_folder() const;
  [[nodiscard]] std::vector<std::string> network_arguments() const;
  void start();
  void start_quarantined(const std::string& what);
  void read_endpoint();
  /// Where its server is reached in a network, by the engine's own name of it. Throws
  /// Error{refused} when it is not in there.
  [[nodiscard]] Endpoint endpoint_in_network(const std::string& network) const;
  /// Those it is in, by the engine's own names, with its addresses there.
  [[nodiscard]] std::map<std::string, std::string> addresses() const;
  [[nodiscard]] bool is_running() const;
  void kill_marked(const std::string& mark) const;
  void remove() noexcept;

  std::shared_ptr<ContainerRun> run_;
  InstanceSpec spec_;
  std::string container_;
  Endpoint endpoint_ = {};
};

}  // namespace pgrehearse
