#include "harness/backup/make_backup_tool.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/backup/barman_tool.hpp"
#include "harness/backup/base_backup_tool.hpp"
#include "harness/backup/command_tool.hpp"
#include "harness/backup/pg_dump_tool.hpp"
#include "harness/backup/pgbackrest_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

// Names and values are drill.yaml's: what nobody asked for by the end is a mistake.
class ToolSettings {
 public:
  explicit ToolSettings(const BackupToolConfig& config)
      : tool_(config.tool), left_(config.settings) {}

  /// The value, one of those known; the first of them when it is not given.
  std::string choice(const std::string& name, const std::vector<std::string>& values) {
    const std::string value = text(name).value_or(values.front());
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      throw Error{ErrorCode::bad_config,
          fmt::format("{} has no setting '{}' of that value", tool_, name),
          fmt::format("backup.settings in drill.yaml knows {}: {}.", name, joined(values, ", "))};
    }
    return value;
  }

  int number(const std::string& name, int otherwise, int most) {
    const std::optional<std::string> value = text(name);
    int number = otherwise;
    if (value) {
      const auto [end, problem] =
          std::from_chars(value->data(), value->data() + value->size(), number);
      if (problem != std::errc{} || end != value->data() + value->size() || number < 1 ||
          number > most) {
        throw Error{ErrorCode::bad_config,
            fmt::format("{} has no setting '{}' of that value", tool_, name),
            fmt::format("It is a number from 1 to {}.", most)};
      }
    }
    return number;
  }

  std::optional<std::string> text(const std::string& name) {
    known_.push_back(name);
    const auto found = left_.find(name);
    if (found == left_.end()) {
      return std::nullopt;
    }
    std::string value = found->second;
    left_.erase(found);
    return value;
  }

  /// The value of the environment variable that the setting names.
  std::optional<Secret> secret(const std::string& name) {
    const std::optional<std::string> variable = text(name);
    if (!variable) {
      return std::nullopt;
    }
    const char* value = std::getenv(variable->c_str());
    if (value == nullptr || *value == '\0') {
      throw Error{ErrorCode::bad_config,
          fmt::format("the environment variable {} is not set", *variable),
          fmt::format("backup.settings.{} in drill.yaml names it.", name)};
    }
    return Secret{value};
  }

  void demand_nothing_left() const {
    if (!left_.empty()) {
      const auto meant = nearest(left_.begin()->first, known_);
      throw Error{ErrorCode::bad_config,
          fmt::format("{} has no setting '{}'", tool_, left_.begin()->first),
          known_.empty()
              ? "It has none."
              : fmt::format("{}Settings: {}.",
                    meant ? fmt::format("Did you mean '{}'? ", *meant) : "", joined(known_, ", "))};
    }
  }

 private:
  std::string tool_;
  std::map<std::string, std::string> left_;
  std::vector<std::string> known_ = {};
};

using Made = std::unique_ptr<BackupTool>;

Made make_base_backup(ToolSettings& settings, const BackupPlaces& places) {
  return std::make_unique<BaseBackupTool>(
      Archive{places.archive}, places.backups, settings.choice("checkpoint", {"fast", "spread"}));
}

// Options of pgBackRest that change how it works, and not where or on what.
Made make_pgbackrest(ToolSettings& settings, const BackupPlaces& places) {
  PgbackrestOptions options{.checkpoint = settings.choice("checkpoint", {"fast", "spread"})};
  static_cast<void>(settings.choice("type", {"full", "diff", "incr"}));
  std::optional<Secret> passphrase = settings.secret("passphrase_env");
  if (settings.choice("cipher", {"aes-256-cbc", "none"}) != "none") {
    options.passphrase = passphrase ? *passphrase : Secret::random();
  } else if (passphrase) {
    throw Error{ErrorCode::bad_config, "a passphrase is given, and the cipher is none",
        "Remove one of the two settings."};
  }
  for (const char* name : {"archive-timeout", "buffer-size", "checksum-page", "compress-level",
           "compress-type", "db-timeout", "io-timeout", "job-retry", "job-retry-interval",
           "process-max", "protocol-timeout", "repo1-bundle"}) {
    if (const std::optional<std::string> value = settings.text(name)) {
      if (value->find('\n') != std::string::npos) {
        throw Error{
            ErrorCode::bad_config, fmt::format("the setting '{}' has more than one line", name)};
      }
      options.own.emplace(name, *value);
    }
  }
  return std::make_unique<PgbackrestTool>(places.backups, std::move(options));
}

