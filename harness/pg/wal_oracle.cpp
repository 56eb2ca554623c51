#include "harness/pg/wal_oracle.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/pg/wal_lines.hpp"

namespace pgrehearse {
namespace {

[[noreturn]] void refuse(const WalRecord& record) {
  throw Error{ErrorCode::bad_value,
      fmt::format("the record at {} is not printed as pg_waldump 15 prints it", record.lsn.text()),
      "Is pg_waldump of the source's major version, and was it run with TZ=UTC?"};
}

// "2026-11-21 05:46:17.285467 UTC"
Timestamp time_of(std::string_view text, const WalRecord& record) {
  constexpr std::string_view zone = " UTC";
  if (!text.ends_with(zone)) {
    refuse(record);
  }
  text.remove_suffix(zone.size());
  return Timestamp::parse(std::string{text} + "Z");
}

// A commit or an abort: "[<xid>: ]<time>[; rels: ...][; subxacts: 740 742][; ...]".
template <typename Ending>
Ending ending_of(const WalRecord& record, std::string_view text, bool prepared, Xid near) {
  Ending ending;
  ending.lsn = record.lsn;
  ending.prepared = prepared;
  std::uint32_t xid = record.xid;
  if (prepared) {
    xid = static_cast<std::uint32_t>(take_number(text).value_or(0));
    if (!take_prefix(text, ": ")) {
      refuse(record);
    }
  }
  if (xid == 0) {
    refuse(record);
  }
  ending.xid = widened(xid, near);
  ending.when = time_of(take_until(text, "; "), record);
  while (!text.empty()) {
    std::string_view detail = take_until(text, "; ");
    if (!take_prefix(detail, "subxacts: ")) {
      continue;
    }
    while (!detail.empty()) {
      const std::optional<std::uint64_t> child = take_number(detail);
      if (!child) {
        refuse(record);
      }
      ending.subxacts.push_back(widened(static_cast<std::uint32_t>(*child), near));
      static_cast<void>(take_prefix(detail, " "));
    }
  }
  return ending;
}

void read_transaction(const WalRecord& record, Xid near, WalOracle& oracle) {
  std::string_view text = record.description;
  const std::string_view verb = take_until(text, " ");
  const bool prepared = verb.ends_with("_PREPARED");
  if (verb == "COMMIT" || verb == "COMMIT_PREPARED") {
    oracle.commits.push_back(ending_of<WalCommit>(record, text, prepared, near));
  } else if (verb == "ABORT" || verb == "ABORT_PREPARED") {
    oracle.aborts.push_back(ending_of<WalAbort>(record, text, prepared, near));
  } else if (verb == "PREPARE") {
    oracle.prepares.push_back({.xid = widened(record.xid, near), .lsn = record.lsn});
  }
}

}  // namespace

std::span<const WalCommit> WalOracle::commits_before(Lsn lsn) const {
  const auto end = std::partition_point(
      commits.begin(), commits.end(), [&](const WalCommit& commit) { return commit.lsn < lsn; });
  return {commits.begin(), end};
}

const WalRestorePoint* WalOracle::restore_point(std::string_view name) const {
  const auto found = std::find_if(restore_points.begin(), restore_points.end(),
      [&](const WalRestorePoint& point) { return point.name == name; });
  return found == restore_points.end() ? nullptr : &*found;
}

WalOracle wal_oracle_of(const Completed& dump, Xid near, std::uint64_t segment_bytes) {
  WalOracle oracle;
  const WalLines lines = for_each_record(dump.out, [&](const WalRecord& record) {
    if (record.manager == "Transaction") {
      read_transaction(record, near, oracle);
      return;
    }
    std::string_view text = record.description;
    if (record.manager == "XLOG" && take_prefix(text, "RESTORE_POINT ")) {
      oracle.restore_points.push_back({.name = std::string{text},
          .start = record.lsn,
          .end = end_of_record(record.lsn, record.total_bytes, segment_bytes)});
    }
  });
  oracle.strange_lines = lines.strange;
  oracle.reading = wal_reading_of(dump, lines.last, segment_bytes);
  return oracle;
}

}  // namespace pgrehearse
