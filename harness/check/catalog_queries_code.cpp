// What runs: functions, event triggers, languages, extensions.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_code[] = {
    {FactKind::schema, "function", R"sql(
      SELECT p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE p.oid >= 16384 AND p.prokind IN ('f', 'w') AND n.nspname !~ '^pg_temp' AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "procedure", R"sql(
      SELECT p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE p.oid >= 16384 AND p.prokind = 'p' AND n.nspname !~ '^pg_temp' AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "aggregate", R"sql(
      SELECT p.oid::regprocedure::text, md5(ROW(p.prorettype::regtype, p.provolatile, p.proparallel, pg_get_function_arguments(p.oid),
             a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
             a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify,
             a.aggmfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.aggtransspace, a.aggmtranstype::regtype,
             a.aggmtransspace, coalesce(a.agginitval, '(none)'), coalesce(a.aggminitval, '(none)'))::text)
        FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
       WHERE p.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "event trigger", R"sql(
      SELECT quote_ident(evtname), ROW(evtevent, evtenabled, evtfoid::regprocedure, evttags, pg_get_userbyid(evtowner))::text
        FROM pg_event_trigger)sql"},
    {FactKind::schema, "language", R"sql(
      SELECT quote_ident(lanname), ROW(lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc)::text
        FROM pg_language)sql"},
    {FactKind::schema, "transform", R"sql(
      SELECT format('for %s language %I', t.trftype::regtype, l.lanname), ROW(t.trffromsql::regprocedure, t.trftosql::regprocedure)::text
        FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
       WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "access method", R"sql(
      SELECT quote_ident(amname), ROW(amtype, amhandler)::text FROM pg_am a
       WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = a.tableoid AND d.objid = a.oid AND d.deptype = 'e'))sql"},
    {FactKind::extensions, "extension", R"sql(
      SELECT quote_ident(extname), ROW(extversion, extnamespace::regnamespace, extrelocatable,
             (SELECT string_agg(x.rel::regclass::text, ',' ORDER BY x.rel::regclass::text) FROM unnest(extconfig) x (rel)))::text
        FROM pg_extension)sql"},
    // A member that the user changed, dropped out or added is named by its extension only. No
    // dependency is kept on the bootstrap superuser, 10; casts and the like belong to nobody.
    {FactKind::extensions, "members of", R"sql(
      SELECT quote_ident(e.extname), ROW(count(*), coalesce(sum(hashtextextended(ROW(CASE WHEN p.oid IS NULL THEN d.classid::regclass::text
             ELSE ROW(p.proname, p.prosrc, p.probin, p.prosecdef, p.proleakproof, p.proisstrict, p.provolatile, p.proparallel,
                            p.proconfig, p.procost, p.prorows)::text END,
             CASE WHEN d.classid::regclass::text NOT IN ('pg_cast', 'pg_am', 'pg_transform', 'pg_ts_parser', 'pg_ts_template') THEN
               pg_get_userbyid(coalesce((SELECT o.refobjid FROM pg_shdepend o
                 WHERE o.dbid = b.oid AND o.classid = d.classid AND o.objid = d.objid AND o.deptype = 'o'), 10::oid)) END,
             (SELECT sum(hashtextextended(ROW(c.objsubid, c.description)::text, 0)) FROM pg_description c
               WHERE c.classoid = d.classid AND c.objoid = d.objid))::text, 0)), 0))::text
        FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
        JOIN pg_database b ON b.datname = current_database()
        LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
       GROUP BY 1)sql"},
    {FactKind::schema, "comment on", R"sql(
      SELECT concat_ws(' ', i.type, i.identity), md5(d.description)
        FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
       WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
         AND NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = d.classoid AND m.objid = d.objoid AND m.deptype = 'e'))sql"},
    {FactKind::schema, "comments on", R"sql(
      SELECT 'built-in objects', count(*) || '|' || coalesce(sum(hashtextextended(ROW(classoid, objoid, objsubid, description)::text, 0)), 0)
        FROM pg_description WHERE objoid < 16384 AND classoid <> 'pg_namespace'::regclass)sql"},
    {FactKind::schema, "security label of", R"sql(
      SELECT concat_ws(' ', quote_ident(s.provider), 'on', i.type, i.identity), md5(s.label)
        FROM pg_seclabel s, LATERAL pg_identify_object(s.classoid, s.objoid, s.objsubid) i)sql"},
};

}  // namespace

std::span<const CatalogQuery> code_queries() {
  return in_code;
}

}  // namespace pgrehearse
