// One data directory inside an instance, and the server that serves it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/engine/instance.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// postgresql.conf parameters, in order.
using ServerSettings = std::vector<std::pair<std::string, std::string>>;

/// Every cluster reads this file in its data directory after postgresql.conf: the template says so.
/// Replacing the whole file on a restored cluster is what keeps it from inheriting the source's
/// archive_command out of the backup.
inline constexpr std::string_view settings_file = "pgrehearse.conf";
/// The line in the template's postgresql.conf that makes it so.
inline constexpr std::string_view settings_include = "include_if_exists = 'pgrehearse.conf'\n";

/// Does not own the instance, which must outlive it.
class Cluster {
 public:
  Cluster(Instance& instance, Secret superuser_password, std::string superuser = "postgres");

  /// Replaces the settings file. Takes effect at the next start.
  void write_settings(const ServerSettings& settings);

  [[nodiscard]] std::string log_path() const;
  /// Where a server of this instance must listen, as pg_ctl's -o takes it.
  [[nodiscard]] std::string start_options() const;
  /// Starts the server and returns at once. `pg_ctl -w` is of no use: it returns 0 before a
  /// recovery dies of "recovery ended before configured recovery target was reached".
  void launch();
  /// launch(), then waits until two authenticated queries in a row are answered on the final port.
  void start(Milliseconds deadline = Milliseconds{60'000});
  /// The running server reads its settings, rules of access, key and certificate anew; on return
  /// new sessions see them.
  void reload() const;
  /// Fast shutdown: committed work is safe, sessions are ended.
  void stop();
  /// The postmaster's process exists.
  [[nodiscard]] bool is_running();
  /// The server that was launched is no more. One that is only on its way up is not dead: between
  /// launch() and the file by which it is known to run nobody can tell, and nobody does.
  [[nodiscard]] bool has_died();

  [[nodiscard]] ConnectionSpec connection(const std::string& database = "postgres") const;
  [[nodiscard]] Session connect(const std::string& database = "postgres") const;

  [[nodiscard]] std::string log() const;
  /// What pg_controldata prints (harness/pg/control_data.hpp reads it).
  [[nodiscard]] std::string control_data_text();
  [[nodiscard]] std::string data_path() const { return instance_->path_of(Place::data); }
  [[nodiscard]] Instance& instance() const { return *instance_; }

 private:
  Instance* instance_;
  Secret password_;
  std::string superuser_;
  std::size_t said_before_ = 0;  ///< size of the log at the launch
  bool was_seen_ = false;        ///< running, since the launch
};

/// The text of a settings file: one "name = 'value'" a line, quoted as Postgres wants it.
[[nodiscard]] std::string settings_text(const ServerSettings& settings);

}  // namespace pgrehearse
