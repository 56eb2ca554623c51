// Caches beside the database. One survives an accident with what it held before it: after a restore
// to the past it shows rows that are gone. No backup of a cache helps; it is rebuilt.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/drill/hook.hpp"
#include "harness/drill/question.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/source.hpp"
#include "harness/traffic/cache_server.hpp"

namespace pgrehearse {

/// What a cache's check says: 0 it agrees with the database, 1 it does not, all else it cannot
/// tell.
enum class Agreement { agrees, differs, cannot_tell };

/// One cache of drill.yaml, and what is known of it.
struct Cache {
  CacheSpec spec;
  Secret password = {};                      ///< of this drill, for the server that it starts
  std::unique_ptr<CacheServer> server = {};  ///< none where the team's own is up already
  std::optional<Agreement> before = {};      ///< with the restored database, before the rebuild
  std::string trouble = {};                  ///< what went wrong with that rebuild
};

/// All caches of the subject. Their servers live as long as this. Movable.
class Caches {
 public:
  /// Starts the servers. Throws Error{bad_config} when drill.yaml declares no cache, and what
  /// CacheServer throws.
  explicit Caches(Run& run);

  /// Rebuilds every cache from the source. Clients are held. Throws what run_hook throws, and
  /// Error{bad_config} when a cache does not agree with the source then: its check would prove
  /// nothing later.
  void fill(Source& source);
  /// Asks every cache whether it agrees with the restored database as it is. One that does not may
  /// be the reason to rebuild it, and shows that its check can say no.
  void look(const Source& source, Restored& restored);
  /// Rebuilds every cache from the restored database. A command that fails is noted, not thrown: it
  /// did not fail on the source.
  void rebuild(const Source& source, Restored& restored);
  /// One finding for each cache.
  [[nodiscard]] std::vector<Finding> ask(const Source& source, Restored& restored);

 private:
  [[nodiscard]] static HookContext context_of(
      const Cache& cache, const Source& source, Cluster& cluster, const std::string& phase);
  [[nodiscard]] static Finding ask(const Cache& cache, const Source& source, Restored& restored);
  [[nodiscard]] static Agreement agreement_of(
      const Cache& cache, const Source& source, Cluster& cluster);

  std::vector<Cache> caches_;
};

/// caches: every cache was rebuilt, and agrees with the restored database. Its check must have said
/// no before the rebuild, else the answer is unknown: a check that never says no proves nothing.
[[nodiscard]] Question has_fresh_caches(Caches& caches, const Source& source);

}  // namespace pgrehearse
