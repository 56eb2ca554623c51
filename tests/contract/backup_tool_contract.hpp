// What every backup tool must do, run on each of them. Bodies: backup_tool_contract.cpp
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "harness/backup/archive.hpp"
#include "harness/backup/make_backup_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/fact.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

struct BackupToolUnderTest {
  std::string name;  ///< becomes the test's suffix
  BackupToolConfig config = {};
  bool plain_at_rest = false;    ///< neither compressed nor encrypted: texts can be found in it
  std::string engine = "local";  ///< a container engine that is not here: the tests skip
};
std::ostream& operator<<(std::ostream& out, const BackupToolUnderTest& tool);
[[nodiscard]] std::string suffix_of(const testing::TestParamInfo<BackupToolUnderTest>& info);

/// Nothing when it throws no Error.
template <typename Body>
std::optional<ErrorCode> error_of(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

/// A source of its own with one small database, and a tool that was prepared for it.
class BackupToolContract : public testing::TestWithParam<BackupToolUnderTest> {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] BackupTool& tool() { return *tool_; }
  [[nodiscard]] Instance& beside_the_source() { return *source_instance_; }
  [[nodiscard]] Cluster& source() { return *source_; }
  [[nodiscard]] std::unique_ptr<BackupTool> another_tool(const BackupToolConfig& config) const;

  BackupSet take(const std::string& id, BackupKind kind = BackupKind::full);
  void write(int rows);
  /// A restore point, all WAL up to it archived, and the facts there.
  [[nodiscard]] Facts facts_at(const std::string& restore_point);
  /// A new server of the set: recovered to the restore point, or loaded.
  [[nodiscard]] Cluster& restored(BackupTool& by, const BackupSet& set, const std::string& to);
  [[nodiscard]] Facts facts_of(Cluster& cluster);
  /// Throws what the tool throws. Afterwards it looks at what is left.
  void restore_only(BackupTool& by, const BackupSet& set);
  [[nodiscard]] bool nothing_is_left();
  [[nodiscard]] std::string path_in_backups(const std::string& path) const;
  [[nodiscard]] std::string artifacts_folder() const { return artifacts_->path().string(); }
  void expect_scripts_that_fill_data_directories_only_where_they_can();
  void expect_refusals(const BackupSet& set);
  void expect_readable_at_rest_as_it_says();
  /// What fails leaves `whole` alone in the list.
  void expect_failure_halfway(const BackupSet& whole);
  void expect_failure_to_write(const BackupSet& whole);
  /// Verification, restore and load must all refuse it, and leave nothing behind.
  void expect_unusable(const BackupSet& set);

 private:
  Instance& new_instance(bool initialised);

  std::unique_ptr<TempDir> artifacts_;
  std::unique_ptr<RunJournal> journal_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Archive> witness_;
  std::unique_ptr<BackupTool> tool_;
  std::unique_ptr<Instance> source_instance_;
  std::unique_ptr<Cluster> source_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<std::unique_ptr<Cluster>> clusters_;
};

/// What a tool does differently where instances are of another kind, or archives its own.
class BackupToolInstance : public BackupToolContract {};
/// A tool that says it is incremental.
class IncrementalBackupTool : public BackupToolContract {};

}  // namespace pgrehearse
