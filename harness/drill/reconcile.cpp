#include "harness/drill/reconcile.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/content_digest.hpp"

namespace pgrehearse {
namespace {

std::uint64_t number_in(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

struct Snapshot {
  std::uint64_t xmin = 0;
  std::uint64_t xmax = 0;
  std::vector<std::uint64_t> in_progress = {};

  explicit Snapshot(const std::string& text) {
    const std::vector<std::string> parts = split(text, ':');
    xmin = number_in(parts.at(0));
    xmax = number_in(parts.at(1));
    for (const std::string& xid : split(parts.at(2), ',')) {
      in_progress.push_back(number_in(xid));
    }
  }
  [[nodiscard]] bool sees(Xid committed) const {
    const auto xid = static_cast<std::uint64_t>(committed);
    return xid < xmin || (xid < xmax && std::find(in_progress.begin(), in_progress.end(), xid) ==
                                            in_progress.end());
  }
};

std::int64_t rows_added(const HeapChange& change) {
  switch (change.kind) {
    case HeapChangeKind::inserted:
      return 1;
    case HeapChangeKind::multi_inserted:
      return change.tuples;
    case HeapChangeKind::deleted:
      return -1;
    default:
      return 0;
  }
}

bool is_told_by_row(HeapChangeKind kind) {
  return kind != HeapChangeKind::truncated && kind != HeapChangeKind::file_created &&
         kind != HeapChangeKind::file_dropped;
}

// Both parts of two sums, added or subtracted in the server: they may outgrow 64 bits.
std::string combined(
    Session& session, const std::string& left, const std::string& right, char sign) {
  const std::vector<std::string> one = split(left, '/');
  const std::vector<std::string> other = split(right, '/');
  return session.value(fmt::format(
      "SELECT ({0}::numeric {4} {1}::numeric) || '/' || ({2}::numeric {4} {3}::numeric)",
      literal(one.at(0)), literal(other.at(0)), literal(one.at(1)), literal(other.at(1)), sign));
}

Fact* find(Facts& facts, FactKind kind, const std::string& name) {
  const auto found = std::find_if(facts.begin(), facts.end(),
      [&](const Fact& fact) { return fact.kind == kind && fact.name == name; });
  return found == facts.end() ? nullptr : &*found;
}

// Counts always move by what was added; digests are added, or taken away with replaced rows.
Facts moved(Session& arithmetic, Facts facts, const Movement& movement, char digests) {
  for (const MovedTable& table : movement.tables) {
    if (Fact* rows = find(facts, FactKind::rows, table.fact)) {
      rows->value =
          fmt::format("{}", static_cast<std::int64_t>(number_in(rows->value)) + table.added);
    }
    if (Fact* content = find(facts, FactKind::content, table.fact)) {
      content->value = combined(arithmetic, content->value, table.digests, digests);
    }
  }
  return facts;
}

}  // namespace

TableSums table_sums(Session& session, const std::string& relation, const std::string& condition) {
  const Row row = session
                      .exec(sums_query(row_hash_of(session, relation),
                          {.from = "ONLY " + relation, .where = condition}))
                      .front();
  return {.rows = static_cast<std::int64_t>(number_in(row[0].value())), .digests = row[1].value()};
}

std::map<std::uint32_t, TableName> tables_by_file(Session& session, const std::string& database) {
  std::map<std::uint32_t, TableName> tables;
  for (const Row& row :
      session.exec("SELECT pg_relation_filenode(c.oid), n.nspname, c.relname FROM pg_class c JOIN "
                   "pg_namespace n ON n.oid = c.relnamespace "
                   "WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND n.nspname NOT "
                   "LIKE 'pg\\_%' AND n.nspname <> 'information_schema'")) {
    tables[static_cast<std::uint32_t>(number_in(*row[0]))] = {
        fmt::format("{}: table {}.{}", database, *row[1], *row[2]),
        fmt::format("{}.{}", identifier(*row[1]), identifier(*row[2]))};
  }
  return tables;
}

std::vector<WalCommit> unseen_commits(
    const WalOracle& oracle, Lsn end, const std::string& snapshot) {
  const Snapshot seen{snapshot};
  std::vector<WalCommit> unseen;
  for (const WalCommit& commit : oracle.commits_before(end)) {
    if (!seen.sees(commit.xid)) {
      unseen.push_back(commit);
    }
  }
  return unseen;
}

Movement movement_of(Session& session, const std::string& database,
    const std::vector<WalCommit>& unseen, const HeapChanges& changes) {
  Movement movement;
  for (const WalCommit& commit : unseen) {
    movement.transactions.push_back(commit.xid);
    movement.row_writers.push_back(commit.xid);
    movement.row_writers.insert(
        movement.row_writers.end(), commit.subxacts.begin(), commit.subxacts.end());
  }
  const std::map<std::uint32_t, TableName> names = tables_by_file(session, database);
  std::map<std::uint32_t, MovedTable> moved;
  std::map<std::uint32_t, std::vector<std::string>> replaced;
  for (const HeapChange& change : changes.changes) {
    const auto name = names.find(change.file.file);
    if (name == names.end()) {
      continue;  // a catalog or a toast table: their content is seen through the rows and
                 // definitions
    }
    if (!is_told_by_row(change.kind)) {
      movement.untold.push_back(name->second.fact);
      continue;
    }
    MovedTable& table = moved[change.file.file];
    table.fact = name->second.fact;
    table.from = name->second.from;
    table.added += rows_added(change);
    if (change.old_tuple && change.kind != HeapChangeKind::locked) {
      replaced[change.file.file].push_back(
          fmt::format("'({},{})'::tid", change.old_tuple->block, change.old_tuple->offset));
    }
  }
  for (auto& [file, table] : moved) {
    table.digests = replaced[file].empty()
                        ? "0/0"
                        : table_sums(session, table.from,
                              fmt::format("t.ctid IN ({})", joined(replaced[file], ",")))
                              .digests;
    movement.tables.push_back(table);
  }
  return movement;
}

Facts with_rows(Session& arithmetic, Facts facts, const Movement& movement) {
  return moved(arithmetic, std::move(facts), movement, '+');
}

Facts without_replaced_rows(Session& arithmetic, Facts baseline, const Movement& movement) {
  return moved(arithmetic, std::move(baseline), movement, '-');
}

Facts without_new_rows(Session& session, Facts observed, const Movement& movement) {
  std::string writers;
  for (const Xid xid : movement.row_writers) {
    writers += fmt::format("{}'{}'", writers.empty() ? "" : ",",
        static_cast<std::uint32_t>(static_cast<std::uint64_t>(xid)));
  }
  session.exec(fixed_reading_settings());
  for (const MovedTable& table : movement.tables) {
    if (Fact* content = find(observed, FactKind::content, table.fact)) {
      content->value = combined(session, content->value,
          table_sums(session, table.from, fmt::format("t.xmin::text IN ({})", writers)).digests,
          '-');
    }
  }
  return observed;
}

}  // namespace pgrehearse
