// What is asked when lost rows were copied back into the live database: nothing else may have
// changed, and no commit that clients were told of may be gone.
#include <set>

#include <fmt/format.h>

#include "harness/check/capture.hpp"
#include "harness/drill/objectives.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

// Rows whose parent is not there, by table: the copy was made with foreign keys silent, and
// "convalidated" only says that they once were proven. Constraints of partitions with partitions
// stand for no row of their own.
std::vector<std::string> orphans_in(Session& session, const Surgery& surgery) {
  std::vector<std::string> orphans;
  for (const LostRows& lost : surgery.lost) {
    const Rows queries = session.exec(fmt::format(
        "SELECT pg_catalog.format('SELECT count(*) FROM ONLY %s c WHERE %s AND NOT EXISTS (SELECT "
        "FROM %s p WHERE %s)', k.conrelid::regclass, pg_catalog.string_agg(pg_catalog.format('c.%I "
        "IS NOT NULL', a.attname), ' AND '), k.confrelid::regclass, pg_catalog.string_agg("
        "pg_catalog.format('p.%I = c.%I', b.attname, a.attname), ' AND ')) FROM "
        "pg_catalog.pg_constraint k, ROWS FROM (pg_catalog.unnest(k.conkey), "
        "pg_catalog.unnest(k.confkey)) AS u (here, there), pg_catalog.pg_attribute a, "
        "pg_catalog.pg_attribute b, pg_catalog.pg_class t WHERE k.contype = 'f' AND k.conrelid = "
        "{}::regclass AND a.attrelid = k.conrelid AND a.attnum = u.here AND b.attrelid = "
        "k.confrelid AND b.attnum = u.there AND t.oid = k.confrelid AND NOT t.relispartition GROUP "
        "BY k.oid, k.conrelid, k.confrelid",
        literal(lost.table)));
    for (const Row& query : queries) {
      if (session.value(*query[0]) != "0") {
        orphans.push_back(lost.fact);
      }
    }
  }
  return orphans;
}

std::vector<Finding> ask_surgery(
    Restored& restored, const Surgery& surgery, const std::string& database) {
  const Facts now =
      capture_facts([&](const std::string& name) { return restored.cluster.connect(name); });
  Finding finding{.check = "surgery",
      .question = "does the live database hold its own rows and the lost ones, and nothing else?",
      .expected = fmt::format("{} rows more in {} tables, every other fact as before",
          surgery.told_by_wal, surgery.lost.size())};
  std::size_t compared = 0;
  std::size_t differences = 0;
  for (const FactKind kind : every_fact_kind) {
    const FactDiff diff = compare(surgery.expected, now, kind);
    compared += diff.compared;
    differences += diff.missing.size() + diff.extra.size() + diff.different.size();
    add_details(finding, diff.missing, "is missing");
    add_details(finding, diff.extra, "should not be there");
    add_details(finding, diff.different, "differs");
  }
  Session session = restored.cluster.connect(database);
  const std::vector<std::string> orphans = orphans_in(session, surgery);
  add_details(finding, orphans, "has rows without their parent");
  finding.observed = fmt::format("{} rows copied, {} differences in {} facts, {} orphaned tables",
      surgery.rows, differences, compared, orphans.size());
  const bool whole = surgery.rows == surgery.told_by_wal;
  if (!whole) {
    finding.details.push_back(fmt::format("{} rows were lost by the WAL's account, {} were copied",
        surgery.told_by_wal, surgery.rows));
  }
  finding.verdict = differences > 0 || !orphans.empty() || !whole ? Verdict::missed
                    : surgery.rows > 0                            ? Verdict::met
                                                                  : Verdict::unknown;
  return {finding};
}

std::vector<Finding> ask_acknowledged(Restored& restored, const Source& source) {
  std::set<std::pair<int, std::int64_t>> present;
  for (const RestoredCommit& commit : restored_commits(restored, source.subject().database)) {
    present.emplace(commit.writer, commit.sequence);
  }
  Finding finding{
      .check = "exact-set", .question = "does it hold every commit that clients were told of?"};
  std::size_t acknowledged = 0;
  for (const LedgerEntry& entry : source.ledger().entries()) {
    const bool here = present.contains({entry.writer, entry.sequence});
    acknowledged += entry.outcome == Outcome::acknowledged ? 1 : 0;
    const char* wrong =
        entry.outcome == Outcome::acknowledged && !here ? "was acknowledged and is missing"
        : entry.outcome == Outcome::failed && here      ? "was refused by the server, yet is there"
                                                        : nullptr;
    if (wrong != nullptr) {
      add_details(
          finding, {fmt::format("commit {} of writer {}", entry.sequence, entry.writer)}, wrong);
    }
  }
  finding.expected =
      fmt::format("{} acknowledged commits, before and after the accident", acknowledged);
  finding.observed = finding.details.empty() ? "all of them are there" : finding.details.front();
  finding.verdict = !finding.details.empty() ? Verdict::missed
                    : acknowledged > 0       ? Verdict::met
                                             : Verdict::unknown;
  return {finding};
}

std::vector<Finding> ask_ending(Restored& restored, const Injury& injury) {
  const RecoveryEnding& ending = restored.ending;
  const auto xid = static_cast<std::uint32_t>(static_cast<std::uint64_t>(injury.xid));
  const bool there = ending.outcome == RecoveryOutcome::target_reached && ending.stop &&
                     ending.stop->reason == StopReason::before_commit && ending.stop->xid == xid;
  bool promoted = false;
  if (restored.serving) {
    Session session = restored.cluster.connect();
    promoted = session.value("SELECT pg_is_in_recovery()") == "f";
  }
  return {{.check = "recovery-ending",
      .question = "did recovery stop just before the commit of the accident?",
      .expected = fmt::format("stopped before the commit of transaction {}, and promoted", xid),
      .observed = there ? promoted ? "it did" : "it stopped there, but is not promoted"
                        : fmt::format("recovery ended by '{}'", name_of(ending.outcome)),
      .verdict = there && promoted ? Verdict::met : Verdict::missed}};
}

}  // namespace

Question stopped_just_before(const Injury& injury) {
  return {.check = "recovery-ending",
      .sentence = "did recovery stop just before the commit of the accident?",
      .ask = [&injury](Restored& restored) { return ask_ending(restored, injury); }};
}

Question has_the_lost_rows_and_nothing_else(const Surgery& surgery, const std::string& database) {
  return {.check = "surgery",
      .sentence = "does the live database hold its own rows and the lost ones, and nothing else?",
      .ask = [&surgery, database](
                 Restored& restored) { return ask_surgery(restored, surgery, database); }};
}

Question holds_every_acknowledged_commit(const Source& source) {
  return {.check = "exact-set",
      .sentence = "does it hold every commit that clients were told of?",
      .ask = [&source](Restored& restored) { return ask_acknowledged(restored, source); }};
}

}  // namespace pgrehearse
