// Everything one run learned. The record is the only truth: JUnit, Markdown and the summary on the
// terminal are pure functions of it. Its JSON form follows reports/schema/record.schema.json.
//
// Names-only: no member ever holds a secret, a DSN, a row value or a person's identifier.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/verdict.hpp"
#include "harness/check/finding.hpp"

namespace pgrehearse {

inline constexpr int record_version = 1;

/// A measured number and where it comes from. Without a value it is printed NOT MEASURED.
struct Measure {
  std::optional<double> value = {};
  std::string unit = {};    ///< "s", "commits", "bytes"
  std::string source = {};  ///< "ledger against restored rows, by commit timestamp"
};

struct ObjectiveRecord {
  std::string name;                          ///< "rpo" or "rto"
  std::optional<double> bound_seconds = {};  ///< none: measured, but no bound is set
  Measure realized = {};
  Verdict verdict = Verdict::unknown;
};

struct StepRecord {
  std::string title;
  std::string begin;  ///< this host's clock, UTC
  double seconds = 0;
  std::string outcome;     ///< "under way", "done" or "failed"
  std::string error = {};  ///< of a failed step
};

/// One entry of the drill's chronicle: a named instant.
struct InstantRecord {
  std::string name;   ///< "marker", "incident", "alarm", "restore begins", "service back"
  std::string time;   ///< UTC, six digits
  std::string clock;  ///< "server" or "host"
  std::string lsn = {};
  std::int64_t timeline = 0;  ///< 0: not known
};

/// Something about the backups that somebody has to be told.
struct AlertRecord {
  std::string name;      ///< "wal-sync"
  std::string level;     ///< "warning", "critical", "unknown" or, when it has ended, "over"
  std::string time;      ///< this host's clock, UTC
  std::string observed;  ///< "the last backup was 27 h 0 min ago"
  std::string limit;     ///< "25h", "80 %"; empty: any is too much
};

struct PhaseRecord {
  std::string
      name;  ///< detect, decide, plan, provision, fetch, decrypt, unpack, start, replay, ...
  double seconds = 0;
};

struct LedgerRecord {
  std::int64_t invoked = 0;
  std::int64_t acknowledged = 0;
  std::int64_t failed = 0;
  std::int64_t in_doubt = 0;
  std::int64_t acknowledged_before_marker = 0;
  std::int64_t lost = 0;       ///< acknowledged before the incident, absent after the restore
  std::int64_t discarded = 0;  ///< acknowledged after the incident, given up by the restore
  std::int64_t phantom = 0;    ///< failed or sent after the marker, yet present
};

/// How far a restore had to come: what was published of the source when its newest marker was set,
/// or of what had reached the place that the restore is made from. Kept here, outside Postgres.
struct HighWaterMarkRecord {
  std::string lsn;  ///< end of the marker's restore point; without one, the last commit's record
  std::int64_t timeline = 0;
  std::string segment;       ///< the last one that a restore to there needs
  std::string sha256;        ///< of that segment, as the archive gives it back
  std::int64_t commits = 0;  ///< that the archived WAL has from the backup to there
};

/// Why recovery ended, as each witness tells it.
struct RecoveryRecord {
  std::string target;  ///< "name 'r-.../1'", "time ...", "latest"
  std::string ending;  ///< "target reached", "end of archive", "restore_command error", ...
  std::string stopped_at = {};  ///< LSN
  std::int64_t timeline_before = 0;
  std::int64_t timeline_after = 0;
  std::int64_t segments_served = 0;
  std::string last_segment = {};
};

/// A file left beside the record, with its digest.
struct EvidenceRecord {
  std::string name;  ///< path relative to the record
  std::string sha256;
  std::int64_t bytes = 0;
};

struct DrillRecord {
  std::string scenario;  ///< "accidental-delete"
  std::string suite;     ///< "AccidentalDelete"
  std::string test;      ///< the gtest case
  std::string file;      ///< relative to the project's root
  int line = 0;
  std::string subject;        ///< "bookings"
  std::string on_trial = {};  ///< of a sabotage: the check that must notice it
  std::string status =
      "not finished";  ///< "not finished", "finished", "skipped", "interrupted", "crashed"; of a
                       ///< sabotage that this subject or engine has no place for "not applicable"
  std::string skip_reason = {};
  std::string error = {};  ///< the harness could not do its work: first line is the message
  int error_line = 0;      ///< of the scenario, when known
  Verdict verdict = Verdict::unknown;
  std::string begin = {};
  std::string end = {};
  double seconds = 0;
  std::string backup = {};       ///< backup tool and set id
  std::string marker_mode = {};  ///< "writers held at a barrier" or "under load, reconciled ..."
  std::vector<StepRecord> steps = {};
  std::vector<InstantRecord> chronicle = {};
  std::vector<AlertRecord> alerts = {};
  std::vector<PhaseRecord> phases = {};
  std::vector<Finding> findings = {};
  std::vector<int> finding_lines = {};  ///< scenario line of each finding, same order
  std::vector<ObjectiveRecord> objectives = {};
  std::optional<LedgerRecord> ledger = {};
  std::optional<HighWaterMarkRecord> high_water_mark = {};
  std::optional<RecoveryRecord> recovery = {};
  std::vector<EvidenceRecord> evidence = {};
  std::map<std::string, std::string> facts = {};  ///< scale and versions: name -> text
  std::vector<std::string> warnings = {};
};

struct SettingRecord {
  std::string name;    ///< "engine"
  std::string value;   ///< "[redacted]" for secrets
  std::string source;  ///< "flag", "environment", "drill.yaml", "default"
};

/// What a run of `prove` showed about a program and its configuration: each case of it by name.
struct ProofRecord {
  std::string run_id;                ///< of that run
  std::string when;                  ///< its end, UTC
  std::string engine_kind;           ///< "docker"
  std::string program_sha256;        ///< of the program and those that travel with it
  std::string configuration_sha256;  ///< of drill.yaml and the settings that change what is drilled
  std::vector<std::string> killed = {};
  std::vector<std::string> survived = {};  ///< twins with a false alarm among them
  std::vector<std::string> unknown = {};
  std::vector<std::string> not_applicable = {};
  std::string sha256 = {};  ///< of all the above

