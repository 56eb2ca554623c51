#include "harness/backup/pgbackrest_answers.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_complaint = 160;

constexpr const char* closed_hint =
    "Is it the passphrase with which the repository was made? Is the repository whole?";

void demand_status_0(const Json& holder, const std::string& of_what) {
  const int code = holder.at("status").at("code").get<int>();
  if (code != 0) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("pgbackrest info gives {} status {}", of_what, code), closed_hint};
  }
}

PgbackrestBackup backup_of(const Json& entry) {
  PgbackrestBackup backup{.label = entry.at("label").get<std::string>(),
      .type = entry.at("type").get<std::string>(),
      .start = Lsn::parse(entry.at("lsn").at("start").get<std::string>()),
      .stop = Lsn::parse(entry.at("lsn").at("stop").get<std::string>()),
      .bytes = entry.at("info").at("size").get<std::int64_t>()};
  const auto segment = entry.at("archive").at("start").get<std::string>();
  backup.timeline =
      TimelineId{static_cast<std::uint32_t>(std::stoul(segment.substr(0, 8), nullptr, 16))};
  backup.last_segment = entry.at("archive").at("stop").get<std::string>();
  const Json prior = entry.value("prior", Json{});
  backup.prior = prior.is_string() ? prior.get<std::string>() : std::string{};
  backup.stopped = Timestamp{Seconds{entry.at("timestamp").at("stop").get<std::int64_t>()}};
  backup.damaged = entry.at("error").is_boolean() && entry.at("error").get<bool>();
  return backup;
}

// A stanza has an archive for each major version that its cluster had.
std::string archive_of(const Json& backup, const Json& stanza) {
  const Json no_database = Json::object();
  const Json own = backup.value("database", no_database);
  for (const Json& archive : stanza.value("archive", Json::array())) {
    if (!own.empty() && archive.value("database", no_database) == own) {
      return archive.at("id").get<std::string>();
    }
  }
  return {};
}

// The number behind "total WAL checked: " and the like, or -1.
long number_behind(std::string_view line, std::string_view words) {
  const std::size_t at = line.find(words);
  return at == std::string_view::npos
             ? -1
             : std::strtol(std::string{line.substr(at + words.size())}.c_str(), nullptr, 10);
}

// "INFO: invalid result 15-1/0000000100000000/000000010000000000000004-98367abc.lz4: [29] ...".
// What is named in no such line is not counted, so that it stays a fault.
long invalid_before(std::string_view first_segment, std::string_view log) {
  const std::size_t long_enough = first_segment.size();
  std::set<std::string> segments;
  for (const std::string& line : lines_of(log)) {
    const std::size_t slash = line.rfind('/');
    if (slash == std::string::npos || line.find("INFO: invalid ") == std::string::npos) {
      continue;
    }
    const std::string segment = line.substr(slash + 1, long_enough);
    const bool is_one = segment.size() == long_enough &&
                        segment.find_first_not_of("0123456789ABCDEF") == std::string::npos;
    if (is_one && segment < first_segment) {
      segments.insert(segment);
    }
  }
  return static_cast<long>(segments.size());
}

}  // namespace

std::vector<PgbackrestBackup> backups_in_info(std::string_view json, std::string_view stanza) {
  const Json answer = Json::parse(json, nullptr, false);
  if (!answer.is_array()) {
    throw Error{
        ErrorCode::backup_unusable, "pgbackrest info cannot read the repository", closed_hint};
  }
  for (const Json& entry : answer) {
    if (entry.value("name", "") != stanza) {
      continue;
    }
    std::vector<PgbackrestBackup> backups;
    try {
      // 2 is "no valid backups": a stanza that is new.
      if (entry.at("status").at("code").get<int>() != 2) {
        demand_status_0(entry, "the stanza");
        for (const Json& repository : entry.at("repo")) {
          demand_status_0(repository, "a repository");
        }
      }
      for (const Json& backup : entry.at("backup")) {
        backups.push_back(backup_of(backup));
        backups.back().archive_id = archive_of(backup, entry);
      }
    } catch (const Json::exception&) {
      throw Error{ErrorCode::program_failed, "pgbackrest info answers in a form we do not know",
          "Is it another version than 2.45?"};
    }
    return backups;
  }
  throw Error{ErrorCode::program_failed, "pgbackrest info does not know the stanza"};
}

BackupVerification verification_in(
    const PgbackrestVerify& said, std::string_view label, std::string_view first_segment) {
  const std::string backup = fmt::format("backup: {}, status: ", label);
  BackupVerification result{.problem = "pgbackrest verify does not mention the set",
      .by = "pgbackrest verify finds its files and the archived WAL as they were written"};
  bool wal_valid = false;
  for (const std::string& line : lines_of(said.out)) {
    if (line.find("total WAL checked: ") != std::string::npos) {
      wal_valid =
          number_behind(line, "total WAL checked: ") ==
          number_behind(line, "total valid WAL: ") + invalid_before(first_segment, said.log);
    }
    const std::size_t at = line.find(backup);
    if (at != std::string::npos) {
      const std::string status =
          line.substr(at + backup.size(), line.find(',', at + backup.size()) - at - backup.size());
      result.usable = status == "valid";
      result.problem = result.usable ? "" : "pgbackrest verify finds the set " + status;
    }
  }
  if (result.usable && !wal_valid) {
    result.usable = false;
    result.problem = "pgbackrest verify finds archived WAL that is not valid";
  }
  return result;
}

// Source: the error codes of pgBackRest, src/build/error/error.yaml.
bool means_unusable(int status) {
  constexpr int checksum = 26;
  constexpr int file_invalid = 28;
  constexpr int format = 29;
  constexpr int file_missing = 55;
  constexpr int backup_set_invalid = 75;
  constexpr int crypto = 95;
  constexpr int file_info = 98;
  constexpr int json_format = 99;
  constexpr int repo_invalid = 103;
  constexpr std::array unusable{checksum, file_invalid, format, file_missing, backup_set_invalid,
      crypto, file_info, json_format, repo_invalid};
  return std::find(unusable.begin(), unusable.end(), status) != unusable.end();
}

std::vector<std::string> pgbackrest_complaints(std::string_view err) {
  std::vector<std::string> complaints;
  for (const std::string& line : lines_of(err)) {
    if (line.starts_with("WARN: ") || line.starts_with("ERROR: ")) {
      const auto end = std::find_if(
          line.begin(), line.end(), [](char letter) { return letter < ' ' || letter > '~'; });
      complaints.push_back(std::string{line.begin(), end}.substr(0, longest_complaint));
    }
  }
  return complaints;
}

}  // namespace pgrehearse
