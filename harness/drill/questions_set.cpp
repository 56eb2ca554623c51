// exact-set: three witnesses must agree about which commits are there - the clients' ledger, the
// WAL, and the restored server.
#include "harness/drill/questions_set.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/drill/objectives.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t enough_commits = 100;  // fewer before the marker prove too little
constexpr std::size_t details_shown = 20;

struct Comparison {
  std::size_t must = 0;      ///< acknowledged before the marker was asked for
  std::size_t must_not = 0;  ///< sent after it was answered
  std::size_t free = 0;      ///< in flight at the marker: only the WAL can tell
  std::vector<std::string> wrong = {};

  void blame(const LedgerEntry& entry, const char* what) {
    wrong.push_back(fmt::format("commit {} of writer {} {}", entry.sequence, entry.writer, what));
  }
};

// Without an acknowledgement nothing can be demanded; the WAL still tells.
Comparison compare_ledger(const std::vector<LedgerEntry>& entries, const Marker& marker,
    const std::set<std::pair<int, std::int64_t>>& restored, const std::set<Xid>& in_wal) {
  Comparison result;
  for (const LedgerEntry& entry : entries) {
    const bool here = restored.contains({entry.writer, entry.sequence});
    if (entry.outcome == Outcome::failed) {
      if (here) {
        result.blame(entry, "was refused by the server, yet is there");
      }
      continue;
    }
    const bool must = entry.outcome == Outcome::acknowledged && entry.settled_at < marker.before;
    const bool must_not = entry.invoked_at > marker.after;
    result.must += must ? 1 : 0;
    result.must_not += must_not ? 1 : 0;
    result.free += !must && !must_not ? 1 : 0;
    if (must && !here) {
      result.blame(entry, "was acknowledged before the marker and is missing");
    } else if (must_not && here) {
      result.blame(entry, "was sent after the marker, yet is there");
    } else if (entry.xid && entry.invoked_at >= marker.commits_since &&
               in_wal.contains(*entry.xid) != here) {
      result.blame(entry, here ? "is there, but the WAL has it after the marker"
                               : "is in the WAL before the marker and is missing");
    }
  }
  return result;
}

// Commits that are not the ledger's (a command's, the server's own) leave no row of ours, but the
// restored server still knows how each transaction ended.
std::size_t not_committed(Restored& restored, const std::vector<Xid>& commits) {
  std::string list;
  for (const Xid xid : commits) {
    list += fmt::format("{}{}", list.empty() ? "" : ",", static_cast<std::uint64_t>(xid));
  }
  Session session = restored.cluster.connect();
  const std::string count =
      session.value(fmt::format("SELECT count(*) FROM unnest('{{{}}}'::xid8[]) x WHERE x >= "
                                "pg_snapshot_xmax(pg_current_snapshot()) "
                                "OR (CASE WHEN x < pg_snapshot_xmax(pg_current_snapshot()) THEN "
                                "pg_xact_status(x) END) IS DISTINCT FROM 'committed'",
          list));
  return std::stoul(count);
}

// Nothing can be demanded of what had not arrived; what had is demanded to the last commit.
Comparison compare_arrived(const std::vector<LedgerEntry>& entries, const Marker& marker,
    const std::set<std::pair<int, std::int64_t>>& restored, const std::set<Xid>& in_wal) {
  Comparison result;
  for (const LedgerEntry& entry : entries) {
    const bool here = restored.contains({entry.writer, entry.sequence});
    const bool arrived = entry.xid && in_wal.contains(*entry.xid);
    const bool older = entry.invoked_at < marker.commits_since;
    result.must += arrived ? 1 : 0;
    result.free += !arrived && !older ? 1 : 0;
    if (entry.outcome == Outcome::failed && here) {
      result.blame(entry, "was refused by the server, yet is there");
    } else if (older && entry.outcome == Outcome::acknowledged && !here) {
      result.blame(entry, "was acknowledged before the backup was complete and is missing");
    } else if (!older && arrived != here) {
      result.blame(entry, here ? "is there, but not in the WAL that arrived"
                               : "is in the WAL that arrived and is missing");
    }
  }
  return result;
}

std::set<std::pair<int, std::int64_t>> commits_present(
    Restored& restored, const std::string& database) {
  std::set<std::pair<int, std::int64_t>> present;
  for (const RestoredCommit& commit : restored_commits(restored, database)) {
    present.emplace(commit.writer, commit.sequence);
  }
  return present;
}