  /// Nothing survived and nothing is unknown.
  [[nodiscard]] bool holds() const {
    return !killed.empty() && survived.empty() && unknown.empty();
  }
};

struct RunRecord {
  int version = record_version;
  std::string run_id;
  std::string tool_version;
  std::string begin;
  std::string end = {};
  std::string host = {};    ///< "2 cores, 24 GiB, Linux 6.18"; no host name
  std::string engine = {};  ///< "docker 20.10.24"
  std::string engine_reason = {};
  std::string server_version = {};
  std::string operator_name = {};  ///< PGREHEARSE_OPERATOR, else empty
  std::vector<SettingRecord> settings = {};
  std::vector<DrillRecord> drills = {};
  std::vector<std::string> not_selected = {};  ///< cases of this program that were not asked for
  /// Of `prove`: this run's own. Else that of the newest whole one of the same program, engine and
  /// configuration, if there is any.
  std::optional<ProofRecord> proof = {};
  std::vector<std::string> leftovers = {};  ///< what could not be removed
  std::string interrupted = {};             ///< "SIGINT" ...
  int exit_status = -1;                     ///< -1 while the run goes on
};

/// The verdict the drill may claim: its own, or a worse one among its findings and objectives.
/// Unknown at best when it is not finished, could not do its work, or asked nothing.
[[nodiscard]] Verdict verdict_of(const DrillRecord& drill);
/// missed > unknown > met over drills; unknown when nothing ran or anything was skipped.
/// A sabotage that is not applicable says nothing either way.
[[nodiscard]] Verdict verdict_of(const RunRecord& record);
/// As docs/exit-status.md has it: 0 met, 1 missed, 2 not proven, 3 leftovers, 128+n interrupted.
[[nodiscard]] int exit_status_of(const RunRecord& record);

/// JSON text, two spaces of indent, a newline at the end.
[[nodiscard]] std::string to_json(const RunRecord& record);
/// Throws Error{bad_value} naming the key path when the text is not a record of this version.
[[nodiscard]] RunRecord record_from_json(const std::string& text);

}  // namespace pgrehearse
