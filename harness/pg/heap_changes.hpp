// What given transactions did to tables, as far as the WAL tells: block and row pointer, never a
// value.
//
// Facts that were taken while clients wrote are off by the transactions in flight. This names the
// files and row pointers that those touched, so that a difference can be told from a loss.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "harness/pg/lsn.hpp"
#include "harness/pg/wal_reading.hpp"

namespace pgrehearse {

/// The file of a table: see pg_relation_filenode. TRUNCATE and rewrites give a table a new one.
struct RelationFile {
  std::uint32_t tablespace = 0;  ///< 1663: pg_default
  std::uint32_t database = 0;    ///< 0: shared by all
  std::uint32_t file = 0;
  friend constexpr auto operator<=>(const RelationFile&, const RelationFile&) = default;
};

/// A row pointer, as ctid shows it.
struct TupleAt {
  std::uint32_t block = 0;
  std::uint16_t offset = 0;
  friend constexpr auto operator<=>(TupleAt, TupleAt) = default;
};

enum class HeapChangeKind {
  inserted,        ///< new_tuple
  multi_inserted,  ///< COPY: `tuples` of them in `block`; their offsets are not printed
  updated,         ///< old_tuple and new_tuple
  hot_updated,     ///< both in the same block, no indexed column changed
  deleted,         ///< old_tuple; also the leaving half of a move between partitions
  locked,          ///< old_tuple; no data changed, but FOR UPDATE and some updates do this first
  truncated,       ///< `file`, of a table made in the same transaction; or, only with
                   ///< wal_level=logical, `table` (an OID) beside its new and its dropped file
  file_created,    ///< a new table or index, a TRUNCATE, or a rewrite
  file_dropped,    ///< at commit: a DROP, a TRUNCATE, or a rewrite
};

struct HeapChange {
  Xid xid{};  ///< the subtransaction's own, when one wrote it
  Lsn lsn;
  HeapChangeKind kind = HeapChangeKind::inserted;
  RelationFile file = {};
  std::uint32_t block = 0;
  std::optional<TupleAt> old_tuple = {};
  std::optional<TupleAt> new_tuple = {};
  std::uint32_t tuples = 1;
  std::uint32_t table = 0;
};

struct HeapChanges {
  std::vector<HeapChange> changes = {};  ///< in WAL order; catalogs and toast tables included
  WalReading reading = {};
  std::size_t strange_lines = 0;
};

/// Reads the output of waldump_program with WalDetail::changes. `xids` are full ids, those of
/// subtransactions included (WalCommit::subxacts). Not told by pg_waldump: row values, the offsets
/// of a multi-insert, which table a file belongs to, what a rewrite moved where, changes in
/// unlogged and temporary tables. Throws Error{bad_value} when a change of one of `xids` cannot be
/// read.
[[nodiscard]] HeapChanges heap_changes_of(const Completed& dump, const std::set<Xid>& xids,
    std::uint64_t segment_bytes = usual_segment_bytes);

}  // namespace pgrehearse
