#include "harness/incident/damage.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::int64_t page_bytes = 8192;
// Records begin at multiples of eight; the first of eight bytes is never what pads the one before.
constexpr std::int64_t in_no_padding = 104;
// Page 0 of a btree is its meta page, page 1 the first leaf that was made.
constexpr std::int64_t in_an_index_entry = 2 * page_bytes - 28;

constexpr std::string_view largest_table =
    "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname NOT LIKE "
    "'pg\\_%' AND n.nspname NOT IN ('information_schema', 'pgrehearse') "
    "AND EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) "
    "ORDER BY pg_catalog.pg_relation_size(c.oid) DESC, 1 LIMIT 1";

std::string file_of(std::string_view relation) {
  return fmt::format(
      "SELECT pg_catalog.current_database() || '.' || n.nspname || '.' || c.relname, "
      "pg_catalog.pg_relation_filepath(c.oid) FROM "
      "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid = ({}) AND pg_catalog.pg_relation_size(c.oid) > 0",
      relation);
}

std::string its_largest_index() {
  return fmt::format(
      "SELECT i.indexrelid FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = "
      "i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = x.relam WHERE a.amname = 'btree' AND "
      "i.indrelid = ({}) ORDER BY pg_catalog.pg_relation_size(i.indexrelid) DESC, 1 LIMIT 1",
      largest_table);
}

// Where the living row that is found first in page 0 has its last byte. The line pointers begin at
// byte 24 of a page, four bytes each: 15 bits of offset, 2 of flags, 15 of length (Postgres 15,
// "Database Page Layout").
std::int64_t last_byte_of_a_row(Session& session, const std::string& relation_name) {
  const std::string table =
      session.value(fmt::format("SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM "
                                "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
                                "c.relnamespace WHERE "
                                "pg_catalog.current_database() || '.' || n.nspname || '.' || "
                                "c.relname = {}",
          literal(relation_name)));
  const std::vector<Row> rows = session.exec(fmt::format(
      "SELECT l.b0 + (l.b1 & 127) * 256 + l.b2 / 2 + l.b3 * 128 - 1 FROM "
      "(SELECT pg_catalog.get_byte(p.page, p.at) AS b0, pg_catalog.get_byte(p.page, p.at + 1) AS "
      "b1, pg_catalog.get_byte(p.page, p.at + 2) AS b2, pg_catalog.get_byte(p.page, p.at + 3) AS "
      "b3 FROM (SELECT pg_catalog.pg_read_binary_file(pg_catalog.pg_relation_filepath({0}), 0, "
      "{1}) AS page, 24 + 4 * ((pg_catalog.split_part(pg_catalog.btrim(ctid::text, '()'), ',', "
      "2))::integer - 1) AS at FROM ONLY {2} WHERE ctid < '(1,0)' LIMIT 1) p) l",
      literal(table), page_bytes, table));
  if (rows.empty()) {
    throw Error{ErrorCode::query_failed,
        fmt::format("the first page of {} holds no living row", relation_name)};
  }
  return std::stoll(rows.front()[0].value());
}

void flip(Instance& instance, const std::string& file, std::int64_t offset) {
  exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "flip", file, fmt::format("{}", offset)}});
}

std::uint64_t bytes_of(Instance& instance, const std::string& file) {
  return std::stoull(exec_or_throw(instance, {.argv = {"stat", "--format=%s", "--", file}}).out);
}

}  // namespace

Damage flipped_heap_page() {
  return {.name = "heap-page",
      .title = "a bit flips in a page of the largest table",
      .victim = file_of(largest_table),
      .blow = Blow::flip_in_a_row};
}

Damage flipped_index_page() {
  return {.name = "index-page",
      .title = "a bit flips in a page of that table's largest index",
      .victim = file_of(its_largest_index()),
      .blow = Blow::flip_in_a_page};
}

Damage missing_relation_file() {
  return {.name = "missing-file",
      .title = "the file of the largest table is gone",
      .victim = file_of(largest_table)};
}

Damage lost_control_file() {
  return {.name = "control-file",
      .title = "pg_control is gone",
      .victim = "SELECT 'pg_control', 'global/pg_control'"};
}

Victim victim_of(Session& session, const Damage& damage) {
  const std::vector<Row> rows = session.exec(damage.victim);
  if (rows.empty()) {
    throw Error{ErrorCode::query_failed,
        fmt::format("there is nothing to damage for '{}'", damage.name),
        "The subject needs a table with a primary key and at least one row."};
  }
  Victim victim{rows.front()[0].value(), rows.front()[1].value(), in_an_index_entry};
  if (damage.blow == Blow::flip_in_a_row) {
    // Reading may tidy the page up; then the file gets it, and is what is read.
    static_cast<void>(last_byte_of_a_row(session, victim.relation));
    session.exec("CHECKPOINT");
    victim.offset = last_byte_of_a_row(session, victim.relation);
  }
  return victim;
}

void strike(const Cluster& cluster, const Damage& damage, const Victim& victim) {
  Instance& instance = cluster.instance();
  const std::string file = cluster.data_path() + "/" + victim.file;
  switch (damage.blow) {
    case Blow::flip_in_a_row:
    case Blow::flip_in_a_page:
      flip(instance, file, victim.offset);
      return;
    case Blow::remove:
      exec_or_throw(instance, {.argv = {"rm", "--", file}});
      return;
    case Blow::none:
      return;
  }
}

void flip_in_the_records(Instance& instance, const std::string& segment) {
  flip(instance, segment, page_bytes + in_no_padding);
}

void flip_in_the_middle(Instance& instance, const std::string& file) {
  flip(instance, file, bytes_of(instance, file) / 2);
}

void cut_in_half(Instance& instance, const std::string& file) {
  const std::string half = fmt::format("--size={}", bytes_of(instance, file) / 2);
  exec_or_throw(instance, {.argv = {"truncate", half, "--", file}});
}

std::string largest_file_of(Instance& instance, const std::string& folder) {
  const Completed found =
      exec_or_throw(instance, {.argv = {"find", folder, "-type", "f", "-printf", "%s %p\n"}});
  std::uint64_t most = 0;
  std::string largest;
  for (const std::string& line : lines_of(found.out)) {
    const std::string path = line.substr(line.find(' ') + 1);
    const std::uint64_t bytes = std::stoull(line);
    const bool left_out = path.find("backup.manifest") != std::string::npos ||
                          path.find("/pg_wal/") != std::string::npos;
    if (!left_out && (bytes > most || (bytes == most && path < largest))) {
      most = bytes;
      largest = path;
    }
  }
  return largest;
}

}  // namespace pgrehearse
