#include "harness/check/sequence_use.hpp"

#include <string_view>

namespace pgrehearse {
namespace {

// ONLY for what holds rows itself: a child's column has a default of its own.
constexpr std::string_view questions = R"sql(
WITH used AS (
  SELECT d.refobjid AS sequence, f.adrelid AS relation, f.adnum AS number
    FROM pg_attrdef f JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
   WHERE d.refclassid = 'pg_class'::regclass
   UNION
  SELECT d.objid, d.refobjid, d.refobjsubid
    FROM pg_depend d
   WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
SELECT format('%I.%I', sn.nspname, sc.relname),
       format('SELECT coalesce((SELECT %s(%I)::int8 FROM %s%I.%I) %s (SELECT last_value - CASE WHEN is_called THEN 0 ELSE %s END FROM %I.%I), false)',
         CASE WHEN s.seqincrement < 0 THEN 'min' ELSE 'max' END, a.attname,
         CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, n.nspname, c.relname,
         CASE WHEN s.seqincrement < 0 THEN '<' ELSE '>' END, s.seqincrement, sn.nspname, sc.relname)
  FROM used JOIN pg_sequence s ON s.seqrelid = used.sequence
  JOIN pg_class sc ON sc.oid = s.seqrelid JOIN pg_namespace sn ON sn.oid = sc.relnamespace
  JOIN pg_class c ON c.oid = used.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = used.relation AND a.attnum = used.number
 WHERE NOT s.seqcycle AND sc.relpersistence = 'p' AND c.relkind IN ('r', 'p') AND c.relpersistence IN ('p', 'u')
   AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype))sql";

// pg_sequence_last_value() knows a sequence only once it has been called: where the first call will
// begin, a RESTART or setval(..., false) may have said otherwise than its definition.
constexpr std::string_view uncalled = R"sql(
SELECT string_agg(format('SELECT %L, (SELECT last_value - %s FROM %I.%I)', format('%I.%I', n.nspname, c.relname), s.seqincrement, n.nspname, c.relname), ' UNION ALL ')
  FROM (SELECT *, row_number() OVER () AS number FROM pg_sequence) s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE CASE WHEN (c.relpersistence = 'p' OR c.relpersistence = 'u' AND NOT pg_is_in_recovery()) AND has_sequence_privilege(c.oid, 'SELECT')
            THEN pg_sequence_last_value(s.seqrelid) IS NULL ELSE false END
 GROUP BY number / 200)sql";

}  // namespace

std::map<std::string, std::string> positions_before_the_first_call(Session& session) {
  std::map<std::string, std::string> positions;
  for (const Row& question : session.exec(uncalled)) {
    for (const Row& row : session.exec(*question[0])) {
      positions.emplace(*row[0], *row[1]);
    }
  }
  return positions;
}

std::set<std::string> sequences_behind_their_columns(Session& session) {
  std::set<std::string> behind;
  for (const Row& question : session.exec(questions)) {
    if (!behind.contains(*question[0]) && session.value(*question[1]) == "t") {
      behind.insert(*question[0]);
    }
  }
  return behind;
}

}  // namespace pgrehearse
