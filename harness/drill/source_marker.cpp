// How a source sets a marker: the position, the facts, the proof that the WAL up to it is archived,
// and from that WAL the exact set of commits that a restore must hold.
#include <algorithm>
#include <future>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/drill/high_water_mark.hpp"
#include "harness/drill/source.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

// Those of the other databases stay.
void replace_sequences(Facts& facts, const std::string& database, const Facts& by) {
  std::erase_if(facts, [&](const Fact& fact) {
    return fact.kind == FactKind::sequences && fact.name.starts_with(database + ": ");
  });
  facts.insert(facts.end(), by.begin(), by.end());
  std::sort(facts.begin(), facts.end());
}

Lsn start_of(const WalOracle& oracle, const Position& position) {
  const WalRestorePoint* point = oracle.restore_point(position.restore_point);
  if (point == nullptr) {
    throw Error{ErrorCode::archive_gap, "the restore point is not in the archived WAL",
        "Does another cluster archive into the same place?"};
  }
  // A name used twice stops recovery at the first: what was asked for is the one whose end we were
  // told.
  const auto ours = std::find_if(oracle.restore_points.begin(), oracle.restore_points.end(),
      [&](const WalRestorePoint& candidate) { return candidate.end == position.lsn; });
  return ours == oracle.restore_points.end() ? point->start : ours->start;
}

}  // namespace

Marker Source::take_position(Session& session, const std::string& label) const {
  Marker marker;
  marker.position.restore_point = restore_point(label);
  check_restore_point_name(marker.position.restore_point);
  marker.before = SteadyTime::now();
  const Row row = session
                      .exec(fmt::format("SELECT pg_create_restore_point({}), clock_timestamp(), "
                                        "(SELECT timeline_id FROM pg_control_checkpoint())",
                          literal(marker.position.restore_point)))
                      .front();
  marker.after = SteadyTime::now();
  marker.position.lsn = Lsn::parse(row[0].value());
  marker.position.time = Timestamp::parse(row[1].value());
  marker.position.timeline = TimelineId{static_cast<std::uint32_t>(std::stoul(row[2].value()))};
  return marker;
}

// Where commits take less than a millisecond, most moments fall between them; on a busy host a
// writer may rest for many of them.
Marker Source::caught_in_flight(const std::function<Marker(int attempt)>& take) const {
  Marker marker;
  int attempt = 0;
  try {
    wait_until(
        "a commit in flight", Seconds{5},
        [&]() -> std::optional<std::string> {
          marker = take(++attempt);
          return a_commit_was_in_flight(marker) ? std::nullopt : std::optional<std::string>{"none"};
        },
        Milliseconds{2});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
  }
  return marker;
}

Marker Source::take_position_in_flight(Session& session, const std::string& label) const {
  return caught_in_flight([&](int attempt) {
    return take_position(session, attempt == 1 ? label : fmt::format("{}-{}", label, attempt));
  });
}

// A snapshot with no commit in flight is given back where there has to be one.
std::string Source::export_snapshot(Session& session, Marker& moment, UnderLoad under_load) const {
  std::string name;
  const auto take = [&](int attempt) {
    session.exec(attempt == 1 ? "BEGIN ISOLATION LEVEL REPEATABLE READ"
                              : "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ");
    Marker taken;
    taken.before = SteadyTime::now();
    name = session.value("SELECT pg_export_snapshot()");
    taken.after = SteadyTime::now();
    return taken;
  };
  moment = under_load == UnderLoad::yes ? caught_in_flight(take) : take(1);
  return name;
}

bool Source::a_commit_was_in_flight(const Marker& marker) const {
  const std::vector<LedgerEntry> entries = ledger_->entries();
  return std::any_of(entries.begin(), entries.end(), [&](const LedgerEntry& entry) {
    const bool settled = entry.outcome == Outcome::acknowledged && entry.settled_at < marker.before;
    return entry.outcome != Outcome::failed && entry.invoked_at <= marker.after && !settled;
  });
}

