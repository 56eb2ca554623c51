// One disposable machine: a container, or a private folder with a process group on this host.
//
// An instance holds at most one Postgres data directory and has the Postgres programs. It knows
// nothing of recovery, backups or facts: see harness/pg for the server that runs in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/secret.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

/// Places inside an instance. Ask path_of for where they are there.
enum class Place {
  data,     ///< the data directory (PGDATA), mode 0700
  sockets,  ///< where the server puts its Unix socket
  scratch,  ///< the server's log, the record of fetched segments; gone with the instance
  agent,    ///< the pgrehearse-agent program
};

/// Where the harness reaches the server: the loopback, on a port the system chose, or the Unix
/// socket of a quarantined instance.
struct Endpoint {
  std::string host = "127.0.0.1";  ///< with a leading '/': the folder of its Unix socket
  std::uint16_t port = 0;
};

class Instance {
 public:
  virtual ~Instance() = default;

  /// "source-1", unique within the run; the engine's own name (container, folder) carries the run
  /// id too.
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual Endpoint endpoint() const = 0;
  /// The port on which a server inside must listen (on all addresses for a container, else
  /// loopback; in quarantine that is its own, where nobody else is).
  [[nodiscard]] virtual Endpoint listen_inside() const = 0;
  [[nodiscard]] virtual std::string path_of(Place place) const = 0;
  /// Where a volume given in the InstanceSpec is seen from inside.
  [[nodiscard]] virtual std::string path_of_volume(std::string_view volume) const = 0;
  /// Runs a program inside, as the account that owns the data directory and in the network of its
  /// server, with the Postgres programs in its PATH. Its `account` and `cwd` must be empty.
  /// A server started by it (pg_ctl start) goes on running when it returns. Throws
  /// Error{instance_failed} when the instance itself is gone.
  virtual Completed exec(const Program& program) = 0;
  /// Pulls the plug: every process inside gets SIGKILL, data and volumes stay. The instance can be
  /// used again afterwards.
  virtual void kill_processes() = 0;
  /// Where other instances of its network reach its server; of the network it was made in, not of a
  /// link. Throws Error{refused} when it is quarantined or cut off.
  [[nodiscard]] virtual Endpoint neighbours_endpoint() const = 0;
  /// Takes it out of its network and of every link; what runs inside goes on, exec still works.
  /// Throws Error{refused} where the engine does not separate networks.
  virtual void cut_off() = 0;
  /// Joins a link of the run, or comes back into its own network after cut_off(): only there does
  /// endpoint() change. Answers where others of that network reach its server. Throws
  /// Error{bad_value} for any other network, and Error{refused} where the engine does not separate
  /// networks.
  virtual Endpoint join(const std::string& network) = 0;
  /// How a person reaches and removes it by hand: shell commands, for --keep.
  [[nodiscard]] virtual std::string removal_command() const = 0;
};

/// Writes a file inside (mode 0600, owned by the data directory's account), through exec.
void put_file(Instance& instance, const std::string& path, std::string_view content);
/// Reads a file inside. Throws Error{io} when there is none.
[[nodiscard]] std::string get_file(Instance& instance, const std::string& path);
/// exec that throws Error{program_failed} unless the program exits 0.
Completed exec_or_throw(Instance& instance, const Program& program, std::string_view hint = {});

}  // namespace pgrehearse