Made make_barman(ToolSettings& settings, const BackupPlaces& places) {
  return std::make_unique<BarmanTool>(places.backups,
      BarmanOptions{.checkpoint = settings.choice("checkpoint", {"fast", "spread"})});
}

Made make_pg_dump(ToolSettings& settings, const BackupPlaces& places) {
  const std::string format = settings.choice("format", {"custom", "directory", "plain", "tar"});
  DumpOptions options{.jobs = settings.number("jobs", 1, 64)};
  options.format = format == "custom"      ? DumpFormat::custom
                   : format == "directory" ? DumpFormat::directory
                   : format == "plain"     ? DumpFormat::plain
                                           : DumpFormat::tar;
  options.role_passwords = settings.choice("role_passwords", {"keep", "drop"}) == "keep";
  return std::make_unique<PgDumpTool>(places.backups, options);
}

Made make_command(ToolSettings&, const BackupToolConfig& config, const BackupPlaces& places) {
  const BackupScripts& scripts = config.scripts;
  for (const auto& [name, argv] :
      {std::pair{"take", &scripts.take}, std::pair{"restore", &scripts.restore},
          std::pair{"list", &scripts.list}, std::pair{"verify", &scripts.verify}}) {
    if (argv->empty()) {
      throw Error{ErrorCode::bad_config, fmt::format("the backup tool command has no '{}'", name),
          "Give take, restore, list and verify under backup in drill.yaml."};
    }
  }
  return std::make_unique<CommandTool>(scripts, places.backups, places.artifacts);
}

}  // namespace

std::unique_ptr<BackupTool> make_backup_tool(
    const BackupToolConfig& config, const BackupPlaces& places) {
  const std::vector<std::string> tools{
      "pg_basebackup", "pgbackrest", "barman", "pg_dump", "command"};
  ToolSettings settings{config};
  Made tool;
  if (config.tool == "pg_basebackup") {
    tool = make_base_backup(settings, places);
  } else if (config.tool == "pgbackrest") {
    tool = make_pgbackrest(settings, places);
  } else if (config.tool == "barman") {
    tool = make_barman(settings, places);
  } else if (config.tool == "pg_dump") {
    tool = make_pg_dump(settings, places);
  } else if (config.tool == "command") {
    tool = make_command(settings, config, places);
  } else {
    const auto meant = nearest(config.tool, tools);
    throw Error{ErrorCode::bad_config, fmt::format("there is no backup tool '{}'", config.tool),
        fmt::format("{}Tools: {}.", meant ? fmt::format("Did you mean '{}'? ", *meant) : "",
            joined(tools, ", "))};
  }
  settings.demand_nothing_left();
  return tool;
}

BackupKind kind_wanted(const BackupToolConfig& config) {
  const auto type = config.settings.find("type");
  const std::string value = type == config.settings.end() ? "full" : type->second;
  return value == "diff" ? BackupKind::diff : value == "incr" ? BackupKind::incr : BackupKind::full;
}

void demand_usable(const BackupTool& tool, Engine& engine) {
  const BackupToolProperties& properties = tool.properties();
  const EngineProperties& where = engine.properties();
  if (properties.on_host && properties.physical && !where.shares_files) {
    throw Error{ErrorCode::bad_config,
        fmt::format("the backup tool {} cannot restore data directories on the engine {}",
            properties.name, where.name),
        "Its scripts run on this host and cannot see into instances of that engine. Use --engine "
        "local, or scripts that restore through a connection (backup.kind: logical)."};
  }
  if (properties.needs.empty()) {
    return;
  }
  const std::unique_ptr<Instance> instance =
      engine.create({.name = "backup-tool", .initialised = true});
  for (const std::string& program : properties.needs) {
    if (instance->exec({.argv = {"sh", "-c", "command -v \"$1\"", "sh", program}}).ok()) {
      continue;
    }
    throw Error{ErrorCode::bad_config,
        fmt::format("the backup tool {} needs the program {}, which is not {}", properties.name,
            program, where.image.empty() ? "on this host" : "in the image " + where.image),
        where.image.empty()
            ? fmt::format("Install it: apt-get install {}.", properties.package)
            : fmt::format("Use an image that has it: FROM that image, RUN apt-get update && "
                          "apt-get install -y {}; name it in postgres.image or --image. The one "
                          "that ci/images/build makes has it.",
                  properties.package)};
  }
}

}  // namespace pgrehearse
