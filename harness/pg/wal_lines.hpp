// Walks the output of pg_waldump record by record, and watches their order.
#pragma once

#include <cstddef>
#include <string_view>

#include "harness/pg/wal_record.hpp"

namespace pgrehearse {

struct WalLines {
  Lsn last;                 ///< start of the last record; 0/0: none
  std::size_t strange = 0;  ///< lines that are no records, or whose position does not grow
};

/// Calls `visit` with every record whose position lies after the one before. A last line without
/// its end was cut off and counts as strange.
template <typename Visit>
WalLines for_each_record(std::string_view dump, Visit visit) {
  WalLines lines;
  while (!dump.empty()) {
    const std::size_t end = dump.find('\n');
    const std::optional<WalRecord> record =
        end == std::string_view::npos ? std::nullopt : wal_record_of(dump.substr(0, end));
    dump.remove_prefix(end == std::string_view::npos ? dump.size() : end + 1);
    if (!record || record->lsn <= lines.last) {
      ++lines.strange;
      continue;
    }
    lines.last = record->lsn;
    visit(*record);
  }
  return lines;
}

}  // namespace pgrehearse
