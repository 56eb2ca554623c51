#include "harness/drill/subject.hpp"

#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/embedded.hpp"
#include "harness/drill/expectation.hpp"
#include "harness/drill/migration_files.hpp"
#include "harness/drill/objective_profiles.hpp"
#include "harness/drill/subject_alerts.hpp"
#include "harness/drill/subject_artifact.hpp"
#include "harness/drill/subject_caches.hpp"
#include "harness/drill/subject_schema.hpp"
#include "harness/drill/subject_secrets.hpp"
#include "harness/drill/subject_stores.hpp"
#include "harness/drill/subject_values.hpp"
#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Makes the subject of a tree that fits the schema, and checks what a schema cannot say.
class Reader : private SubjectValues {
 public:
  Reader(const YamlNode& root, std::string file, fs::path folder)
      : SubjectValues(std::move(file), std::move(folder)), root_(root) {}

  [[nodiscard]] Subject subject() const {
    Subject subject;
    subject.folder = folder();
    set(subject.name, root_, "name");
    set(subject.database, root_, "database");
    set(subject.scale, root_, "scale");
    set(subject.seed_number, root_, "seed_number");
    if (const YamlNode* node = root_.find("postgres")) {
      set(subject.postgres.version, *node, "version");
      set(subject.postgres.image, *node, "image");
      subject.postgres.settings = settings(*node);
    }
    if (const YamlNode* node = root_.find("migrate")) {
      exclude(*node, "directory", "command");
      subject.migrate.directory = directory(*node);
      std::string format = "dbmate";
      set(format, *node, "format");
      subject.migrate.format = migration_format(format);
      exclude(*node, "file", "directory");
      exclude(*node, "file", "command");
      if (const fs::path one = one_file(*node); !one.empty()) {
        subject.migrate.directory = one;
        subject.migrate.format = MigrationFormat::plain;
      }
      subject.migrate.command = command(*node);
      subject.migrate.rollback = command(*node, "rollback");
    }
    if (const YamlNode* node = root_.find("seed")) {
      exclude(*node, "sql", "command");
      exclude(*node, "files", "command");
      subject.seed = {texts(*node, "sql"), files(*node), command(*node)};
    }
    if (const YamlNode* node = root_.find("erasure")) {
      exclude(*node, "sql", "command");
      subject.erasure = {.erase = {texts(*node, "sql"), {}, command(*node)}, .remaining = {}};
      set(subject.erasure->remaining, *node, "remaining");
    }
    if (const YamlNode* node = root_.find("uploads")) {
      subject.uploads.emplace();
      set(subject.uploads->listed, *node, "listed");
      set(subject.uploads->content, *node, "content");
      exclude(*node, "content", "command");
      subject.uploads->command = command(*node);
      if (subject.uploads->content.empty() && !subject.uploads->command) {
        fail(node->line, "'uploads' has neither 'content' nor 'command'",
            "Give the query or the program that brings the files.");
      }
    }
    if (const YamlNode* node = root_.find("stores")) {
      subject.stores = store_specs(*node, *this);
    }
    if (const YamlNode* node = root_.find("caches")) {
      subject.caches = cache_specs(*node, *this);
    }
    if (const YamlNode* node = root_.find("workload")) {
      set(subject.workload.writers, *node, "writers");
      set(subject.workload.role, *node, "role");
      subject.workload.sql = texts(*node, "sql");
      subject.workload.command = command(*node);
    }
    if (const YamlNode* node = root_.find("traffic")) {
      subject.traffic = traffic(*node);
    }
    if (const YamlNode* node = root_.find("application")) {
      subject.application = application(*node);
    }
    if (const YamlNode* node = root_.find("accidental_delete")) {
      subject.accidental_delete = accident(*node);
    }
    if (const YamlNode* node = root_.find("security_breach")) {
      set(subject.security_breach.table, *node, "table");
    }
    if (const YamlNode* node = root_.find("leave_out")) {
      for (const YamlEntry& entry : node->entries) {
        subject.leave_out.emplace(entry.key, entry.value.text);
      }
    }
    subject.checks = checks();
    subject.objectives = objectives();
    if (const YamlNode* node = root_.find("alerts")) {
      subject.alerts = alert_thresholds(*node, file());
    }
    if (const YamlNode* node = root_.find("backup")) {
      set(subject.backup.tool, *node, "tool");
      subject.backup.settings = settings(*node);
      read_scripts(subject.backup, *node);
    }
    if (const YamlNode* node = root_.find("artifact")) {
      subject.artifact = artifact_spec(*node, *this);
    }
    if (const YamlNode* node = root_.find("runbook")) {
      subject.runbook = runbook_spec(*node, *this);
    }
    if (const YamlNode* node = root_.find("golden")) {
      subject.golden = golden_spec(*node, *this);
    }
    subject.stated = stated();
    return subject;
  }

