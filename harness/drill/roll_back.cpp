#include "harness/drill/roll_back.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/migrate.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view down_mark = "-- migrate:down";

bool says_nothing(const std::string& sql) {
  const std::vector<std::string> lines = lines_of(sql);
  return std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
    return trimmed(line).empty() || trimmed(line).starts_with("--");
  });
}

UpSection down_of_dbmate(const MigrationFile& migration) {
  UpSection down;
  bool inside = false;
  for (const std::string& line : lines_of(read_file(migration.path))) {
    if (trimmed(line).starts_with(down_mark)) {
      inside = true;
      down.in_transaction = line.find("transaction:false") == std::string::npos;
    } else if (inside) {
      down.sql += line + "\n";
    }
  }
  return down;
}

// "0007_x.up.sql" and "0007_x.sql" have their "0007_x.down.sql".
fs::path file_that_undoes(const MigrationFile& migration) {
  if (migration.format == MigrationFormat::diesel) {
    return migration.path.parent_path() / "down.sql";
  }
  fs::path stem = migration.path.parent_path() / migration.path.stem();
  if (stem.extension() == ".up") {
    stem.replace_extension();
  }
  const fs::path down = stem.string() + ".down.sql";
  return fs::exists(down) ? down : fs::path{stem.string() + ".rollback.sql"};
}

std::vector<MigrationFile> files_of(
    const Subject& subject, const std::vector<std::string>& versions) {
  std::vector<MigrationFile> files =
      migration_files(subject.folder / subject.migrate.directory, subject.migrate.format);
  std::erase_if(files, [&](const MigrationFile& file) {
    return std::find(versions.begin(), versions.end(), file.version) == versions.end();
  });
  std::reverse(files.begin(), files.end());
  return files;
}

}  // namespace

std::optional<UpSection> down_section(const MigrationFile& migration) {
  UpSection down;
  if (migration.format == MigrationFormat::dbmate) {
    down = down_of_dbmate(migration);
  } else if (migration.format == MigrationFormat::plain ||
             migration.format == MigrationFormat::diesel) {
    const fs::path file = file_that_undoes(migration);
    if (fs::is_regular_file(file)) {
      down = whole_file(read_file(file), file.filename().string());
    }
  }
  return says_nothing(down.sql) ? std::nullopt : std::optional{down};
}

std::string why_no_rollback(const Subject& subject, const std::vector<std::string>& versions) {
  if (subject.migrate.rollback) {
    return {};
  }
  if (subject.migrate.command) {
    return "drill.yaml has no 'migrate.rollback'";
  }
  for (const MigrationFile& file : files_of(subject, versions)) {
    if (!down_section(file)) {
      return fmt::format("'{}' does not say how it is taken back", file.name);
    }
  }
  return {};
}

void roll_back(
    const Subject& subject, const std::vector<std::string>& versions, const HookContext& context) {
  if (subject.migrate.rollback) {
    run_hook(*subject.migrate.rollback, subject, context);
    return;
  }
  Session session{context.connection};
  for (const MigrationFile& file : files_of(subject, versions)) {
    const UpSection down = down_section(file).value();
    try {
      session.exec("RESET ALL");
      if (down.in_transaction) {
        session.exec("BEGIN");
      }
      session.exec(down.sql);
      session.exec(fmt::format("DELETE FROM {} WHERE version = {}",
          ledger_table_of(subject.migrate.format), literal(file.version)));
      if (down.in_transaction) {
        session.exec("COMMIT");
      }
    } catch (const QueryError& problem) {
      throw Error{ErrorCode::query_failed,
          fmt::format(
              "taking back migration '{}' failed with SQLSTATE {}", file.name, problem.sqlstate()),
          "Run its down part by hand to see the server's message.", file.name};
    }
  }
}

}  // namespace pgrehearse
