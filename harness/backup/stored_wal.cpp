#include "harness/backup/stored_wal.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/backup/archive.hpp"
#include "harness/backup/decompressor.hpp"
#include "harness/backup/stored_artifact.hpp"
#include "harness/backup/wal_folder.hpp"
#include "harness/base/error.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {

StoredWal::StoredWal(
    std::unique_ptr<ObjectStore> store, const std::string& place, std::filesystem::path work)
    : store_(std::move(store)), work_(std::move(work)) {
  const std::size_t below = place.empty() ? 0 : place.size() + 1;
  for (const ObjectInfo& object : objects_at(*store_, place)) {
    const std::filesystem::path file{object.key.size() > below ? object.key.substr(below) : ""};
    const std::string folder = file.parent_path().string();
    const std::string name = archived_name_of(file.filename().string());
    if ((folder.empty() || names_part_of_archive(folder)) && is_archived_name(name)) {
      keys_.emplace(name, object.key);
    }
  }
}

std::vector<std::string> StoredWal::names() {
  std::vector<std::string> names;
  names.reserve(keys_.size());
  for (const auto& [name, key] : keys_) {
    names.push_back(name);
  }
  return names;
}

void StoredWal::fetch(const std::string& name, const std::filesystem::path& to) {
  const std::string& key = keys_.at(name);
  const std::filesystem::path arrived = work_ / std::filesystem::path{key}.filename();
  try {
    get_foreign_file(*store_, key, arrived);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::store_unreachable || error.code() == ErrorCode::interrupted ||
        error.code() == ErrorCode::io) {
      throw;
    }
    throw Error{ErrorCode::archive_gap,
        fmt::format("{} does not come out of the store: {}", name, error.message()), error.hint()};
  }
  copy_decompressed(arrived, to);
  std::filesystem::remove(arrived);
}

}  // namespace pgrehearse
