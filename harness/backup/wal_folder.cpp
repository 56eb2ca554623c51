#include "harness/backup/wal_folder.hpp"

#include "harness/backup/archive.hpp"
#include "harness/backup/decompressor.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

bool names_part_of_archive(const std::string& folder) {
  return folder.size() == 16 && folder.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}

WalFolder::WalFolder(const fs::path& folder) {
  try {
    add(folder);
  } catch (const fs::filesystem_error&) {
    throw Error{ErrorCode::io, "the folder with the archived WAL cannot be read",
        "Is it there, and may who runs the drill read it?", folder.string()};
  }
}

void WalFolder::add(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator{folder}) {
    const std::string file = entry.path().filename().string();
    const std::string name = archived_name_of(file);
    if (entry.is_directory() && names_part_of_archive(file)) {
      add(entry.path());
    } else if (is_archived_name(name) && entry.is_regular_file()) {
      files_.emplace(name, entry.path());
    }
  }
}

std::vector<std::string> WalFolder::names() {
  std::vector<std::string> names;
  names.reserve(files_.size());
  for (const auto& [name, path] : files_) {
    names.push_back(name);
  }
  return names;
}

void WalFolder::fetch(const std::string& name, const fs::path& to) {
  copy_decompressed(files_.at(name), to);
}

}  // namespace pgrehearse
