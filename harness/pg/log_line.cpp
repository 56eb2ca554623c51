#include "harness/pg/log_line.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 11> levels = {"LOG", "WARNING", "ERROR", "FATAL", "PANIC",
    "DETAIL", "HINT", "CONTEXT", "STATEMENT", "NOTICE", "INFO"};

struct Known {
  std::string_view begin;
  std::string_view end;  // empty: anything
  std::string_view words;
};

constexpr std::array known = std::to_array<Known>({
    {"recovery ended before configured recovery target was reached", "",
        "recovery ended before configured recovery target was reached"},
    {"could not restore file ", "", "could not restore file from archive"},
    {"archive file ", "", "archive file has wrong size"},
    {"requested recovery stop point is before consistent recovery point", "",
        "requested recovery stop point is before consistent recovery point"},
    {"recovery target timeline ", " does not exist", "recovery target timeline does not exist"},
    {"requested timeline ", "", "requested timeline is not in this server's history"},
    {"multiple recovery targets specified", "", "multiple recovery targets specified"},
    {"configuration file ", " contains errors", "configuration file contains errors"},
    {"could not locate required checkpoint record", "",
        "could not locate required checkpoint record"},
    {"could not locate a valid checkpoint record", "",
        "could not locate a valid checkpoint record"},
    {"must specify restore_command", "", "must specify restore_command"},
    {"recovery aborted because of insufficient parameter settings", "",
        "recovery aborted because of insufficient parameter settings"},
    {"hot standby is not possible", "", "hot standby is not possible with these settings"},
    {"WAL ends before end of online backup", "", "WAL ends before end of online backup"},
    {"WAL ends before consistent recovery point", "", "WAL ends before consistent recovery point"},
    {"WAL was generated with ", "", "WAL was generated with wal_level minimal"},
    {"WAL file is from different database system", "",
        "WAL file is from different database system"},
    {"invalid data in file \"backup_label\"", "", "invalid data in backup_label"},
    {"database files are incompatible with server", "",
        "database files are incompatible with server"},
    {"data directory ", "", "data directory is not usable"},
    {"lock file ", "", "a lock file of another server exists"},
    {"could not create any TCP/IP sockets", "", "could not listen on its port"},
    {"could not create any Unix-domain sockets", "", "could not listen on its socket"},
    {"could not bind ", "", "could not listen on its port"},
    {"could not access file ", "", "could not access a file or library"},
    {"could not load library ", "", "could not load a library"},
    {"could not load ", "pg_hba.conf", "could not load pg_hba.conf"},
    {"could not open ", "", "could not open a file"},
    {"could not read ", "", "could not read a file"},
    {"could not write ", "", "could not write a file"},
    {"could not fsync ", "", "could not flush a file"},
    {"could not map anonymous shared memory", "", "could not get shared memory"},
    {"invalid page in block ", "", "invalid page in a relation"},
    {"page verification failed", "", "page verification failed"},
    {"missing chunk number ", "", "a toast value is damaged"},
    {"database ", " has a collation version mismatch", "database has a collation version mismatch"},
    {"collation ", " has version mismatch", "collation has a version mismatch"},
    {"duplicate key value violates ", "", "duplicate key value violates unique constraint"},
    {"deadlock detected", "", "deadlock detected"},
    {"canceling statement due to ", "", "canceling statement"},
    {"terminating connection ", "", "terminating connection"},
    {"terminating walreceiver process", "", "terminating walreceiver process"},
    {"could not receive data from WAL stream", "", "the link to the primary broke"},
    {"could not send data to WAL stream", "", "the link to the primary broke"},
    {"could not send end-of-streaming message to primary", "", "the link to the primary broke"},
    {"could not connect to the primary server", "", "the primary cannot be reached"},
    {"password authentication failed ", "", "password authentication failed"},
    {"no pg_hba.conf entry ", "", "no pg_hba.conf entry"},
    {"sorry, too many clients already", "", "too many clients"},
    {"remaining connection slots are reserved", "", "too many clients"},
    {"out of memory", "", "out of memory"},
    {"the database system is in recovery mode", "", "the database system is in recovery mode"},
    {"archiving write-ahead log file ", "", "archiving a WAL file failed too many times"},
});

// What a subscription says that is made without a connection: a dump brings it back so, and the
// facts tell the state it is in.
constexpr std::string_view unconnected = "tables were not subscribed, you will have to run ";

constexpr std::array<std::string_view, 4> untimely = {"the database system is starting up",
    "the database system is shutting down", "the database system is not yet accepting connections",
    "the database system is not accepting connections"};

}  // namespace

std::optional<LogLine> log_line_of(std::string_view line) {
  // A stamp begins with a digit; a continuation begins with a tab.
  const std::size_t open = line.find(" [");
  const std::size_t close = line.find("] ", open == std::string_view::npos ? line.size() : open);
  if (close == std::string_view::npos || line.front() < '0' || line.front() > '9') {
    return std::nullopt;
  }
  const std::string_view pid = line.substr(open + 2, close - open - 2);
  const std::string_view rest = line.substr(close + 2);
  const std::size_t colon = rest.find(":  ");
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string_view::npos ||
      colon == std::string_view::npos ||
      std::find(levels.begin(), levels.end(), rest.substr(0, colon)) == levels.end()) {
    return std::nullopt;
  }
  return LogLine{pid, rest.substr(0, colon), rest.substr(colon + 3)};
}

std::string fixed_part_of(const LogLine& line) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Known& entry) {
    return line.message.starts_with(entry.begin) && line.message.ends_with(entry.end);
  });
  return fmt::format("{}: {}", line.level, found == known.end() ? "(text withheld)" : found->words);
}

bool is_unexpected(const LogLine& line) {
  const bool severe = line.level == "WARNING" || line.level == "ERROR" || line.level == "FATAL" ||
                      line.level == "PANIC";
  if (line.level == "WARNING" && line.message.starts_with(unconnected)) {
    return false;
  }
  return severe && !(line.level == "FATAL" &&
                       std::any_of(untimely.begin(), untimely.end(),
                           [&](std::string_view text) { return line.message.starts_with(text); }));
}

}  // namespace pgrehearse
