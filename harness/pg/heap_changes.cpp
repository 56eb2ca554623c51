#include "harness/pg/heap_changes.hpp"

#include <array>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/pg/wal_lines.hpp"

namespace pgrehearse {
namespace {

constexpr std::uint32_t default_tablespace = 1663;
constexpr std::uint32_t shared_tablespace = 1664;

struct BlockRef {
  RelationFile file;
  std::uint32_t block = 0;
};

[[noreturn]] void refuse(Lsn lsn) {
  throw Error{ErrorCode::bad_value,
      fmt::format("the change at {} is not printed as pg_waldump 15 prints it", lsn.text()),
      "Is pg_waldump of the source's major version?"};
}

std::uint32_t number_or_refuse(std::string_view& text, Lsn lsn) {
  const std::optional<std::uint64_t> number = take_number(text);
  if (!number) {
    refuse(lsn);
  }
  return static_cast<std::uint32_t>(*number);
}

void need(bool found, Lsn lsn) {
  if (!found) {
    refuse(lsn);
  }
}

// ", blkref #1: rel 1663/5/16384 blk 0", on the main fork.
std::optional<BlockRef> block_ref(std::string_view text, std::string_view mark, Lsn lsn) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(at + mark.size());
  BlockRef ref;
  ref.file.tablespace = number_or_refuse(text, lsn);
  need(take_prefix(text, "/"), lsn);
  ref.file.database = number_or_refuse(text, lsn);
  need(take_prefix(text, "/"), lsn);
  ref.file.file = number_or_refuse(text, lsn);
  need(take_prefix(text, " blk "), lsn);
  ref.block = number_or_refuse(text, lsn);
  return ref;
}

// "UPDATE off 46 xmax ...": the old row's comes right after the verb.
std::uint16_t first_offset(std::string_view text, Lsn lsn) {
  static_cast<void>(take_until(text, " "));
  need(take_prefix(text, "off "), lsn);
  return static_cast<std::uint16_t>(number_or_refuse(text, lsn));
}

std::uint16_t new_offset(std::string_view text, Lsn lsn) {
  constexpr std::string_view mark = "; new off ";
  const std::size_t at = text.find(mark);
  need(at != std::string_view::npos, lsn);
  text.remove_prefix(at + mark.size());
  return static_cast<std::uint16_t>(number_or_refuse(text, lsn));
}

// "base/5/16417", "global/1262" or "pg_tblspc/16432/PG_15_202209061/5/16433"; forks other than main
// ("16424_init") are nothing.
std::optional<RelationFile> file_at(std::string_view path, Lsn lsn) {
  RelationFile file{.tablespace = default_tablespace};
  if (take_prefix(path, "global/")) {
    file.tablespace = shared_tablespace;
  } else {
    if (take_prefix(path, "pg_tblspc/")) {
      file.tablespace = number_or_refuse(path, lsn);
      need(take_prefix(path, "/PG_"), lsn);
      static_cast<void>(take_until(path, "/"));
    } else {
      need(take_prefix(path, "base/"), lsn);
    }
    file.database = number_or_refuse(path, lsn);
    need(take_prefix(path, "/"), lsn);
  }
  file.file = number_or_refuse(path, lsn);
  return path.empty() ? std::optional{file} : std::nullopt;
}

struct Verb {
  std::string_view name;
  HeapChangeKind kind;
};
constexpr std::array<Verb, 8> verbs = {
    {{"INSERT", HeapChangeKind::inserted}, {"MULTI_INSERT", HeapChangeKind::multi_inserted},
        {"UPDATE", HeapChangeKind::updated}, {"HOT_UPDATE", HeapChangeKind::hot_updated},
        {"DELETE", HeapChangeKind::deleted}, {"LOCK", HeapChangeKind::locked},
        {"LOCK_UPDATED", HeapChangeKind::locked}, {"TRUNCATE", HeapChangeKind::truncated}}};

// "INSERT+INIT" is an INSERT into a fresh page. Pruning, visibility and the like are not changes.
std::optional<HeapChangeKind> kind_of(std::string_view verb) {
  const std::string_view plain = verb.substr(0, verb.find('+'));
  for (const Verb& known : verbs) {
    if (known.name == plain) {
      return known.kind;
    }
  }
  return std::nullopt;
}

class Collector {
 public:
  explicit Collector(const std::set<Xid>& xids) {
    for (const Xid xid : xids) {
      wanted_.emplace(static_cast<std::uint32_t>(xid), xid);
    }
  }

