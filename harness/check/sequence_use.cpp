#include "harness/check/sequence_use.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/text.hpp"

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
SELECT format('SELECT %L, (SELECT last_value - %s FROM %I.%I)', format('%I.%I', n.nspname, c.relname), s.seqincrement, n.nspname, c.relname)
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE CASE WHEN (c.relpersistence = 'p' OR c.relpersistence = 'u' AND NOT pg_is_in_recovery()) AND has_sequence_privilege(c.oid, 'SELECT')
            THEN pg_sequence_last_value(s.seqrelid) IS NULL ELSE false END)sql";
constexpr std::size_t at_once = 200;

}  // namespace

std::map<std::string, std::string> positions_before_the_first_call(Session& session) {
  std::vector<std::string> questions;
  for (const Row& row : session.exec(uncalled)) {
    questions.push_back(*row[0]);
  }
  std::map<std::string, std::string> positions;
  for (std::size_t first = 0; first < questions.size(); first += at_once) {
    const std::span some = std::span{questions}.subspan(first);
    for (const Row& row :
        session.exec(joined(some.first(std::min(at_once, some.size())), " UNION ALL "))) {
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
