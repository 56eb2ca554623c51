// Makes disposable instances and volumes, and gets rid of them. Two implementations: container
// (docker, podman) and local (server processes of this host). One contract suite:
// tests/contract/engine_contract.cpp
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// A folder that outlives instances and may be seen by several of them. Removed with the run.
struct VolumeMount {
  std::string volume;      ///< name given to create_volume
  bool read_only = false;  ///< enforced where properties().enforces_read_only says so
};

struct InstanceSpec {
  std::string name;         ///< [a-z0-9-]+, unique within the run
  bool initialised = true;  ///< start from the template cluster; else an empty data directory
  std::vector<VolumeMount> volumes = {};
  /// Given to create_network; empty: the engine's own network. Needs separates_networks.
  std::string network = {};
  /// Without any network: nothing inside reaches out, and only its Unix socket, seen by this host
  /// alone, leads in. Needs quarantines.
  bool quarantined = false;
};

/// What went into the template cluster. Everything here is part of the key under which it is kept.
struct ClusterSpec {
  bool data_checksums = true;
  std::string encoding = "UTF8";
  std::string locale = "C.UTF-8";
  std::string settings = {};  ///< text appended to postgresql.conf
};

/// Something that carries our label: of a dead run, a leftover.
struct Owned {
  std::string kind;  ///< "container", "volume", "network", "directory", "process", "shared memory"
  std::string name;  ///< the engine's own name or path
  std::string run_id;  ///< the run it belongs to
  std::string owner;   ///< "boot-id:pid:start-ticks" of the harness that made it
};

struct EngineProperties {
  std::string name;                 ///< "docker", "podman", "local"
  std::string version;              ///< the engine's own version
  std::string image;                ///< image reference and id; empty for local
  std::string server_version;       ///< of the Postgres programs inside, "15.20"
  bool enforces_read_only = false;  ///< a read-only mount really is one
  bool isolates_processes = false;  ///< instances cannot see each other's processes
  bool separates_networks = false;  ///< makes networks, and can cut an instance off from its own
  bool quarantines = false;         ///< makes instances that have no network at all
  bool shares_files = false;        ///< paths inside instances are paths of this host
};

class Engine {
 public:
  virtual ~Engine() = default;

  [[nodiscard]] virtual const EngineProperties& properties() const = 0;
  /// A new instance, its data directory initialised but no server running. The instance is removed
  /// when the pointer dies (unless kept, see keep()). Throws Error{instance_failed}; then nothing
  /// is left.
  [[nodiscard]] virtual std::unique_ptr<Instance> create(const InstanceSpec& spec) = 0;
  /// Makes an empty volume, owned by the account that owns data directories.
  virtual void create_volume(const std::string& name) = 0;
  /// Makes a network: its instances reach one another, those of other networks do not reach them.
  /// Throws Error{refused} without separates_networks.
  virtual void create_network(const std::string& name) = 0;
  /// Makes a link: a network that leads nowhere, for instances of different networks that join it
  /// (Instance::join) to reach one another over it. Throws Error{refused} without
  /// separates_networks.
  virtual void create_link(const std::string& name) = 0;
  /// The superuser's password in clusters made from the template (user "postgres").
  [[nodiscard]] virtual const Secret& superuser_password() const = 0;
  /// From now on nothing of this run is removed at the end of scopes; the journal says so too.
  virtual void keep() = 0;
  /// Removes every volume and whatever else of this run is still there.
  virtual void remove_run() = 0;
};

}  // namespace pgrehearse
