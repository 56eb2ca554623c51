#include "harness/drill/subject_artifact.hpp"

#include <fmt/format.h>

#include "harness/backup/own_repository.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

fs::path path_under(const YamlNode& map, std::string_view key, const SubjectValues& values) {
  const YamlNode* node = map.find(key);
  if (node != nullptr && is_s3_location(node->text)) {
    try {
      return s3_location(node->text).text();
    } catch (const Error& problem) {
      values.fail(node->line, fmt::format("'{}': {}", key, problem.message()), problem.hint());
    }
  }
  return node == nullptr ? fs::path{} : (values.folder() / node->text).lexically_normal();
}

bool is_stored(const fs::path& path) {
  return is_s3_location(path.string());
}

// Or in a bucket, where only a drill looks.
fs::path existing(const YamlNode& map, std::string_view key, const SubjectValues& values) {
  fs::path path = path_under(map, key, values);
  std::error_code ignored;
  if (!path.empty() && !is_stored(path) && !fs::exists(path, ignored)) {
    values.fail(map.find(key)->line, fmt::format("there is no '{}'", map.find(key)->text),
        "Paths start in the folder of drill.yaml.");
  }
  return path;
}

// The schema has seen that it has one of these forms.
RecoveryTarget target_in(const std::string& text) {
  const std::string value = text.substr(text.find(':') + 1);
  if (text.starts_with("name:")) {
    check_restore_point_name(value);
    return AtName{value};
  }
  if (text.starts_with("time:")) {
    return AtTime{Timestamp::parse(value)};
  }
  if (text.starts_with("lsn:")) {
    return AtLsn{Lsn::parse(value)};
  }
  return text == "latest" ? RecoveryTarget{Latest{}} : RecoveryTarget{Immediate{}};
}

// A key of one tool names that tool.
void read_repository(ArtifactSpec& spec, const YamlNode& map, const SubjectValues& values) {
  SubjectValues::set(spec.tool, map, "tool");
  for (const auto& [key, tool] : {std::pair{"stanza", "pgbackrest"},
           std::pair{"passphrase_env", "pgbackrest"}, std::pair{"server", "barman"}}) {
    const YamlNode* const node = map.find(key);
    if (node != nullptr && !spec.tool.empty() && spec.tool != tool) {
      values.fail(node->line, fmt::format("'{}' is not for {}", key, spec.tool),
          fmt::format("It belongs to a repository of {}.", tool));
    }
    spec.tool = node != nullptr ? tool : spec.tool;
  }
  SubjectValues::set(spec.section, map, "stanza");
  SubjectValues::set(spec.section, map, "server");
  SubjectValues::set(spec.passphrase_env, map, "passphrase_env");
}

// It has names, an archive and a cipher of its own, and no dumps.
void demand_no_file_keys(const YamlNode& map, const SubjectValues& values) {
  for (const char* key : {"match", "decrypt", "globals", "owners", "wal"}) {
    if (const YamlNode* const node = map.find(key)) {
      values.fail(node->line, fmt::format("'{}' stands beside a repository", key),
          "A repository of pgBackRest or Barman has its own names and its own WAL archive: it "
          "takes "
          "choose, target, superuser, baseline and drift.");
    }
  }
}

// pgBackRest reads buckets itself; what Barman keeps is read here, file by file.
void demand_no_stored_barman(
    const ArtifactSpec& spec, const YamlNode& map, const SubjectValues& values) {
  if (spec.tool == "barman") {
    const char* const key = map.find("server") != nullptr ? "server" : "tool";
    values.fail(map.find(key)->line, fmt::format("'{}' stands beside a path in a bucket", key),
        "What Barman keeps is read from a folder of this host only: copy or mount it.");
  }
}

void read_access(ArtifactSpec& spec, const YamlNode& map, const SubjectValues& values) {
  const YamlNode* const s3 = map.find("s3");
  if (s3 == nullptr) {
    return;
  }
  if (!is_stored(spec.path) && !is_stored(spec.globals) && !is_stored(spec.wal)) {
    values.fail(s3->line, "'s3' stands beside paths of this host",
        "It says how a bucket is reached: name a place in one, as in 'path: s3://bucket/key'.");
  }
  SubjectValues::set(spec.access.endpoint, *s3, "endpoint");
  SubjectValues::set(spec.access.region, *s3, "region");
  SubjectValues::set(spec.access.key_id_env, *s3, "key_id_env");
  SubjectValues::set(spec.access.secret_env, *s3, "secret_env");
  spec.access.ca_file = existing(*s3, "ca_file", values);
}

}  // namespace

ArtifactSpec artifact_spec(const YamlNode& map, const SubjectValues& values) {
  ArtifactSpec spec{.path = path_under(map, "path", values)};
  read_repository(spec, map, values);
  if (is_stored(spec.path)) {
    demand_no_stored_barman(spec, map, values);
  }
  const bool repository =
      !spec.tool.empty() || (!is_stored(spec.path) && !repository_tool_at(spec.path).empty());
  if (repository) {
    demand_no_file_keys(map, values);
  }
  SubjectValues::set(spec.match, map, "match");
  SubjectValues::set(spec.choose, map, "choose");
  spec.decrypt = values.command(map, "decrypt");
  if (!spec.decrypt && map.find("deadline") != nullptr) {
    values.fail(map.find("deadline")->line, "'deadline' stands without 'decrypt'",
        "Only that command has a deadline here: remove it, or give the command.");
  }
  spec.globals = existing(map, "globals", values);
  std::string owners = "keep";
  SubjectValues::set(owners, map, "owners");
  spec.owners = owners == "keep";
  spec.wal = existing(map, "wal", values);
  read_access(spec, map, values);
  const bool has_wal = repository || !spec.wal.empty();
  std::string target = has_wal ? "latest" : "immediate";
  SubjectValues::set(target, map, "target");
  try {
    spec.target = target_in(target);
  } catch (const Error& problem) {
    values.fail(
        map.find("target")->line, fmt::format("'target': {}", problem.message()), problem.hint());
  }
  if (!has_wal && std::holds_alternative<Latest>(spec.target)) {
    values.fail(map.find("target")->line, "'target: latest' stands without 'wal'",
        "Without an archive a base backup comes back to its own moment: 'immediate'.");
  }
  SubjectValues::set(spec.superuser, map, "superuser");
  spec.baseline = existing(map, "baseline", values);
  if (is_stored(spec.baseline)) {
    values.fail(map.find("baseline")->line, "'baseline' is not read from a bucket",
        "Keep the file beside drill.yaml: what is expected is kept outside of what is tested.");
  }
  SubjectValues::set(spec.drift, map, "drift");
  return spec;
}

RunbookSpec runbook_spec(const YamlNode& map, const SubjectValues& values) {
  std::string backup;
  SubjectValues::set(backup, map, "backup");
  return {.path = existing(map, "path", values), .loads_a_dump = backup == "dump"};
}

GoldenSpec golden_spec(const YamlNode& map, const SubjectValues& values) {
  return {.path = path_under(map, "path", values)};
}

}  // namespace pgrehearse
