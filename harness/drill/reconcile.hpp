// Facts taken while clients write are a snapshot's, and the restore point lies a moment later: a
// commit record is in the WAL before its transaction is visible. The WAL says exactly which
// transactions lie between the two, and which rows they touched; this takes them out of the
// comparison on both sides.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/check/fact.hpp"
#include "harness/pg/heap_changes.hpp"
#include "harness/pg/session.hpp"
#include "harness/pg/wal_oracle.hpp"

namespace pgrehearse {

/// One table that transactions between snapshot and restore point touched.
struct MovedTable {
  std::string fact;        ///< name of its facts: "app: table public.bookings"
  std::string from;        ///< SQL: "public"."bookings"
  std::int64_t added = 0;  ///< rows inserted minus rows deleted, as the WAL tells
  std::string digests;     ///< digest sums of the row versions that come or go with it: "a/b"
};

struct Movement {
  std::vector<Xid> transactions = {};  ///< committed in the WAL, not visible in the snapshot
  std::vector<Xid> row_writers = {};   ///< those and their subtransactions: what xmin may say
  std::vector<MovedTable> tables = {};
  /// Facts of tables whose change pg_waldump cannot tell row by row (a rewrite, a TRUNCATE).
  std::vector<std::string> untold = {};
};

struct TableName {
  std::string fact;  ///< name of its facts
  std::string from;  ///< SQL: "public"."bookings"
};
/// File numbers to the tables they belong to, now. A file that belongs to none was replaced
/// meanwhile, or is a catalog's or a toast table's.
[[nodiscard]] std::map<std::uint32_t, TableName> tables_by_file(
    Session& session, const std::string& database);

/// Count and digest sums of those rows of a table on which the condition (on `t`) holds.
struct TableSums {
  std::int64_t rows = 0;
  std::string digests;  ///< as a content fact has them: "a/b"
};
/// `relation` as SQL. Throws what Session throws.
[[nodiscard]] TableSums table_sums(
    Session& session, const std::string& relation, const std::string& condition);

/// Commits before `end` that the snapshot ("xmin:xmax:xip,...", as pg_current_snapshot() prints it)
/// does not see.
[[nodiscard]] std::vector<WalCommit> unseen_commits(
    const WalOracle& oracle, Lsn end, const std::string& snapshot);

/// Reads the replaced row versions in `session`, whose transaction still holds the snapshot.
[[nodiscard]] Movement movement_of(Session& session, const std::string& database,
    const std::vector<WalCommit>& unseen, const HeapChanges& changes);

/// What the facts must be once the movement's rows were put in.
[[nodiscard]] Facts with_rows(Session& arithmetic, Facts facts, const Movement& movement);

/// What the baseline's rows and content must be without the movement's rows.
[[nodiscard]] Facts without_replaced_rows(
    Session& arithmetic, Facts baseline, const Movement& movement);
/// What the restored facts are without the rows that the movement's transactions wrote, which
/// `session` (to the restored database) finds by xmin.
[[nodiscard]] Facts without_new_rows(Session& session, Facts observed, const Movement& movement);

}  // namespace pgrehearse