void blame_the_invented(Comparison& result, const std::vector<LedgerEntry>& entries,
    const std::set<std::pair<int, std::int64_t>>& present) {
  std::set<std::pair<int, std::int64_t>> made;
  for (const LedgerEntry& entry : entries) {
    made.emplace(entry.writer, entry.sequence);
  }
  for (const auto& [writer, sequence] : present) {
    if (!made.contains({writer, sequence})) {
      result.wrong.push_back(
          fmt::format("commit {} of writer {} is there, and nobody made it", sequence, writer));
    }
  }
}

void show_differences(Finding& finding, const Comparison& result) {
  for (std::size_t i = 0; i < std::min(details_shown, result.wrong.size()); ++i) {
    finding.details.push_back(result.wrong[i]);
  }
}

std::vector<Finding> ask_arrived_set(Restored& restored, const Replica& replica,
    const Marker& marker, const Source& source, const std::string& database) {
  const std::set<std::pair<int, std::int64_t>> present = commits_present(restored, database);
  const std::vector<LedgerEntry> entries = source.ledger().entries();
  Comparison result =
      compare_arrived(entries, marker, present, {replica.commits.begin(), replica.commits.end()});
  blame_the_invented(result, entries, present);
  const std::size_t undone = not_committed(restored, replica.commits);
  if (undone > 0) {
    result.wrong.push_back(
        fmt::format("{} transactions that the arrived WAL committed are not committed", undone));
  }
  Finding finding{.check = "exact-set",
      .question = "does it hold every commit that arrived, and none that did not?",
      .expected = fmt::format("{} commits in the WAL that arrived, of them {} of the clients; none "
                              "of {} that did not arrive",
          replica.commits.size(), result.must, result.free),
      .observed = fmt::format(
          "{} of the clients' commits, {} differences", present.size(), result.wrong.size()),
      .verdict = !result.wrong.empty()           ? Verdict::missed
                 : result.must >= enough_commits ? Verdict::met
                                                 : Verdict::unknown};
  if (finding.verdict == Verdict::unknown) {
    finding.details.emplace_back("too few commits arrived to prove anything");
  }
  show_differences(finding, result);
  return {finding};
}

std::vector<Finding> ask_exact_set(Restored& restored, const Marker& marker,
    const std::vector<LedgerEntry>& entries, const std::string& database) {
  const std::set<std::pair<int, std::int64_t>> present = commits_present(restored, database);
  Comparison result =
      compare_ledger(entries, marker, present, {marker.commits.begin(), marker.commits.end()});
  blame_the_invented(result, entries, present);
  // A server that was loaded knows none of the source's transactions: there the rows must tell.
  const std::size_t undone = restored.loaded ? 0 : not_committed(restored, marker.commits);
  if (undone > 0) {
    result.wrong.push_back(fmt::format(
        "{} transactions that the WAL committed before the marker are not committed", undone));
  }
  Finding finding{.check = "exact-set",
      .question = "does it hold every commit before the marker and none after it?",
      .expected = fmt::format("{} commits in the WAL since the backup, of them {} acknowledged to "
                              "clients; none of {} sent later",
          marker.commits.size(), result.must, result.must_not),
      .observed =
          fmt::format("{} of the clients' commits, {} differences, {} were in flight at the marker",
              present.size(), result.wrong.size(), result.free)};
  const bool exercised = result.must >= enough_commits && (!marker.under_load || result.free >= 1);
  finding.verdict = !result.wrong.empty() ? Verdict::missed
                    : exercised           ? Verdict::met
                                          : Verdict::unknown;
  if (result.wrong.empty() && !exercised) {
    finding.details.push_back(
        "too few commits near the marker to prove anything: write more before setting it");
  }
  show_differences(finding, result);
  return {finding};
}

}  // namespace

Question holds_exactly_the_commits_in(
    const Replica& replica, const Marker& marker, const Source& source) {
  return {.check = "exact-set",
      .sentence = "does it hold every commit that arrived, and none that did not?",
      .ask = [&](Restored& restored) {
        return ask_arrived_set(restored, replica, marker, source, source.subject().database);
      }};
}

Question holds_exactly_the_commits_before(const Marker& marker, const Source& source) {
  return {.check = "exact-set",
      .sentence = "does it hold every commit before the marker and none after it?",
      .ask = [&marker, &source](Restored& restored) {
        return ask_exact_set(
            restored, marker, source.ledger().entries(), source.subject().database);
      }};
}

Question holds_exactly_the_commits_before(
    const Marker& marker, std::vector<LedgerEntry> ledger, const std::string& database) {
  return {.check = "exact-set",
      .sentence = "does it hold every commit before the marker and none after it?",
      .ask = [&marker, ledger = std::move(ledger), database](
                 Restored& restored) { return ask_exact_set(restored, marker, ledger, database); }};
}

}  // namespace pgrehearse
