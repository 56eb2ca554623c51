// Relations: what they are made of, and what hangs on them.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_relations[] = {
    {FactKind::sequences, "sequence", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_sequence_last_value(c.oid), s.seqstart - s.seqincrement)
             || CASE WHEN s.seqincrement < 0 THEN ' -' ELSE ' +' END
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relpersistence = 'p')sql"},
    {FactKind::sequences, "unlogged sequence", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_sequence_last_value(c.oid), s.seqstart - s.seqincrement)
             || CASE WHEN s.seqincrement < 0 THEN ' -' ELSE ' +' END
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relpersistence = 'u')sql"},
    {FactKind::schema, "sequence", R"sql(
      SELECT s.seqrelid::regclass::text, ROW(s.seqtypid::regtype, s.seqstart, s.seqmin, s.seqmax, s.seqincrement,
             s.seqcycle, s.seqcache, (SELECT format('%s.%I', d.refobjid::regclass, a.attname) FROM pg_depend d
                JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
               WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.refclassid = 'pg_class'::regclass
                 AND d.deptype IN ('a', 'i')))::text
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE c.relpersistence <> 't')sql"},
    {FactKind::schema, "schema", R"sql(
      SELECT quote_ident(nspname), 'present' FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)')sql"},
    {FactKind::schema, "relation", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname),
             ROW(c.relkind, c.relpersistence, c.relispartition, c.relreplident, (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(c.reloptions) o),
                       (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(t.reloptions) o), am.amname, s.spcname, nullif(c.reloftype, 0)::regtype,
                       md5(pg_get_expr(c.relpartbound, c.oid)), md5(pg_get_partkeydef(c.oid)),
                       (SELECT string_agg(i.inhparent::regclass || CASE WHEN i.inhdetachpending THEN ' detaching' ELSE '' END,
                                          ',' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
                       (SELECT md5(string_agg(a.attname, ',' ORDER BY a.attnum)) FROM pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
        LEFT JOIN pg_class t ON t.oid = c.reltoastrelid LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
       WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND n.nspname !~ '^pg_(toast|temp)')sql"},
    // Since 15.20 the server stamps columns with pg_attver, anew whenever a table is made; pg_dump
    // leaves it out.
    {FactKind::schema, "column", R"sql(
      SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname),
             ROW(format_type(a.atttypid, a.atttypmod), a.attnotnull, nullif(a.attidentity, ''), nullif(a.attgenerated, ''),
                 CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END,
                 CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, nullif(a.attcompression, ''),
                 nullif(a.attstattarget, -1),
                 (SELECT string_agg(o, ',' ORDER BY o) FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_attver=%'), (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(a.attfdwoptions) o),
                 CASE WHEN NOT a.attislocal THEN 'inherited' END, nullif(a.attinhcount, 0), md5(pg_get_expr(d.adbin, d.adrelid)))::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND n.nspname !~ '^pg_(toast|temp)')sql"},
    {FactKind::schema, "view", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname), md5(pg_get_viewdef(c.oid))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm') AND n.nspname !~ '^pg_temp')sql"},
    {FactKind::schema, "materialized view", R"sql(
      SELECT c.oid::regclass::text, CASE WHEN c.relispopulated THEN 'populated' ELSE 'not populated' END
        FROM pg_class c WHERE c.relkind = 'm')sql"},
    {FactKind::schema, "constraint", R"sql(
      SELECT format('%s on %s', quote_ident(conname),
                    CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END),
             ROW(contype, convalidated, condeferrable, condeferred, conislocal, coninhcount,
                       CASE WHEN contype = 'c' THEN connoinherit END, md5(pg_get_constraintdef(k.oid)))::text
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
       WHERE k.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)')sql"},
    {FactKind::schema, "index", R"sql(
      SELECT i.indexrelid::regclass::text,
             ROW(indisvalid, indisready, indislive, indisunique, indisprimary, indisclustered, indisreplident, s.spcname,
                       (SELECT h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = i.indexrelid),
                       (SELECT string_agg(a.attnum || '=' || a.attstattarget, ',' ORDER BY a.attnum) FROM pg_attribute a
                         WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0),
                       md5(pg_get_indexdef(i.indexrelid)))::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
       WHERE c.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp)')sql"},
    {FactKind::schema, "trigger", R"sql(
      SELECT format('%I on %s', t.tgname, t.tgrelid::regclass), ROW(tgenabled, md5(pg_get_triggerdef(t.oid)))::text
        FROM pg_trigger t WHERE NOT tgisinternal)sql"},
    {FactKind::schema, "constraint triggers of", R"sql(
      SELECT tgrelid::regclass::text, string_agg(tgenabled::text || tgtype, ',' ORDER BY
                 k.conrelid::regclass::text, k.conname, tgtype, tgfoid::regproc::text)
        FROM pg_trigger t LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE tgisinternal GROUP BY 1)sql"},
    {FactKind::schema, "rule", R"sql(
      SELECT format('%I on %s', r.rulename, r.ev_class::regclass), ROW(ev_enabled, md5(pg_get_ruledef(r.oid)))::text
        FROM pg_rewrite r WHERE r.oid >= 16384 AND r.rulename <> '_RETURN')sql"},
    {FactKind::schema, "statistics", R"sql(
      SELECT format('%I.%I', n.nspname, s.stxname), ROW(s.stxstattarget, md5(pg_get_statisticsobjdef(s.oid)))::text
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace)sql"},
    // More than a thousand large objects are told in groups of neighbours: their facts must fit in
    // memory.
    {FactKind::rows, "large object", R"sql(
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             ROW(count(*), sum(coalesce((
               SELECT l.pageno::bigint * current_setting('block_size')::int / 4 + length(l.data) FROM pg_largeobject l
                WHERE l.loid = m.oid ORDER BY l.pageno DESC LIMIT 1), 0)))::text
        FROM pg_largeobject_metadata m,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1)sql"},
    {FactKind::content, "large object", R"sql(
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             coalesce(sum(hashtextextended(l.loid || '/' || l.pageno || '/' || encode(rtrim(l.data, '\000'::bytea), 'hex'), 0)), 0)::text
        FROM pg_largeobject_metadata m LEFT JOIN pg_largeobject l ON l.loid = m.oid AND length(rtrim(l.data, '\000'::bytea)) > 0,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1)sql"},
};

}  // namespace

std::span<const CatalogQuery> relation_queries() {
  return in_relations;
}

}  // namespace pgrehearse