Marker Source::set_marker(const std::string& label, const BackupSet& since) {
  workload_->hold();
  const bool replays = tool_->properties().point_in_time;
  Marker marker =
      replays ? marked(label, since, UnderLoad::no) : marked_by_dump(label, since, UnderLoad::no);
  record_.marker_mode =
      replays ? "clients held at a barrier" : "the snapshot of a dump, clients held at a barrier";
  return marker;
}

Marker Source::set_marker_under_load(const std::string& label, const BackupSet& since) {
  workload_->release();
  if (!tool_->properties().point_in_time) {
    Marker marker = marked_by_dump(label, since, UnderLoad::yes);
    marker.under_load = true;
    record_.marker_mode = "under load, the snapshot of a dump";
    return marker;
  }
  Marker marker = marked(label, since, UnderLoad::yes);
  marker.under_load = true;
  record_.marker_mode = fmt::format(
      "under load, facts reconciled with {} commits the WAL has between snapshot and marker",
      marker.movement.transactions.size());
  return marker;
}

// The snapshot is taken before the restore point, so what it sees is in the restored set; the
// sequences too, since "not behind" must hold for a value that was read before.
Marker Source::marked(const std::string& label, const BackupSet& since, UnderLoad under_load) {
  const std::string& database = run_.subject.database;
  Session session = cluster_.connect(database);
  session.exec(fixed_reading_settings());
  session.exec("BEGIN ISOLATION LEVEL REPEATABLE READ");
  const std::string snapshot = session.value("SELECT pg_current_snapshot()");
  const Facts sequences = sequence_facts(session, database);
  Marker marker = under_load == UnderLoad::yes ? take_position_in_flight(session, label)
                                               : take_position(session, label);
  marker.commits_since = since.taken;
  capture_baseline(session, marker, sequences);
  seal(marker, since);

  const WalOracle oracle = archived_commits(archive_, cluster_, since, marker.last_segment);
  marker.record_start = start_of(oracle, marker.position);
  for (const WalCommit& commit : oracle.commits_before(marker.record_start)) {
    marker.commits.push_back(commit.xid);
  }
  const std::vector<WalCommit> unseen = unseen_commits(oracle, marker.record_start, snapshot);
  if (!unseen.empty()) {
    std::set<Xid> writers;
    for (const WalCommit& commit : unseen) {
      writers.insert(commit.xid);
      writers.insert(commit.subxacts.begin(), commit.subxacts.end());
    }
    const Completed dump = cluster_.instance().exec(
        waldump_program(archived_range(archive_, cluster_.instance(), since, marker.last_segment),
            WalDetail::changes));
    marker.movement = movement_of(session, database, unseen, heap_changes_of(dump, writers));
    marker.baseline = without_replaced_rows(session, marker.baseline, marker.movement);
  }
  session.exec("COMMIT");
  record_.high_water_mark = high_water_mark_of(marker);
  return marker;
}

// The facts are read in the very snapshot that is dumped, so there is nothing to reconcile; what
// the WAL commits between snapshot and restore point is not in the dump.
Marker Source::marked_by_dump(
    const std::string& label, const BackupSet& since, UnderLoad under_load) {
  const std::string& database = run_.subject.database;
  Session session = cluster_.connect(database);
  session.exec(fixed_reading_settings());
  Marker moment;
  const std::string exported = export_snapshot(session, moment, under_load);
  const std::string snapshot = session.value("SELECT pg_current_snapshot()");
  const Facts sequences = sequence_facts(session, database);
  Marker marker = take_position(session, label);
  marker.before = moment.before;
  marker.after = moment.after;
  marker.commits_since = since.taken;
  capture_baseline(session, marker, sequences, Reading::refreshed);
  dumps_.insert_or_assign(marker.position.restore_point, take_backup(BackupKind::full, exported));
  session.exec("COMMIT");
  seal(marker, since);
  const WalOracle oracle = archived_commits(archive_, cluster_, since, marker.last_segment);
  marker.record_start = start_of(oracle, marker.position);
  const std::vector<WalCommit> unseen = unseen_commits(oracle, marker.record_start, snapshot);
  for (const WalCommit& commit : oracle.commits_before(marker.record_start)) {
    const bool seen = std::none_of(unseen.begin(), unseen.end(),
        [&](const WalCommit& other) { return other.xid == commit.xid; });
    if (seen) {
      marker.commits.push_back(commit.xid);
    }
  }
  record_.high_water_mark = high_water_mark_of(marker);
  return marker;
}

