// Copies rows that an accident deleted from a recovered server back into the live one, which keeps
// every commit made since. Which rows those are is told by the WAL, not by a comparison that later
// writes could blur.
#pragma once

#include <string>
#include <vector>

#include "harness/backup/base_backup.hpp"
#include "harness/check/fact.hpp"
#include "harness/drill/restored.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

/// The rows that one transaction deleted from one table.
struct LostRows {
  std::string fact;   ///< name of the table's facts: "app: table public.events_2025_01"
  std::string table;  ///< SQL: "public"."events_2025_01"
  std::vector<std::string> where;  ///< row pointers: "(0,1)"
};

/// Reads them from the archived WAL since the backup. Everything that the transaction wrote must be
/// archived. Throws Error{query_failed} when it did more than delete rows: then rows alone do not
/// undo it.
[[nodiscard]] std::vector<LostRows> rows_deleted_by(
    const Source& source, const BackupSet& since, Xid transaction);

struct Surgery {
  std::vector<LostRows> lost = {};
  Facts expected = {};           ///< of the live database: as before the copy, and the lost rows
  std::int64_t told_by_wal = 0;  ///< rows that the accident deleted
  std::int64_t rows = 0;         ///< rows that were found where they were recovered, and copied
};

/// Copies the rows in one transaction, 1000 at a time, with triggers silent: what they did when the
/// rows first came has been done. Foreign keys are silent with them; that every row still has its
/// parent is asked afterwards. Clients must be held.
[[nodiscard]] Surgery copy_back(Restored& beside, Source& live, const std::vector<LostRows>& lost);

}  // namespace pgrehearse
