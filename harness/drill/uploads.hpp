// Files that the application keeps beside its database, in an object store: a restored row whose
// file is missing is a loss that no look at the database shows.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/drill/question.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/source.hpp"
#include "harness/store/directory_store.hpp"

namespace pgrehearse {

/// Every file's key begins so: a store may hold other things beside.
inline constexpr std::string_view uploads_prefix = "uploads/";
/// The key of the file that a row calls so.
[[nodiscard]] std::string upload_key(const std::string& name);

/// Where the application keeps its files, and where they are backed up to. Everything is removed
/// with this.
class UploadStores {
 public:
  explicit UploadStores(Run& run);
  ~UploadStores();
  UploadStores(const UploadStores&) = delete;
  UploadStores& operator=(const UploadStores&) = delete;

  [[nodiscard]] DirectoryStore& live() { return *live_; }
  [[nodiscard]] DirectoryStore& backup() { return *backup_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<DirectoryStore> live_;
  std::unique_ptr<DirectoryStore> backup_;
};

/// Puts the files into the store that drill.yaml's `uploads` brings, by `content` or by `command`,
/// and returns how many. Throws Error{bad_config} when there are none: that would prove nothing;
/// and what run_hook throws.
std::size_t make_uploads(Source& source, ObjectStore& store);
/// Every plain file below the folder, under its path there. Throws Error{bad_config} when there is
/// none, or anything else than files and folders, and Error{bad_value} for a name that is no key.
std::size_t put_uploads_of(const std::filesystem::path& folder, ObjectStore& store);
/// Copies every file, proven by its digest, in constant memory. What else is there stays. Throws
/// Error{object_damaged}.
std::size_t copy_uploads(ObjectStore& from, ObjectStore& to);
/// Removes every file.
void lose_uploads(ObjectStore& store);

/// uploads: every row of `uploads.listed` has its file, byte for byte, and every file has its row.
/// All of them are read.
[[nodiscard]] Question has_every_upload(ObjectStore& store, const Subject& subject);

}  // namespace pgrehearse