void Source::capture_baseline(
    Session& session, Marker& marker, const Facts& sequences, Reading reading) const {
  const std::string& database = run_.subject.database;
  const Connect connect = [&](const std::string& name) { return cluster_.connect(name); };
  std::future<Facts> others =
      std::async(std::launch::async, [&] { return capture_facts(connect, database); });
  const Facts inside = facts_of_database(session, database, reading, connect);
  marker.reading = reading;
  marker.baseline = others.get();
  marker.baseline.insert(marker.baseline.end(), inside.begin(), inside.end());
  replace_sequences(marker.baseline, database, sequences);
  for (const CheckSpec& check : run_.subject.checks) {
    if (!at_base_ && check.expect.find("baseline") != std::string::npos) {
      marker.check_values[check.id] = session.value(check.sql);
    }
  }
}

// A switch tells what it completed; when archive_timeout was quicker, what that completed. Asked
// for before the switch, the position may lie in a segment that holds nothing yet and is never
// archived.
void Source::seal(Marker& marker, const BackupSet& since) {
  Session session = cluster_.connect(run_.subject.database);
  session.exec(fmt::format(
      "INSERT INTO pgrehearse.sentinels VALUES ({})", literal(marker.position.restore_point)));
  const std::string completed =
      wal_file_name(since.timeline, Lsn::parse(session.value("SELECT pg_switch_wal()")));
  marker.last_segment = wal_file_name(since.timeline, marker.position.lsn);
  const std::string proven = prove_archived(session, completed);
  marker.segment_sha256 = completed == marker.last_segment
                              ? proven
                              : archive_.wait_until_archived(
                                    cluster_, marker.last_segment, run_.options.archive_deadline);
  record_.chronicle.push_back({.name = "marker",
      .time = marker.position.time.text(),
      .clock = "server",
      .lsn = marker.position.lsn.text(),
      .timeline = static_cast<std::int64_t>(marker.position.timeline)});
}

void Source::archive_everything() {
  workload_->hold();
  Session session = cluster_.connect(run_.subject.database);
  // Something of our own, or there may be nothing to switch from and no segment to wait for.
  session.exec("SELECT pg_create_restore_point('everything')");
  const Row row =
      session.exec("SELECT pg_switch_wal(), timeline_id FROM pg_control_checkpoint()").front();
  const std::string segment =
      wal_file_name(TimelineId{static_cast<std::uint32_t>(std::stoul(row[1].value()))},
          Lsn::parse(row[0].value()));
  archive_.wait_until_archived(cluster_, segment, run_.options.archive_deadline);
  heartbeats_.wal_archived();
}

std::string Source::prove_archived(Session& session, const std::string& segment) {
  Finding finding{.check = "archive-complete",
      .question = "is the WAL of the marker in the archive, as the source wrote it?",
      .expected = segment + " archived, read again and hashed"};
  session.exec("SELECT pg_switch_wal()");
  try {
    const std::string sha256 =
        archive_.wait_until_archived(cluster_, segment, run_.options.archive_deadline);
    heartbeats_.wal_archived();
    finding.verdict = Verdict::met;
    finding.observed = "it is there, with the digest of the source's own";
    file_(finding);
    return sha256;
  } catch (const Error& error) {
    finding.verdict = error.code() == ErrorCode::archive_gap || error.code() == ErrorCode::timed_out
                          ? Verdict::missed
                          : Verdict::unknown;
    finding.observed = error.message();
    file_(finding);
    throw;
  }
}

}  // namespace pgrehearse