 private:
  // The tool command and its keys need each other.
  void read_scripts(BackupSpec& spec, const YamlNode& map) const {
    const std::pair<const char*, std::optional<Command>*> scripts[] = {{"take", &spec.take},
        {"restore", &spec.restore}, {"list", &spec.list}, {"verify", &spec.verify}};
    for (const auto& [key, script] : scripts) {
      const YamlNode* node = map.find(key);
      if ((node == nullptr) == (spec.tool == "command")) {
        fail(node == nullptr ? map.line : node->line,
            node == nullptr ? fmt::format("the backup tool command has no '{}'", key)
                            : fmt::format("'{}' is of the backup tool command", key),
            "The tool command takes the programs take, restore, list and verify; other tools take "
            "none of them.");
      }
      *script = command(map, key);
    }
    for (const char* key : {"kind", "archive", "deadline"}) {
      if (map.find(key) != nullptr && spec.tool != "command") {
        fail(map.find(key)->line, fmt::format("'{}' is of the backup tool command", key),
            "Other tools have settings.");
      }
    }
    std::string kind = "physical";
    set(kind, map, "kind");
    spec.physical = kind == "physical";
    set(spec.archive, map, "archive");
    if (!spec.physical && !spec.archive.empty()) {
      fail(map.find("archive")->line, "a logical backup has no archive",
          "Dumps go back to their own moment: no WAL is replayed after them.");
    }
  }

  [[nodiscard]] TrafficSpec traffic(const YamlNode& map) const {
    std::string pooler = "none";
    std::string mode{name_of(PoolMode::session)};
    set(pooler, map, "pooler");
    set(mode, map, "pool_mode");
    if (pooler == "none" && map.find("pool_mode") != nullptr) {
      fail(map.find("pool_mode")->line, "'pool_mode' stands without a pooler",
          "Give 'pooler: pgbouncer', or remove it.");
    }
    return {pooler == "pgbouncer",
        mode == name_of(PoolMode::session) ? PoolMode::session : PoolMode::transaction};
  }

  [[nodiscard]] ApplicationSpec application(const YamlNode& map) const {
    ApplicationSpec spec;
    if (const std::optional<Command> given = command(map)) {
      spec.command = *given;
    }
    if (map.find("deadline") == nullptr) {
      spec.command.deadline = Seconds{30};
    }
    if (const YamlNode* urls = map.find("urls")) {
      set(spec.ready, *urls, "ready");
      set(spec.health, *urls, "health");
      set(spec.backup, *urls, "backup");
      set(spec.write, *urls, "write");
      set(spec.read, *urls, "read");
      if (spec.write.empty() != spec.read.empty()) {
        fail(urls->line, "'write' and 'read' need each other",
            "Give the page that writes and the page that shows what was written.");
      }
    }
    set(spec.body, map, "body");
    set(spec.migrations_current, map, "migrations_current");
    if (!spec.write.empty() && (spec.write + spec.body).find("$token$") == std::string::npos) {
      fail(map.line, "neither 'write' nor 'body' holds $token$",
          "Without a text of its own nobody can tell what was written in the read page.");
    }
    return spec;
  }

