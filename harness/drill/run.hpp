// One invocation: its id, its engine, its subject, its record. Handed to every drill, never reached
// for.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/drill/hook.hpp"
#include "harness/drill/progress.hpp"
#include "harness/drill/record.hpp"
#include "harness/drill/subject.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/store/s3_config.hpp"

namespace pgrehearse {

struct RunOptions {
  bool keep = false;  ///< leave the restored server standing
  std::int64_t commits =
      150;  ///< acknowledged commits before the marker; at least 100 are evidence
  std::string keep_golden = {};  ///< name of a release; empty: no golden backup is kept
  Milliseconds archive_deadline = Seconds{60};
  Milliseconds recovery_deadline = std::chrono::hours{4};
};

/// References outlive every drill; the record is written by the drills and shown through `changed`.
struct Run {
  RunJournal& journal;
  Engine& engine;
  Subject subject;
  /// Of a gate: the subject with the migrations and the seed that it had before the change. Sources
  /// are made of these, then get the new migrations, as the database in production will.
  std::optional<Subject> base = {};
  RunOptions options;
  std::filesystem::path artifacts;  ///< where logs and evidence go
  Progress& progress;
  RunRecord& record;
  std::function<void()> changed;  ///< called after every change of the record: reports follow it
  int names_given = 0;            ///< instances of one run never share a name
  /// What a rotation put in the place of what this variable holds, by the key id's variable.
  std::map<std::string, S3Credentials> rotated_store_keys = {};

  /// "source-1", "restored-2": unique within the run.
  [[nodiscard]] std::string next_name(const std::string& kind);
  /// What the subject's programs and files of SQL are told, in this phase, of this connection.
  [[nodiscard]] HookContext hook(const std::string& scenario, const std::string& phase,
      const ConnectionSpec& connection) const;
};

}  // namespace pgrehearse
