#include "harness/drill/edited_migrations.hpp"

#include <algorithm>
#include <filesystem>

#include "harness/base/text.hpp"
#include "harness/drill/migration_files.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const Subject& subject) {
  return subject.folder / subject.migrate.directory;
}

bool has_folder(const Subject& subject) {
  return !subject.migrate.directory.empty() && fs::is_directory(folder_of(subject));
}

std::vector<std::string> said_by(const MigrationFile& migration) {
  std::vector<std::string> said;
  for (const std::string& line : lines_of(section_to_run(migration).sql)) {
    const std::string text{trimmed(line)};
    if (!text.empty() && !text.starts_with("--")) {
      said.push_back(text);
    }
  }
  return said;
}

}  // namespace

std::vector<std::string> edited_migrations(const Subject& base, const Subject& subject) {
  std::vector<std::string> edited;
  if (!has_folder(base) || !has_folder(subject)) {
    return edited;
  }
  const std::vector<MigrationFile> now =
      migration_files(folder_of(subject), subject.migrate.format);
  for (const MigrationFile& then : migration_files(folder_of(base), base.migrate.format)) {
    if (is_repeatable(then)) {
      continue;
    }
    const auto same = std::find_if(now.begin(), now.end(),
        [&](const MigrationFile& file) { return file.version == then.version; });
    if (same == now.end()) {
      edited.push_back(then.name + " is gone");
    } else if (said_by(*same) != said_by(then)) {
      edited.push_back(then.name + " was edited");
    }
  }
  return edited;
}

}  // namespace pgrehearse
