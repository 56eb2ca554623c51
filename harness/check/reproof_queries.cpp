#include "harness/check/reproof_queries.hpp"

namespace pgrehearse {
namespace {

// ONLY for what holds rows itself: a constraint that is inherited is one of each child as well.
constexpr std::string_view promises_sql = R"sql(
WITH rel AS (
  SELECT c.oid, c.relkind, c.relispartition, format('%I.%I', n.nspname, c.relname) AS name,
         CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || format('%I.%I', n.nspname, c.relname) AS source
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence IN ('p', 'u')
     AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
     AND (c.relkind <> 'm' OR c.relispopulated)),
keys AS (
  SELECT k.oid,
         string_agg(format('p.%I OPERATOR(%I.%s) f.%I%s', pa.attname, opn.nspname, op.oprname, fa.attname,
           CASE WHEN pa.attcollation <> fa.attcollation AND pa.attcollation <> 0
                THEN format(' COLLATE %I.%I', cn.nspname, co.collname) ELSE '' END), ' AND ' ORDER BY i) AS joined,
         string_agg(format('f.%I IS NOT NULL', fa.attname),
           CASE k.confmatchtype WHEN 'f' THEN ' OR ' ELSE ' AND ' END ORDER BY i) AS given,
         (array_agg(pa.attname ORDER BY i))[1] AS first
    FROM pg_constraint k CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) i
    JOIN pg_attribute fa ON fa.attrelid = k.conrelid AND fa.attnum = k.conkey[i]
    JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[i]
    JOIN pg_operator op ON op.oid = k.conpfeqop[i] JOIN pg_namespace opn ON opn.oid = op.oprnamespace
    LEFT JOIN pg_collation co ON co.oid = pa.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
   WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0
   GROUP BY k.oid, k.confmatchtype),
parts AS (
  SELECT x.indexrelid, x.indnullsnotdistinct,
         array_agg(pg_get_indexdef(x.indexrelid, i, true)
           || CASE x.indcollation[i - 1] WHEN 0 THEN '' ELSE format(' COLLATE %I.%I', cn.nspname, co.collname) END
           ORDER BY i) AS keys,
         bool_and(oc.opcdefault OR oc.opcname LIKE '%\_pattern\_ops') AS usual
    FROM pg_index x CROSS JOIN LATERAL generate_series(1, x.indnkeyatts) i
    JOIN pg_opclass oc ON oc.oid = x.indclass[i - 1]
    LEFT JOIN pg_collation co ON co.oid = x.indcollation[i - 1] LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
   WHERE x.indisunique AND x.indisvalid AND NOT x.indisexclusion
   GROUP BY x.indexrelid, x.indnullsnotdistinct)
SELECT f.name, format('rows break its foreign key %I', k.conname),
       format('SELECT EXISTS (SELECT FROM %s AS f LEFT JOIN %s AS p ON (%s) WHERE p.%I IS NULL AND (%s))',
         f.source, p.source, keys.joined, keys.first, keys.given)
  FROM keys JOIN pg_constraint k USING (oid) JOIN rel f ON f.oid = k.conrelid JOIN rel p ON p.oid = k.confrelid
UNION ALL
SELECT rel.name, format('rows break its check %I', k.conname),
       format('SELECT EXISTS (SELECT FROM %s WHERE NOT (%s))', rel.source, pg_get_expr(k.conbin, k.conrelid))
  FROM pg_constraint k JOIN rel ON rel.oid = k.conrelid
 WHERE k.contype = 'c' AND k.convalidated AND rel.relkind = 'r'
UNION ALL
SELECT rel.name, 'rows lack a value that they must have',
       format('SELECT EXISTS (SELECT FROM %s WHERE %s)', rel.source, string_agg(format('%I IS NULL', a.attname), ' OR '))
  FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid
 WHERE rel.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
 GROUP BY rel.name, rel.source
UNION ALL
SELECT rel.name, 'rows lie outside its bounds as a partition',
       format('SELECT EXISTS (SELECT FROM %s WHERE NOT (%s))', rel.source, pg_get_partition_constraintdef(rel.oid))
  FROM rel WHERE rel.relkind = 'r' AND rel.relispartition AND pg_get_partition_constraintdef(rel.oid) IS NOT NULL
UNION ALL
SELECT rel.name, format('rows are equal in its unique index %I', c.relname),
       format('SELECT EXISTS (SELECT FROM %s WHERE %s%s GROUP BY %s HAVING count(*) > 1)', rel.source,
         CASE WHEN x.indpred IS NULL THEN '' ELSE '(' || pg_get_expr(x.indpred, x.indrelid) || ') AND ' END,
         CASE WHEN parts.indnullsnotdistinct THEN 'true'
              ELSE (SELECT string_agg('(' || one || ') IS NOT NULL', ' AND ') FROM unnest(parts.keys) one) END,
         (SELECT string_agg('(' || one || ')', ', ') FROM unnest(parts.keys) one))
  FROM parts JOIN pg_index x USING (indexrelid) JOIN pg_class c ON c.oid = x.indexrelid JOIN rel ON rel.oid = x.indrelid
 WHERE parts.usual AND rel.relkind IN ('r', 'm')
 ORDER BY 1, 2)sql";

// format('%s') takes a type's own output, which is what every client is shown. bytea is read only:
// its text takes twice its room, and more than 1 GB is no text at all.
constexpr std::string_view printings_sql = R"sql(
SELECT format('%I.%I', n.nspname, c.relname),
       format('SELECT %s FROM ONLY %I.%I', string_agg(CASE
           WHEN a.atttypid = 'bytea'::regtype THEN format('sum(octet_length(%I)::numeric)', a.attname)
           WHEN t.typtype = 'd' AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid AND NOT k.convalidated)
             THEN format('sum(octet_length(format(''%%s'', %I::%s::%s))::numeric)', a.attname,
                    format_type(t.typbasetype, t.typtypmod), format_type(a.atttypid, NULL))
           ELSE format('sum(octet_length(format(''%%s'', %I))::numeric)', a.attname) END, ', ' ORDER BY a.attnum),
         n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relkind IN ('r', 'm') AND c.relpersistence IN ('p', 'u') AND a.attnum > 0 AND NOT a.attisdropped
   AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%' AND (c.relkind = 'r' OR c.relispopulated)
 GROUP BY n.nspname, c.relname ORDER BY 1)sql";

constexpr std::string_view counted_indexes_sql = R"sql(
SELECT format('%I.%I', n.nspname, i.relname), i.oid::text, quote_ident(i.relname), c.oid::text,
       format('SELECT count(*) FROM ONLY %I.%I%s', cn.nspname, c.relname,
         CASE WHEN x.indpred IS NULL THEN '' ELSE ' WHERE ' || pg_get_expr(x.indpred, x.indrelid) END)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace JOIN pg_namespace cn ON cn.oid = c.relnamespace
  JOIN pg_am am ON am.oid = i.relam
 WHERE x.indisvalid AND c.relkind IN ('r', 'm') AND c.relpersistence IN ('p', 'u') AND am.amname IN ('btree', 'gist', 'spgist')
   AND cn.nspname <> 'information_schema' AND cn.nspname NOT LIKE 'pg\_%' AND (c.relkind = 'r' OR c.relispopulated)
 ORDER BY 1)sql";

}  // namespace

std::string_view promises() {
  return promises_sql;
}

std::string_view printings() {
  return printings_sql;
}

std::string_view counted_indexes() {
  return counted_indexes_sql;
}

}  // namespace pgrehearse
