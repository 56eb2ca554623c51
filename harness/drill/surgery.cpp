#include "harness/drill/surgery.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/check/capture.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/drill/reconcile.hpp"
#include "harness/pg/heap_changes.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t rows_at_once = 1000;

std::string array_of(const std::vector<std::string>& row_pointers) {
  std::string array = "{";
  for (const std::string& pointer : row_pointers) {
    array += fmt::format("{}\"{}\"", array.size() > 1 ? "," : "", pointer);
  }
  return literal(array + "}") + "::tid[]";
}

std::string newest_segment(const Source& source) {
  std::string newest;
  for (const auto& [name, sum] : source.archive().listing(source.cluster().instance())) {
    newest = name.size() == 24 ? std::max(newest, name) : newest;
  }
  return newest;
}

// A transaction's own id and those of its subtransactions, which write under their own.
std::set<Xid> all_of(const WalOracle& oracle, Xid transaction) {
  for (const WalCommit& commit : oracle.commits) {
    if (commit.xid == transaction) {
      std::set<Xid> all{commit.subxacts.begin(), commit.subxacts.end()};
      all.insert(transaction);
      return all;
    }
  }
  throw Error{ErrorCode::archive_gap, "the commit of the accident is not in the archived WAL",
      "Archive everything before asking what it did."};
}

// Generated columns are computed anew; all others keep the value they had.
std::string columns_of(Session& session, const std::string& table, const std::string& prefix) {
  return session.value(fmt::format(
      "SELECT pg_catalog.string_agg({} || pg_catalog.quote_ident(attname), ', ' ORDER BY attnum) "
      "FROM pg_catalog.pg_attribute WHERE attrelid = {}::regclass AND attnum > 0 AND NOT "
      "attisdropped AND attgenerated = ''",
      literal(prefix), literal(table)));
}

void insert(Session& live, const LostRows& lost, const Rows& rows) {
  std::string places;
  std::vector<std::optional<std::string>> values;
  for (const Row& row : rows) {
    values.push_back(row[0]);
    places += fmt::format("{}(${}::text)", places.empty() ? "" : ",", values.size());
  }
  live.exec(fmt::format("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {2} FROM (SELECT "
                        "v.lost::{0} AS old FROM (VALUES {3}) AS v (lost)) AS r",
                lost.table, columns_of(live, lost.table, ""),
                columns_of(live, lost.table, "(r.old)."), places),
      values);
}

std::int64_t copy(Session& beside, Session& live, const LostRows& lost) {
  std::int64_t copied = 0;
  beside.exec(fmt::format(
      "DECLARE lost NO SCROLL CURSOR FOR SELECT t::text FROM ONLY {} AS t WHERE t.ctid = ANY ({})",
      lost.table, array_of(lost.where)));
  for (Rows rows = beside.exec(fmt::format("FETCH {} FROM lost", rows_at_once)); !rows.empty();
       rows = beside.exec(fmt::format("FETCH {} FROM lost", rows_at_once))) {
    insert(live, lost, rows);
    copied += static_cast<std::int64_t>(rows.size());
  }
  beside.exec("CLOSE lost");
  return copied;
}

// Rows and digest sums of what was lost, taken where it was recovered.
Movement digests_of(Session& beside, const std::vector<LostRows>& all) {
  Movement movement;
  for (const LostRows& lost : all) {
    const TableSums sums =
        table_sums(beside, lost.table, fmt::format("t.ctid = ANY ({})", array_of(lost.where)));
    movement.tables.push_back(
        {.fact = lost.fact, .from = lost.table, .added = sums.rows, .digests = sums.digests});
  }
  return movement;
}

}  // namespace

std::vector<LostRows> rows_deleted_by(
    const Source& source, const BackupSet& since, Xid transaction) {
  Instance& instance = source.cluster().instance();
  const std::string last = newest_segment(source);
  const WalOracle oracle = archived_commits(source.archive(), source.cluster(), since, last);
  const HeapChanges changes = heap_changes_of(
      instance.exec(waldump_program(
          archived_range(source.archive(), instance, since, last), WalDetail::changes)),
      all_of(oracle, transaction));
  demand_whole(changes.reading, changes.strange_lines);
  const std::string database = source.subject().database;
  Session session = source.cluster().connect(database);
  const std::map<std::uint32_t, TableName> tables = tables_by_file(session, database);
  std::map<std::uint32_t, LostRows> lost;
  for (const HeapChange& change : changes.changes) {
    const auto table = tables.find(change.file.file);
    if (table == tables.end() || change.kind == HeapChangeKind::locked) {
      continue;
    }
    if (change.kind != HeapChangeKind::deleted) {
      throw Error{ErrorCode::query_failed,
          fmt::format("the accident did more than delete rows of {}", table->second.fact),
          "Restore the whole database to the marker instead."};
    }
    LostRows& rows = lost[change.file.file];
    rows.fact = table->second.fact;
    rows.table = table->second.from;
    rows.where.push_back(fmt::format("({},{})", change.old_tuple->block, change.old_tuple->offset));
  }
  std::vector<LostRows> all;
  all.reserve(lost.size());
  for (auto& [file, rows] : lost) {
    all.push_back(std::move(rows));
  }
  return all;
}

Surgery copy_back(Restored& beside, Source& live, const std::vector<LostRows>& lost) {
  const std::string& database = live.subject().database;
  Session from = beside.cluster.connect(database);
  Session into = live.cluster().connect(database);
  for (Session* session : {&from, &into}) {
    session->exec(fixed_reading_settings());
  }
  from.exec("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  Surgery surgery{.lost = lost};
  for (const LostRows& rows : lost) {
    surgery.told_by_wal += static_cast<std::int64_t>(rows.where.size());
  }
  surgery.expected = with_rows(into,
      capture_facts([&](const std::string& name) { return live.cluster().connect(name); }),
      digests_of(from, lost));
  into.exec("BEGIN");
  into.exec("SET LOCAL session_replication_role = replica");
  for (const LostRows& rows : lost) {
    surgery.rows += copy(from, into, rows);
  }
  into.exec("COMMIT");
  from.exec("COMMIT");
  return surgery;
}

}  // namespace pgrehearse
