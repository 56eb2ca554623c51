#include "harness/drill/migrate.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view up_mark = "-- migrate:up";
constexpr std::string_view down_mark = "-- migrate:down";

struct Migration {
  std::string version;  ///< the digits before the first underscore
  fs::path file;
};

std::string version_of(const fs::path& file) {
  const std::string name = file.filename().string();
  const std::string version = name.substr(0, name.find('_'));
  if (version.empty() || version == name ||
      version.find_first_not_of("0123456789") != std::string::npos) {
    throw Error{ErrorCode::bad_config, fmt::format("'{}' is not the name of a migration", name),
        "Name it <digits>_<what it does>.sql, or move it out of the folder of migrations.", name};
  }
  return version;
}

std::vector<Migration> migrations_in(const fs::path& folder) {
  std::vector<Migration> found;
  std::error_code problem;
  for (fs::directory_iterator entry{folder, problem}; !problem && entry != fs::directory_iterator{};
       entry.increment(problem)) {
    if (entry->path().extension() == ".sql") {
      found.push_back({version_of(entry->path()), entry->path()});
    }
  }
  if (problem || found.empty()) {
    throw Error{ErrorCode::bad_config,
        fmt::format("no migrations in '{}'", folder.filename().string()),
        "Look at migrate.directory in drill.yaml: the folder must hold files named "
        "<digits>_<name>.sql."};
  }
  std::sort(found.begin(), found.end(), [](const Migration& left, const Migration& right) {
    return left.file.filename() < right.file.filename();
  });
  std::map<std::string, std::string> by_version;
  for (const Migration& migration : found) {
    const std::string name = migration.file.filename().string();
    const auto [known, fresh] = by_version.emplace(migration.version, name);
    if (!fresh) {
      throw Error{ErrorCode::bad_config,
          fmt::format(
              "version {} is given twice: '{}' and '{}'", migration.version, known->second, name),
          "Rename one of the two files: the ledger could hold only one of them.", name};
    }
  }
  return found;
}

std::set<std::string> ledger_of(Session& session) {
  session.exec("CREATE TABLE IF NOT EXISTS public.schema_migrations (version varchar PRIMARY KEY)");
  std::set<std::string> versions;
  for (const Row& row : session.exec("SELECT version FROM public.schema_migrations")) {
    versions.insert(row.at(0).value_or(""));
  }
  return versions;
}

void refuse_strangers(
    const std::set<std::string>& ledger, const std::vector<Migration>& migrations) {
  for (const std::string& version : ledger) {
    const bool known = std::any_of(migrations.begin(), migrations.end(),
        [&](const Migration& migration) { return migration.version == version; });
    if (!known) {
      throw Error{ErrorCode::bad_config,
          fmt::format(
              "the database has migration {}, and there is no file of that version", version),
          "The database is ahead of the folder of migrations: was a file renamed or removed?"};
    }
  }
}

void record_version(Session& session, const std::string& version) {
  session.exec("INSERT INTO public.schema_migrations (version) VALUES (" + literal(version) + ")");
}

void apply(Session& session, const Migration& migration) {
  const std::string name = migration.file.filename().string();
  const UpSection up = up_section(read_file(migration.file), name);
  try {
    if (up.in_transaction) {
      session.exec("BEGIN");
    }
    session.exec(up.sql);
    record_version(session, migration.version);
    if (up.in_transaction) {
      session.exec("COMMIT");
    }
  } catch (const QueryError& problem) {
    throw Error{ErrorCode::query_failed,
        fmt::format("migration '{}' failed with SQLSTATE {}", name, problem.sqlstate()),
        up.in_transaction
            ? "Nothing of this migration was applied. Run it by hand to see the server's message."
            : "The migration runs outside a transaction: what came before the failure stays "
              "applied.",
        name};
  }
}

std::optional<std::string_view> after(std::string_view line, std::string_view mark) {
  if (!line.starts_with(mark)) {
    return std::nullopt;
  }
  return trimmed(line.substr(mark.size()));
}

}  // namespace

UpSection up_section(std::string_view text, const std::string& file) {
  UpSection up;
  bool seen = false;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    if (const std::optional<std::string_view> option = after(trimmed(line), up_mark)) {
      if (seen ||
          (!option->empty() && *option != "transaction:false" && *option != "transaction:true")) {
        throw Error{ErrorCode::bad_config,
            seen ? "a second '-- migrate:up' section" : "unknown option after '-- migrate:up'",
            "One section a file; the only option is transaction:false.", file};
      }
      seen = inside = true;
      up.in_transaction = *option != "transaction:false";
    } else if (after(trimmed(line), down_mark)) {
      inside = false;
    } else if (inside) {
      up.sql += line + "\n";
    }
  }
  if (!seen) {
    throw Error{ErrorCode::bad_config, "the migration has no '-- migrate:up' section",
        "Put the line '-- migrate:up' above its SQL.", file};
  }
  return up;
}

MigrationOutcome migrate(const Subject& subject, const HookContext& context) {
  MigrationOutcome outcome;
  if (subject.migrate.command) {
    run_hook(*subject.migrate.command, subject, context);
    outcome.by_command = true;
    return outcome;
  }
  if (subject.migrate.directory.empty()) {
    return outcome;
  }
  const std::vector<Migration> migrations =
      migrations_in(subject.folder / subject.migrate.directory);
  Session session{context.connection};
  const std::set<std::string> ledger = ledger_of(session);
  refuse_strangers(ledger, migrations);
  for (const Migration& migration : migrations) {
    if (ledger.contains(migration.version)) {
      ++outcome.skipped;
    } else {
      apply(session, migration);
      ++outcome.applied;
    }
  }
  return outcome;
}

}  // namespace pgrehearse
