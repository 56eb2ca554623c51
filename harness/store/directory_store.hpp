// Objects as files of this host: the store of a laptop, and of a mounted network folder.
//
// An object "base/1/data.tar" is two files in the folder base/1: its content, as it is, under a
// name of its own (data.tar~3f0c...), and a note (data.tar~object) with the digest, the size and
// that name. Exchanging the note exchanges the object in one step; a reader never sees halves of
// two. A process that dies in a put leaves at most a file that no list shows.
#pragma once

#include <filesystem>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Not versioned, knows no credentials and no locks; honours only_if_absent among all processes
/// that use the same folder (flock: not over every network file system).
class DirectoryStore final : public ObjectStore {
 public:
  /// Makes the folder if it is missing, and everything in it for its owner only (0700, 0600).
  /// Follows no symbolic link below it: Error{refused}.
  explicit DirectoryStore(const std::filesystem::path& root);

  [[nodiscard]] const StoreProperties& properties() const override { return properties_; }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

  /// The file that holds the content now, for incidents that damage it. Throws
  /// Error{object_missing}.
  [[nodiscard]] std::filesystem::path content_of(const std::string& key);

 private:
  [[nodiscard]] std::filesystem::path note_of(const std::string& key) const;
  void demand_root() const;

  std::filesystem::path root_;
  StoreProperties properties_;
};

}  // namespace pgrehearse
