// Users, keys and buckets of the radosgw that ctest started, for whole drills that keep their
// backups there.
#pragma once

#include <string>
#include <vector>

#include "harness/store/s3_config.hpp"

namespace pgrehearse {

/// Why there is none; empty when one runs.
[[nodiscard]] std::string missing_radosgw();

/// One user of the server, whom nobody else knows.
class StoreUser {
 public:
  StoreUser();

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of its first key.
  [[nodiscard]] const S3Credentials& credentials() const { return credentials_; }
  /// All keys that it has now.
  [[nodiscard]] std::vector<S3Credentials> keys() const;
  /// A bucket of its own, made now, seen with its first key.
  [[nodiscard]] S3Config make_bucket() const;
  /// In a bucket of its own `other` may list, put and remove from now on, and not read.
  void let_write_but_not_read(const S3Config& bucket, const StoreUser& other) const;
  /// In a bucket of its own `other` may list and read from now on, and change nothing.
  void let_read_only(const S3Config& bucket, const StoreUser& other) const;
  /// A shell script for `stores.vault.rotate`: as radosgw's administrator would.
  [[nodiscard]] std::string rotation(bool revoke) const;

 private:
  [[nodiscard]] std::vector<S3Credentials> admin(std::vector<std::string> words) const;

  std::string name_;
  S3Credentials credentials_;
};

}  // namespace pgrehearse
