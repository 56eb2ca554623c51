#include "harness/drill/migration_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view up_mark = "-- migrate:up";
constexpr std::string_view down_mark = "-- migrate:down";
constexpr char digest_mark = ':';

constexpr std::array<std::pair<MigrationFormat, std::string_view>, 5> formats{
    {{MigrationFormat::dbmate, "dbmate"}, {MigrationFormat::plain, "plain"},
        {MigrationFormat::flyway, "flyway"}, {MigrationFormat::prisma, "prisma"},
        {MigrationFormat::diesel, "diesel"}}};

[[noreturn]] void refuse_name(const std::string& name, std::string_view shape) {
  throw Error{ErrorCode::bad_config, fmt::format("'{}' is not the name of a migration", name),
      fmt::format("Name it {}, or move it out of the folder of migrations.", shape), name};
}

std::string digits_before_underscore(const std::string& name) {
  std::string version = name.substr(0, name.find('_'));
  if (version.empty() || version == name ||
      version.find_first_not_of("0123456789") != std::string::npos) {
    refuse_name(name, "<digits>_<what it does>.sql");
  }
  return version;
}

/// "1.10" of V1.10__name.sql (an underscore in a version is a dot), "R__name:<digest>" of a
/// repeatable one, nothing of one that undoes.
std::optional<std::string> flyway_version(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::size_t bar = name.find("__");
  const char kind = name.front();
  if (kind == 'U' && bar != std::string::npos) {
    return std::nullopt;
  }
  if (kind == 'R' && bar == 1) {
    return path.stem().string() + digest_mark + sha256_hex(read_file(path)).substr(0, 16);
  }
  std::string version = bar == std::string::npos ? "" : name.substr(1, bar - 1);
  std::replace(version.begin(), version.end(), '_', '.');
  if ((kind != 'V' && kind != 'B') || version.empty() ||
      version.find_first_not_of("0123456789.") != std::string::npos) {
    refuse_name(name, "V<version>__<what it does>.sql");
  }
  return version;
}

/// Numbers first, part by part; what is repeated comes last, by its name.
std::pair<std::vector<std::uint64_t>, std::string> flyway_rank(const std::string& version) {
  std::vector<std::uint64_t> parts;
  if (version.starts_with('R')) {
    return {{UINT64_MAX}, version};
  }
  for (const std::string& part : split(version, '.')) {
    std::uint64_t number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    parts.push_back(number);
  }
  return {parts, version};
}

std::optional<MigrationFile> migration_at(const fs::path& path, MigrationFormat format) {
  const std::string name = path.filename().string();
  if (format == MigrationFormat::prisma || format == MigrationFormat::diesel) {
    const char* inside = format == MigrationFormat::prisma ? "migration.sql" : "up.sql";
    return fs::is_regular_file(path / inside)
               ? std::optional{MigrationFile{name, name + "/" + inside, path / inside, format}}
               : std::nullopt;
  }
  if (path.extension() != ".sql" || name.starts_with('.')) {
    return std::nullopt;
  }
  switch (format) {
    case MigrationFormat::dbmate:
      return MigrationFile{digits_before_underscore(name), name, path, format};
    case MigrationFormat::flyway: {
      const std::optional<std::string> version = flyway_version(path);
      return version ? std::optional{MigrationFile{*version, name, path, format}} : std::nullopt;
    }
    default:
      return name.ends_with(".down.sql") || name.ends_with(".rollback.sql")
                 ? std::nullopt
                 : std::optional{MigrationFile{name, name, path, format}};
  }
}

void refuse_equal_versions(const std::vector<MigrationFile>& migrations) {
  std::map<std::string, std::string> by_version;
  for (const MigrationFile& migration : migrations) {
    const auto [known, fresh] = by_version.emplace(migration.version, migration.name);
    if (!fresh) {
      throw Error{ErrorCode::bad_config,
          fmt::format("version {} is given twice: '{}' and '{}'", migration.version, known->second,
              migration.name),
          "Rename one of the two files: the ledger could hold only one of them.", migration.name};
    }
  }
}

std::optional<std::string_view> after(std::string_view line, std::string_view mark) {
  if (!line.starts_with(mark)) {
    return std::nullopt;
  }
  return trimmed(line.substr(mark.size()));
}

std::string lowered(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return low;
}

}  // namespace

MigrationFormat migration_format(std::string_view name) {
  for (const auto& [format, known] : formats) {
    if (known == name) {
      return format;
    }
  }
  throw Error{ErrorCode::bad_value, fmt::format("there is no format of migrations '{}'", name),
      "Formats: dbmate, plain, flyway, prisma, diesel."};
}

std::string_view name_of(MigrationFormat format) {
  return std::find_if(formats.begin(), formats.end(), [&](const auto& known) {
    return known.first == format;
  })->second;
}

std::vector<MigrationFile> migration_files(const fs::path& folder, MigrationFormat format) {
  std::error_code problem;
  if (const std::string name = folder.filename().string(); fs::is_regular_file(folder, problem)) {
    return {{name, name, folder, MigrationFormat::plain}};
  }
  std::vector<MigrationFile> found;
  for (fs::directory_iterator entry{folder, problem}; !problem && entry != fs::directory_iterator{};
       entry.increment(problem)) {
    if (std::optional<MigrationFile> migration = migration_at(entry->path(), format)) {
      found.push_back(std::move(*migration));
    }
  }
  if (problem || found.empty()) {
    throw Error{ErrorCode::bad_config,
        fmt::format(
            "no migrations in '{}' in {}'s format", folder.filename().string(), name_of(format)),
        "Look at migrate.directory and migrate.format in drill.yaml: docs/drill-yaml.md says what "
        "each format looks for."};
  }
  std::sort(found.begin(), found.end(), [&](const MigrationFile& left, const MigrationFile& right) {
    return format == MigrationFormat::flyway
               ? flyway_rank(left.version) < flyway_rank(right.version)
               : left.name < right.name;
  });
  refuse_equal_versions(found);
  return found;
}

bool is_repeatable(const MigrationFile& migration) {
  return migration.format == MigrationFormat::flyway && migration.version.starts_with('R');
}

bool ran_before_as(const MigrationFile& migration, const std::string& version) {
  return is_repeatable(migration) &&
         version.substr(0, version.find(digest_mark)) ==
             migration.version.substr(0, migration.version.find(digest_mark));
}

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

UpSection whole_file(std::string_view text, const std::string& file) {
  UpSection up{.sql = std::string{text}};
  for (const std::string& line : lines_of(text)) {
    const std::string low = lowered(trimmed(line));
    if (low.starts_with('\\') ||
        (low.starts_with("copy ") && low.find("from stdin") != std::string::npos)) {
      throw Error{ErrorCode::bad_config, "only psql understands this migration",
          "It holds a meta-command or COPY FROM stdin: give migrate.command a program that calls "
          "psql.",
          file};
    }
    if (low == "begin;" || low == "begin transaction;" || low == "start transaction;") {
      up.in_transaction = false;
    }
  }
  return up;
}

UpSection section_to_run(const MigrationFile& migration) {
  const std::string text = read_file(migration.path);
  return migration.format == MigrationFormat::dbmate ? up_section(text, migration.name)
                                                     : whole_file(text, migration.name);
}

}  // namespace pgrehearse
