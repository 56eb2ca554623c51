#include "harness/project/sample_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view tables_query = R"sql(
SELECT c.oid::text, n.nspname || '.' || c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), n.nspname,
  EXISTS (SELECT FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conrelid <> c.oid),
  EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated <> '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relpersistence = 'p'
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'pgrehearse', 'sqitch')
  AND c.relname NOT IN ('schema_migrations', 'alembic_version', 'flyway_schema_history', '_prisma_migrations',
    '__diesel_schema_migrations', 'django_migrations', 'ar_internal_metadata')
  AND n.nspname ~ '^[A-Za-z_][A-Za-z0-9_]*$' AND c.relname ~ '^[A-Za-z_][A-Za-z0-9_]*$'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname)sql";

// Foreign keys of several columns: each column with all of its parent's key, for one order of rows.
constexpr std::string_view columns_query = R"sql(
SELECT a.attrelid::text, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), b.typname, b.typtype,
  b.typcategory = 'A',
  CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.typmod > 4 THEN m.typmod - 4
    WHEN b.typname = 'bytea' THEN coalesce((
      SELECT substring(pg_get_constraintdef(k.oid) FROM 'octet_length\(.*\) = ([0-9]+)')::integer FROM pg_constraint k
      WHERE k.contype = 'c' AND (k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey) OR k.contypid = a.atttypid)
        AND pg_get_constraintdef(k.oid) ~ 'octet_length\(.*\) = [0-9]+' ORDER BY k.conname LIMIT 1), 0)
    ELSE 0 END,
  CASE WHEN b.typname = 'numeric' AND m.typmod > 4 THEN ((m.typmod - 4) >> 16) - ((m.typmod - 4) & 65535) ELSE 0 END,
  a.attnotnull AND NOT (a.atthasdef OR a.attidentity <> ''), a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '',
  (SELECT substring(pg_get_constraintdef(k.oid) FROM '''(?:[^'']|'''')+''') FROM pg_constraint k
    WHERE k.contype = 'c' AND (k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey) OR k.contypid = a.atttypid)
      AND pg_get_constraintdef(k.oid) ~ '''' AND pg_get_constraintdef(k.oid) !~ '~' ORDER BY k.conname LIMIT 1),
  f.parent, f.parent_column, f.parent_order
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod) AS m
LEFT JOIN LATERAL (
  SELECT quote_ident(n.nspname) || '.' || quote_ident(p.relname) AS parent,
    (SELECT quote_ident(x.attname) FROM pg_attribute x WHERE x.attrelid = k.confrelid
      AND x.attnum = k.confkey[array_position(k.conkey, a.attnum)]) AS parent_column,
    (SELECT string_agg(quote_ident(x.attname), ', ' ORDER BY x.attnum) FROM pg_attribute x
      WHERE x.attrelid = k.confrelid AND x.attnum = ANY (k.confkey)) AS parent_order
  FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
  WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey)
  ORDER BY k.confrelid = k.conrelid, cardinality(k.conkey) DESC, k.conname LIMIT 1) AS f ON true
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum)sql";

bool yes(const std::optional<std::string>& value) {
  return value == "t";
}

int number(const std::optional<std::string>& value) {
  int found = 0;
  if (value) {
    std::from_chars(value->data(), value->data() + value->size(), found);
  }
  return found;
}

SampleColumn column_of(const Row& row) {
  return {.name = row.at(1).value_or(""),
      .type = row.at(2).value_or(""),
      .base = row.at(3).value_or(""),
      .kind = row.at(4).value_or("b").front(),
      .is_array = yes(row.at(5)),
      .length = number(row.at(6)),
      .digits = number(row.at(7)),
      .needed = yes(row.at(8)),
      .filled = yes(row.at(9)),
      .allowed = row.at(10).value_or(""),
      .parent = row.at(11).value_or(""),
      .parent_column = row.at(12).value_or(""),
      .parent_order = row.at(13).value_or("")};
}

bool one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string text_value(const SampleColumn& column) {
  if (column.length > 0 && column.length < 24) {
    return fmt::format(
        "left(md5('{}' || n), {})", column.name.front() == '"' ? "a" : column.name, column.length);
  }
  if (column.name.find("mail") != std::string::npos) {
    return "'person-' || n || '@example.invalid'";
  }
  if (column.name.find("url") != std::string::npos) {
    return "'https://example.invalid/' || n";
  }
  return "'sample ' || n";
}

std::string bytes_value(const SampleColumn& column) {
  constexpr int most_bytes = 64;  // of SHA-512
  return column.length > 0 && column.length <= most_bytes
             ? fmt::format("substring(sha512(n::text::bytea), 1, {})", column.length)
             : "decode(md5(n::text), 'hex')";
}

std::string number_value(const SampleColumn& column, bool cautious) {
  if (cautious) {
    return "1 + n % 3";
  }
  if (column.base == "int2") {
    return "n % 32000";
  }
  if (column.digits > 0 && column.digits < 10) {
    return fmt::format("n % {}", static_cast<std::int64_t>(std::pow(10, column.digits)));
  }
  return "n";
}

// Of another table's rows the n-th, counted round and round.
std::string parent_value(const SampleColumn& column) {
  return fmt::format(
      "(SELECT p.k FROM (SELECT {} AS k, row_number() OVER (ORDER BY {}) AS r, count(*) OVER () AS "
      "c "
      "FROM {}) AS p WHERE p.r = 1 + (n - 1) % p.c)",
      column.parent_column, column.parent_order, column.parent);
}

std::optional<std::string> value_for(const SampleColumn& column, Richness richness) {
  static const std::map<std::string_view, std::string_view> constants{{"json", "'{}'"},
      {"jsonb", "'{}'"}, {"bool", "n % 2 = 0"}, {"uuid", "md5('row ' || n)::uuid"},
      {"date", "date '2025-01-01' + (n % 3650)::integer"},
      {"timestamp", "timestamp '2025-01-01 00:00:00' + n % 8760 * interval '1 hour'"},
      {"timestamptz", "timestamptz '2025-01-01 00:00:00+00' + n % 8760 * interval '1 hour'"},
      {"time", "time '08:00' + n % 600 * interval '1 minute'"}, {"interval", "interval '1 hour'"},
      {"inet", "'192.0.2.1'"}, {"cidr", "'192.0.2.0/24'"}, {"tsvector", "''"},
      {"point", "point(0, 0)"}, {"money", "n::money"}, {"float4", "n"}, {"float8", "n"},
      {"hstore", "''"}, {"xml", "'<x/>'"}, {"macaddr", "'08:00:2b:01:02:03'"}};
  if (!column.parent.empty()) {
    return parent_value(column);
  }
  if (!column.allowed.empty()) {
    return column.allowed;
  }
  if (column.kind == 'e') {
    return fmt::format("enum_first(NULL::{})", column.type);
  }
  if (column.is_array) {
    return "'{}'";
  }
  if (column.kind == 'r') {
    return "'empty'";
  }
  if (one_of(column.base, {"text", "varchar", "bpchar", "citext", "name"})) {
    return text_value(column);
  }
  if (one_of(column.base, {"int2", "int4", "int8", "numeric"})) {
    return number_value(column, richness == Richness::cautious);
  }
  if (column.base == "bytea") {
    return bytes_value(column);
  }
  const auto known = constants.find(column.base);
  return known == constants.end() ? std::nullopt : std::optional{std::string{known->second}};
}

}  // namespace

std::vector<SampleTable> tables_of(Session& session) {
  std::map<std::string, std::vector<SampleColumn>> columns;
  for (const Row& row : session.exec(columns_query)) {
    columns[row.at(0).value_or("")].push_back(column_of(row));
  }
  std::vector<SampleTable> tables;
  for (const Row& row : session.exec(tables_query)) {
    tables.push_back({.name = row.at(1).value_or(""),
        .sql = row.at(2).value_or(""),
        .schema = row.at(3).value_or(""),
        .columns = columns[row.at(0).value_or("")],
        .referenced = yes(row.at(4)),
        .has_triggers = yes(row.at(5)),
        .has_generated = yes(row.at(6))});
  }
  return tables;
}

std::optional<std::string> insert_into(
    const SampleTable& table, const std::string& rows, Richness richness) {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const SampleColumn& column : table.columns) {
    const bool its_own_parent = column.parent == table.sql;
    const bool wanted =
        column.needed || (richness == Richness::all && !column.filled && !its_own_parent);
    if (!wanted) {
      continue;
    }
    const std::optional<std::string> value = value_for(column, richness);
    if (value) {
      names.push_back(column.name);
      // An expression has its own type; a literal takes the column's.
      const bool literal_only = value->starts_with('\'') && value->find("||") == std::string::npos;
      values.push_back(literal_only || !column.parent.empty()
                           ? *value
                           : fmt::format("({})::{}", *value, column.type));
    } else if (column.needed) {
      return std::nullopt;
    }
  }
  if (names.empty()) {  // everything is filled by itself: name one column, and take its default
    return fmt::format("INSERT INTO {} DEFAULT VALUES", table.sql);
  }
  return fmt::format("INSERT INTO {} ({})\nSELECT {}\nFROM {}", table.sql, joined(names, ", "),
      joined(values, ",\n  "), rows);
}

}  // namespace pgrehearse