  void read(const WalRecord& record) {
    std::string_view text = record.description;
    const std::string_view verb = take_until(text, " ");
    const bool prepared = verb == "COMMIT_PREPARED";
    const std::optional<Xid> xid =
        wanted(prepared ? static_cast<std::uint32_t>(take_number(text).value_or(0)) : record.xid);
    if (!xid) {
      return;
    }
    const HeapChange begun{.xid = *xid, .lsn = record.lsn};
    if (record.manager == "Storage" && verb == "CREATE") {
      add_file(begun, HeapChangeKind::file_created, text);
    } else if (record.manager == "Storage" && verb == "TRUNCATE") {
      add_file(begun, HeapChangeKind::truncated, take_until(text, " "));
    } else if (record.manager == "Transaction" && (prepared || verb == "COMMIT")) {
      add_dropped(begun, text);
    } else if (record.manager == "Heap" || record.manager == "Heap2") {
      if (const std::optional<HeapChangeKind> kind = kind_of(verb)) {
        *kind == HeapChangeKind::truncated ? add_truncated(begun, text)
                                           : add_tuples(begun, *kind, record);
      }
    }
  }

  [[nodiscard]] std::vector<HeapChange> take() { return std::move(changes_); }

 private:
  [[nodiscard]] std::optional<Xid> wanted(std::uint32_t xid) const {
    const auto found = wanted_.find(xid);
    return found == wanted_.end() ? std::nullopt : std::optional{found->second};
  }

  void add_file(HeapChange change, HeapChangeKind kind, std::string_view path) {
    if (const std::optional<RelationFile> file = file_at(path, change.lsn)) {
      change.kind = kind;
      change.file = *file;
      changes_.push_back(change);
    }
  }

  void add_dropped(const HeapChange& begun, std::string_view text) {
    while (!text.empty()) {
      std::string_view detail = take_until(text, "; ");
      if (!take_prefix(detail, "rels: ")) {
        continue;
      }
      while (!detail.empty()) {
        add_file(begun, HeapChangeKind::file_dropped, take_until(detail, " "));
      }
    }
  }

  // "[cascade ][restart_seqs ]nrelids 2 relids 16438 16433"
  void add_truncated(HeapChange change, std::string_view text) {
    static_cast<void>(take_until(text, "relids "));  // of "nrelids"
    static_cast<void>(take_until(text, "relids "));
    change.kind = HeapChangeKind::truncated;
    while (!text.empty()) {
      change.table = number_or_refuse(text, change.lsn);
      static_cast<void>(take_prefix(text, " "));
      changes_.push_back(change);
    }
  }

  void add_tuples(HeapChange change, HeapChangeKind kind, const WalRecord& record) {
    const std::string_view text = record.description;
    const std::optional<BlockRef> first = block_ref(text, ", blkref #0: rel ", record.lsn);
    need(first.has_value(), record.lsn);
    change.kind = kind;
    change.file = first->file;
    change.block = first->block;
    if (kind == HeapChangeKind::multi_inserted) {
      std::string_view count = text;
      static_cast<void>(take_until(count, " "));
      change.tuples = number_or_refuse(count, record.lsn);
    } else if (kind == HeapChangeKind::inserted) {
      change.new_tuple = TupleAt{first->block, first_offset(text, record.lsn)};
    } else if (kind == HeapChangeKind::updated || kind == HeapChangeKind::hot_updated) {
      // Block 0 is the new row's; the old row's follows only when it is another one.
      const BlockRef old = block_ref(text, ", blkref #1: rel ", record.lsn).value_or(*first);
      change.old_tuple = TupleAt{old.block, first_offset(text, record.lsn)};
      change.new_tuple = TupleAt{first->block, new_offset(text, record.lsn)};
    } else {
      change.old_tuple = TupleAt{first->block, first_offset(text, record.lsn)};
    }
    changes_.push_back(change);
  }

  std::unordered_map<std::uint32_t, Xid> wanted_;
  std::vector<HeapChange> changes_;
};

}  // namespace

HeapChanges heap_changes_of(
    const Completed& dump, const std::set<Xid>& xids, std::uint64_t segment_bytes) {
  Collector collector{xids};
  const WalLines lines =
      for_each_record(dump.out, [&](const WalRecord& record) { collector.read(record); });
  return {.changes = collector.take(),
      .reading = wal_reading_of(dump, lines.last, segment_bytes),
      .strange_lines = lines.strange};
}

}  // namespace pgrehearse
