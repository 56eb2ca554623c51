// Objects in a bucket of a server that speaks S3: signature version 4, path-style addresses, one
// PUT for small objects and a multipart upload for large ones. The digest travels as
// x-amz-meta-sha256.
#pragma once

#include "harness/store/object_store.hpp"
#include "harness/store/s3_client.hpp"

namespace pgrehearse {

class S3Store final : public ObjectStore {
 public:
  /// Asks the server nothing yet. Throws Error{bad_config}.
  explicit S3Store(S3Config config);

  [[nodiscard]] const StoreProperties& properties() const override { return properties_; }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  /// Digests are left out.
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  /// Digests are left out.
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

  /// What stands directly below a folder ("" or "backups/"): names of objects, and of folders with
  /// a slash at their end. At most one page: enough to say what somebody may have meant.
  [[nodiscard]] std::vector<std::string> names_below(const std::string& folder);

  /// How often the server was asked so far.
  [[nodiscard]] std::uint64_t requests() const { return client_.requests(); }
  /// Removes all that is below the configuration's prefix, for good: where the bucket keeps
  /// versions, each of them and the traces of removals. Throws Error{refused} without a prefix, and
  /// what remove() throws, of a locked version for one.
  void clear();

 private:
  [[nodiscard]] std::string placed(const std::string& key) const { return below_ + key; }
  /// Every version and removal of keys that begin so, named and ordered as the server does. As a
  /// key: not many more than its own.
  [[nodiscard]] std::vector<ObjectInfo> versions_below(
      const std::string& placed_prefix, bool as_key);
  void demand_versioned(const std::optional<std::string>& version) const;

  S3Client client_;
  std::string below_;  ///< before every key: empty, or with a slash at its end
  StoreProperties properties_;
};

/// Makes the bucket of this configuration, with versioning and object lock as its abilities say.
/// For tests and for drills that bring their own server: a drill never makes a bucket elsewhere.
void make_bucket(const S3Config& config);

}  // namespace pgrehearse
