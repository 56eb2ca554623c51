// Where one drill keeps backups for as long as it lasts: a folder of the run, or a place in a
// bucket of the team's, below a prefix that no other drill has. Whoever uses it need not know
// which.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/drill/run.hpp"
#include "harness/store/s3_store.hpp"

namespace pgrehearse {

class DrillStore {
 public:
  /// `name` is unique in the run. Without a bucket, in `folder`, which is the caller's to remove.
  /// With one: what dead drills left there is removed, and the credentials are tried. Throws
  /// Error{bad_config} for a variable that is not set or a bucket that is not there,
  /// Error{store_refused} and Error{store_unreachable}.
  DrillStore(
      Run& run, const StoreSpec& spec, std::string name, const std::filesystem::path& folder);
  /// Everything in the bucket is removed. What could not be is a leftover of the run's record.
  ~DrillStore();
  DrillStore(const DrillStore&) = delete;
  DrillStore& operator=(const DrillStore&) = delete;

  [[nodiscard]] ObjectStore& store() { return *store_; }
  /// Nothing where it is a folder.
  [[nodiscard]] const std::optional<S3Config>& bucket() const { return place_; }
  /// Of the bucket, so far; 0 where it is a folder.
  [[nodiscard]] std::uint64_t requests() const { return s3_ == nullptr ? 0 : s3_->requests(); }

  /// From now on these are used, here and by the next drill of this run.
  void use(const S3Credentials& credentials);

 private:
  void open();
  void clear() const;

  Run& run_;
  StoreSpec spec_;
  std::string name_;
  std::optional<S3Config> shared_;  ///< with the prefix of all drills
  std::optional<S3Config> place_;   ///< with that of this one
  std::unique_ptr<ObjectStore> store_;
  S3Store* s3_ = nullptr;  ///< the same, if it is one
};

}  // namespace pgrehearse
