// What a recovery is told: targets, and the commands that fetch and keep WAL.
#include <regex>

#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

void look_at_wal_commands(const TextLine& line, Reading& reading) {
  static const std::regex lies{
      R"(\b(restore_command|archive_command)\s*=.*(?:\|\||;)\s*(?:true\b|:(?=[\s'"]|$)|exit\s+0\b))"};
  std::smatch found;
  if (std::regex_search(line.text, found, lies)) {
    reading.find("archive-lies", line.number, found[1].str());
  }
}

void look_at_zone(const TextLine& line, Reading& reading) {
  static const std::regex zoneless{
      R"(target_time\s*=\s*[\\"']*\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[\\"';#]|$))",
      std::regex::icase};
  if (std::regex_search(line.text, zoneless)) {
    reading.find("target-without-zone", line.number);
  }
}

bool sets_a_target(const TextLine& line) {
  static const std::regex target{
      R"(\brecovery_target(?:_(?:time|lsn|name|xid))?\s*=\s*[\\"']*[^\s\\"'])"};
  return std::regex_search(line.text, target);
}

}  // namespace

void look_at_recovery(Reading& reading) {
  const bool acts = reading.says(
      R"(recovery_target_action|pg_wal_replay_resume|pg_promote|pg_ctl\b.*\bpromote|pg_ctlcluster\b.*\bpromote)");
  for (const TextLine& line : reading.lines()) {
    look_at_wal_commands(line, reading);
    look_at_zone(line, reading);
    if (!acts && sets_a_target(line)) {
      reading.find("target-without-action", line.number);
    }
  }
}

}  // namespace pgrehearse
