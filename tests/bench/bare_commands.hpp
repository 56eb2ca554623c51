// The accidental-delete drill as a person does it by hand: the tools of Postgres, cp and rm, one
// after the other, on the same machine, as the same account, with the same server settings. What a
// drill takes longer than this is what the harness costs.
//
// Not done by hand: migrations, the ledgered writers, a SHA-256 list of the backup, facts other
// than rows, fsync of what is archived or copied, proofs of the incident and of the recovery
// ending.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/drill/subject.hpp"
#include "harness/engine/local_programs.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

/// A group of commands, comparable with one or more steps of the drill.
struct BareStep {
  std::string title;
  double seconds = 0;
};

/// A private folder with the clusters in it. The servers are stopped and the folder removed at the
/// end of scope.
class BareCommands {
 public:
  /// Nothing is made yet but the folder. The subject's scale says how much is seeded.
  explicit BareCommands(Subject subject);
  ~BareCommands();
  BareCommands(const BareCommands&) = delete;
  BareCommands& operator=(const BareCommands&) = delete;

  /// The whole drill, removal included. Throws Error{recovery_failed} unless every table came back
  /// as it was, and whatever a command that failed throws: a figure of work that was not done is no
  /// figure.
  std::vector<BareStep> whole_drill();

  /// Only: initdb, start, first query. In seconds.
  double first_query();

 private:
  void start_and_load();
  void take_backup();
  void write_and_mark();
  void delete_rows();
  void restore();
  void digest_restored();
  void remove();

  Completed command(std::vector<std::string> argv, Milliseconds deadline = Seconds{60});
  std::string query(const std::string& sql, const std::string& database);
  std::string digests();
  void initialise(const std::string& name);
  void configure(const std::string& name, const ServerSettings& settings);
  void start(const std::string& name);
  [[nodiscard]] std::filesystem::path path_of(const std::string& name) const {
    return folder_ / name;
  }

  Subject subject_;
  LocalPrograms programs_;
  std::optional<Account> account_;
  std::filesystem::path folder_;
  std::vector<std::string> started_;  ///< clusters, by name
  std::string sockets_;               ///< of the cluster that is asked
  std::string digests_at_marker_;
};

}  // namespace pgrehearse
