// The records of runs in a bucket, where they outlive the machine that a run was on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Of a place given as --history: nothing, or s3://bucket/key. Throws Error{bad_config} otherwise.
/// Asks nobody yet.
[[nodiscard]] std::string history_place(const std::string& given);

/// Puts the record of a run below the place, as "<run id>/record.json". What is there stays there.
/// Throws Error{bad_config} for a variable that is not set, and what the store throws.
void keep_in_history(const std::string& place, const RunRecord& record);

/// The reports of earlier runs as a folder of this host: the one that is named, or what a place in
/// a bucket holds, fetched for as long as this lives.
class ReportsHere {
 public:
  /// Of a bucket throws as keep_in_history(), and Error{io} when nothing is at the place.
  explicit ReportsHere(const std::string& place);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// What people know a file of the folder by: the key it was fetched from.
  [[nodiscard]] std::string name_of(const std::filesystem::path& file) const;

 private:
  std::string place_;
  std::optional<TempDir> fetched_ = {};
  std::filesystem::path folder_;
};

}  // namespace pgrehearse