  [[nodiscard]] AccidentSpec accident(const YamlNode& map) const {
    AccidentSpec spec;
    set(spec.delete_from, map, "delete_from");
    spec.copy_back = spec.delete_from;
    set(spec.copy_back, map, "copy_back");
    set(spec.drop_table, map, "drop_table");
    set(spec.truncate, map, "truncate");
    set(spec.bad_migration_table, map, "bad_migration_table");
    set(spec.drop_schema, map, "drop_schema");
    spec.bad_migration = texts(map, "bad_migration");
    if (spec.bad_migration.empty() != spec.bad_migration_table.empty()) {
      fail(map.line, "'bad_migration' and 'bad_migration_table' need each other",
          "Give the SQL and the table that it damages.");
    }
    return spec;
  }

  [[nodiscard]] std::vector<CheckSpec> checks() const {
    std::vector<CheckSpec> found;
    std::map<std::string, int> lines;
    const YamlNode* list = root_.find("checks");
    for (const YamlNode& node : list == nullptr ? std::vector<YamlNode>{} : list->items) {
      CheckSpec check;
      set(check.id, node, "id");
      set(check.sql, node, "sql");
      set(check.expect, node, "expect");
      const auto [known, fresh] = lines.emplace(check.id, node.find("id")->line);
      if (!fresh) {
        fail(node.find("id")->line,
            fmt::format("check '{}' is given twice, first on line {}", check.id, known->second),
            "Give each check an id of its own: reports tell them apart by it.");
      }
      try {
        static_cast<void>(parse_expectation(check.expect));
      } catch (const Error& problem) {
        fail(node.find("expect")->line,
            fmt::format("'expect' of check '{}': {}", check.id, problem.message()), problem.hint());
      }
      found.push_back(std::move(check));
    }
    return found;
  }

  [[nodiscard]] std::map<std::string, Objectives> objectives() const {
    std::map<std::string, Objectives> found;
    if (const YamlNode* node = root_.find("objectives")) {
      for (const YamlEntry& entry : node->entries) {
        found[entry.key] = bounds(entry.value);
      }
    }
    return found;
  }

  // What is given beside a profile replaces its figure.
  [[nodiscard]] Objectives bounds(const YamlNode& map) const {
    std::string profile;
    set(profile, map, "profile");
    Objectives found = profile.empty() ? Objectives{} : objective_profile(profile);
    if (const std::optional<Milliseconds> rpo = duration(map, "rpo")) {
      found.rpo = rpo;
    }
    if (const std::optional<Milliseconds> rto = duration(map, "rto")) {
      found.rto = rto;
    }
    return found;
  }

  [[nodiscard]] std::set<std::string> stated() const {
    std::set<std::string> keys;
    for (const YamlEntry& entry : root_.entries) {
      keys.insert(entry.key);
      for (const YamlEntry& inner : entry.value.entries) {
        keys.insert(entry.key + "." + inner.key);
      }
    }
    return keys;
  }

  const YamlNode& root_;
};

std::string text_of_file(const fs::path& path, const std::string& file) {
  std::error_code problem;
  if (!fs::is_regular_file(path, problem)) {
    throw Error{ErrorCode::bad_config, "there is no such file, or it is not a plain file",
        "Give the path of a drill.yaml, not of its folder.", file};
  }
  return read_file(path);
}

void require_utf8(const std::string& text, const std::string& file) {
  int number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    try {
      static_cast<void>(nlohmann::json(line).dump());
    } catch (const nlohmann::json::exception&) {
      throw Error{ErrorCode::bad_config, "this line is not UTF-8", "Save the file as UTF-8.",
          place_in(file, number)};
    }
  }
}

}  // namespace

Subject load_subject(const fs::path& drill_yaml) {
  const std::string file = drill_yaml.string();
  const std::string text = text_of_file(drill_yaml, file);
  require_utf8(text, file);
  YamlNode root = parse_yaml(text, file);
  refuse_secrets(root, file);
  root = conform(std::move(root), embedded_drill_schema, file);
  Subject subject =
      Reader{root, file, fs::absolute(drill_yaml).parent_path().lexically_normal()}.subject();
  validate(root, embedded_drill_schema, file);
  return subject;
}

std::string drill_schema() {
  return std::string{embedded_drill_schema};
}

}  // namespace pgrehearse
