#include "harness/backup/barman_answers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_complaint = 160;
constexpr const char* other_version = "Is it another version than 3.4?";

bool is_complaint(std::string_view line) {
  return line.starts_with("WARNING: ") || line.starts_with("ERROR: ") ||
         line.starts_with("EXCEPTION: ") || line.starts_with("pg_verifybackup: ");
}

}  // namespace

std::vector<std::string> labels_in_list(std::string_view json, const std::string& server) {
  const Json answer = Json::parse(json, nullptr, false);
  if (!answer.is_object() || answer.contains("_EXCEPTION")) {
    throw Error{ErrorCode::backup_unusable, "barman list-backup cannot read the catalogue",
        "Is the backup.info of every set whole? barman.log in the instance says which one is not."};
  }
  std::vector<std::string> labels;
  try {
    for (const Json& entry : answer.at(server)) {
      if (entry.at("status").get<std::string>() == "DONE") {
        labels.push_back(entry.at("backup_id").get<std::string>());
      }
    }
  } catch (const Json::exception&) {
    throw Error{ErrorCode::program_failed, "barman list-backup answers in a form we do not know",
        other_version};
  }
  // Labels are times, so their order is that of the sets.
  std::sort(labels.begin(), labels.end());
  return labels;
}

BarmanBackup backup_in_show(std::string_view json, const std::string& server) {
  const Json answer = Json::parse(json, nullptr, false);
  try {
    const Json& entry = answer.at(server);
    const auto status = entry.at("status").get<std::string>();
    if (status != "DONE") {
      throw Error{ErrorCode::program_failed,
          fmt::format("barman backup exits 0, and the set has status {}", status),
          "Does the WAL of the backup arrive in barman's incoming folder?"};
    }
    const Json& base = entry.at("base_backup_information");
    return {.label = entry.at("backup_id").get<std::string>(),
        .start = Lsn::parse(base.at("begin_lsn").get<std::string>()),
        .stop = Lsn::parse(base.at("end_lsn").get<std::string>()),
        .timeline = TimelineId{base.at("timeline").get<std::uint32_t>()},
        .bytes = base.at("disk_usage_bytes").get<std::int64_t>()};
  } catch (const Json::exception&) {
    throw Error{ErrorCode::program_failed, "barman show-backup answers in a form we do not know",
        other_version};
  }
}

std::vector<std::string> barman_complaints(std::string_view err) {
  std::vector<std::string> complaints;
  for (const std::string& line : lines_of(err)) {
    if (is_complaint(line)) {
      const auto end = std::find_if(
          line.begin(), line.end(), [](char letter) { return letter < ' ' || letter > '~'; });
      complaints.push_back(std::string{line.begin(), end}.substr(0, longest_complaint));
    }
  }
  return complaints;
}

std::string with_restore_command(std::string_view text, const std::string& command) {
  std::string edited;
  bool found = false;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("restore_command = 'sudo -u ")) {
      edited += fmt::format("restore_command = '{}'\n", command);
      found = true;
    } else {
      edited += line + "\n";
    }
  }
  if (!found) {
    throw Error{ErrorCode::program_failed,
        "barman recover --get-wal wrote no restore_command as we know it", other_version};
  }
  return edited;
}

}  // namespace pgrehearse
