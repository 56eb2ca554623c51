// The pooler that clients go through: a PgBouncer of our own, in front of one server at a time.
// Pointing it at another server is the traffic switch of a recovery.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/process/background.hpp"
#include "harness/traffic/console.hpp"
#include "harness/traffic/pgbouncer.hpp"
#include "harness/traffic/upstream.hpp"

namespace pgrehearse {

struct PoolerSpec {
  std::filesystem::path folder;  ///< made by the pooler, removed with it; written down beforehand
  std::optional<Account> account = {};  ///< PgBouncer refuses to run as root
  PoolMode mode = PoolMode::session;
};

/// Listens on the loopback, on a port the system chose. Runs until the object dies, or the harness
/// does. Not safe to share between threads; it belongs to the thread that made it.
class [[nodiscard]] Pooler {
 public:
  /// Returns when its console answers. Throws Error{engine_missing}, Error{instance_failed}.
  Pooler(PoolerSpec spec, const Upstream& upstream);
  /// Ends it and removes its folder. Clients are cut off.
  ~Pooler();
  Pooler(const Pooler&) = delete;
  Pooler& operator=(const Pooler&) = delete;

  /// Where clients connect.
  [[nodiscard]] Endpoint endpoint() const { return {.host = "127.0.0.1", .port = port_}; }
  /// "PgBouncer 1.18.0"
  [[nodiscard]] const std::string& version() const { return version_; }

  /// Cuts off every client and closes every server connection (KILL, which does not wait for a
  /// server that hangs), reads the new place (RELOAD), and lets clients in again (RESUME). A client
  /// that went on would take the other server for the one on which it had temporary tables,
  /// prepared statements and locks. Throws Error{instance_failed} when the pooler does not say that
  /// it leads there: RELOAD answers the same whether it could read its settings or not.
  void point_at(const Upstream& upstream);

  /// Where it sends clients now.
  [[nodiscard]] Endpoint leads_to();
  /// Where the server connections lead that it has open now: none after a switch leads back.
  [[nodiscard]] std::vector<Endpoint> open_connections();

 private:
  void write_files(const Upstream& upstream) const;
  /// False when it ended because its port was taken.
  [[nodiscard]] bool start();
  [[nodiscard]] Console console() const { return {endpoint(), password_}; }
  [[nodiscard]] std::string last_words() const;

  PoolerSpec spec_;
  std::string database_;
  Secret password_ = Secret::random();
  Secret verifier_;
  std::uint16_t port_ = 0;
  std::string version_;
  std::unique_ptr<Background> program_;
};

}  // namespace pgrehearse
