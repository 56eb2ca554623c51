#include "harness/project/layout.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <iterator>
#include <string_view>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string lowered(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return low;
}

bool is_compose_file(const fs::path& file) {
  const std::string name = lowered(file.filename().string());
  return (name.starts_with("compose") || name.starts_with("docker-compose")) &&
         (name.ends_with(".yml") || name.ends_with(".yaml"));
}

// A compose file may hold tags, merge keys and variables that no strict reader takes: one line of
// it is wanted.
std::string image_in(std::string_view text) {
  constexpr std::array<std::string_view, 5> names{
      "postgres", "postgis", "pgvector", "timescale", "supabase"};
  for (const std::string& line : lines_of(text)) {
    std::string_view rest = trimmed(line);
    if (!rest.starts_with("image:")) {
      continue;
    }
    rest = trimmed(rest.substr(6));
    rest = trimmed(rest.substr(0, rest.find(" #")));
    if (rest.size() > 1 && (rest.front() == '"' || rest.front() == '\'')) {
      rest = rest.substr(1, rest.size() - 2);
    }
    const bool is_postgres = std::any_of(names.begin(), names.end(),
        [&](std::string_view name) { return rest.find(name) != std::string_view::npos; });
    const bool is_server = rest.find("exporter") == std::string_view::npos &&
                           rest.find("postgrest") == std::string_view::npos;
    if (is_postgres && is_server && rest.find('$') == std::string_view::npos) {
      return std::string{rest};
    }
  }
  return {};
}

void find_image(const Tree& tree, Layout& layout) {
  for (const fs::path& file : tree.files) {
    if (is_compose_file(file)) {
      if (const std::string image = image_in(tree.text_of(file)); !image.empty()) {
        layout.image = image;
        layout.compose = file;
        return;
      }
    }
  }
}

std::vector<fs::path> seeds_in(const Tree& tree) {
  std::vector<fs::path> found;
  for (const fs::path& file : tree.files) {
    const std::string name = lowered(file.filename().string());
    if (name == "seed.sql" || name == "seeds.sql") {
      found.push_back(file);
    }
  }
  return found;
}

}  // namespace

std::vector<fs::path> backups_in(const Tree& tree) {
  constexpr std::array<std::string_view, 6> signs{
      "pg_dump", "pg_basebackup", "pgbackrest", "barman", "wal-g", "pg_restore"};
  constexpr std::array<std::string_view, 4> kinds{".sh", ".bash", ".py", ""};
  std::vector<fs::path> found;
  for (const fs::path& file : tree.files) {
    const std::string name = lowered(file.filename().string());
    const std::string kind = file.extension().string();
    const bool setting = name == "pgbackrest.conf" || name == "barman.conf";
    const bool named_so =
        name.find("backup") != std::string::npos || name.find("restore") != std::string::npos ||
        name.find("dump") != std::string::npos || name.find("pitr") != std::string::npos;
    if (setting) {
      found.push_back(file);
    } else if (named_so && std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) {
      const std::string text = tree.text_of(file);
      if (std::any_of(signs.begin(), signs.end(),
              [&](std::string_view sign) { return text.find(sign) != std::string::npos; })) {
        found.push_back(file);
      }
    }
  }
  return found;
}

Ci ci_of(const Tree& tree) {
  std::error_code ignored;
  if (fs::exists(tree.root / ".gitlab-ci.yml", ignored)) {
    return Ci::gitlab;
  }
  if (fs::is_directory(tree.root / ".github", ignored)) {
    return Ci::github;
  }
  return fs::exists(tree.root / "Jenkinsfile", ignored) ? Ci::jenkins : Ci::none;
}

std::string subject_name(const std::string& folder) {
  std::string name;
  for (const char letter : lowered(folder)) {
    const bool kept = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (kept || (!name.empty() && name.back() != '-')) {
      name += kept ? letter : '-';
    }
  }
  name = name.substr(0, 63);
  while (name.ends_with('-')) {
    name.pop_back();
  }
  return name.empty() ? "database" : name;
}

int major_version_of(const std::string& image) {
  const std::size_t colon = image.rfind(':');
  if (colon == std::string::npos || image.find('/', colon) != std::string::npos) {
    return 0;
  }
  std::size_t begin = colon + 1;
  if (const std::size_t pg = image.find("pg", begin); pg != std::string::npos) {
    begin = pg + 2;  // timescale/timescaledb:2.11.0-pg15, pgvector/pgvector:pg15
  }
  int version = 0;
  std::from_chars(image.data() + begin, image.data() + image.size(), version);
  return version;
}

Layout layout_of(const Tree& tree) {
  Layout layout{.name = subject_name(tree.root.filename().string())};
  std::vector<FoundMigrations> found = migrations_in(tree);
  if (!found.empty()) {
    layout.migrations = found.front();
    layout.other_migrations.assign(found.begin() + 1, found.end());
  }
  layout.seeds = seeds_in(tree);
  if (found.empty()) {
    std::copy_if(tree.files.begin(), tree.files.end(), std::back_inserter(layout.loose_sql),
        [](const fs::path& file) { return file.extension() == ".sql"; });
  }
  find_image(tree, layout);
  layout.backups = backups_in(tree);
  layout.ci = ci_of(tree);
  return layout;
}

}  // namespace pgrehearse
