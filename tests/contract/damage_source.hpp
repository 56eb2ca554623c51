// A source whose backups are to be damaged: its sets and its archive are real, and lie where this
// process can reach them.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "harness/backup/archive.hpp"
#include "harness/backup/make_backup_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

class DamageSource {
 public:
  /// Starts it and writes what there is to back up. Clusters are copies of one template, and have
  /// its system identifier; without data checksums it is another template. Throws Error.
  explicit DamageSource(const BackupToolConfig& config = {}, bool data_checksums = true);
  ~DamageSource();
  DamageSource(const DamageSource&) = delete;
  DamageSource& operator=(const DamageSource&) = delete;

  [[nodiscard]] BackupTool& tool() { return *tool_; }
  [[nodiscard]] Archive& archive() { return archive_; }
  [[nodiscard]] Cluster& cluster() { return *cluster_; }
  [[nodiscard]] Instance& instance() { return *instance_; }
  [[nodiscard]] std::filesystem::path path_of(const BackupSet& set) const;
  [[nodiscard]] std::filesystem::path archive_path() const;

  [[nodiscard]] BackupSet take();
  /// Rows enough for some WAL, then a switch: the segment has used bytes and others. Its name, when
  /// it is archived.
  std::string write_a_segment();
  /// With an empty data directory, or with the template's, and both volumes read-only.
  [[nodiscard]] std::unique_ptr<Instance> new_instance(const std::string& name, bool initialised);
  [[nodiscard]] Cluster cluster_in(Instance& instance) const;

 private:
  RunJournal journal_{new_run_id()};
  std::unique_ptr<Engine> engine_;
  Archive archive_{"archive"};
  std::unique_ptr<BackupTool> tool_;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Cluster> cluster_;
};

/// What refused, in its own words; nothing when nobody did. Other errors go on.
template <typename Body>
std::optional<std::string> refusal_of(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::backup_unusable) {
      throw;
    }
    return error.message();
  }
  return std::nullopt;
}

}  // namespace pgrehearse
