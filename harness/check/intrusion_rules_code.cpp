// What an intruder may leave in a database that runs by itself, or in place of something else.
#include "harness/check/intrusion_rules.hpp"

namespace pgrehearse {
namespace {

constexpr auto database = RuleScope::database;
constexpr auto both = RuleSides::both;
constexpr auto always = RulePhase::always;

// Objects of initdb have oids below 16384 (FirstNormalObjectId), all others have higher ones.
constexpr IntrusionRule rules[] = {
    {"F01", "function that runs with its owner's rights", database, both, always, R"sql(
      SELECT pg_describe_object('pg_proc'::regclass, oid, 0), ROW(proowner::regrole, array_to_string(proconfig, ','))::text
        FROM pg_proc WHERE prosecdef)sql"},
    {"F02", "function made of machine code", database, both, always, R"sql(
      SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0), ROW(lanname, probin, prosrc,
             (SELECT refobjid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') IS NULL)::text
        FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE p.oid >= 16384 AND lanname IN ('c', 'internal'))sql"},
    {"F03", "language", database, both, always, R"sql(
      SELECT quote_ident(lanname), ROW(lanpltrusted, lanowner::regrole, lanplcallfoid::regproc, laninline::regproc,
             lanvalidator::regproc)::text FROM pg_language)sql"},
    {"F04", "function", database, both, always, R"sql(
      SELECT pg_describe_object('pg_proc'::regclass, oid, 0)
             || CASE WHEN concat(prosrc, pg_get_function_sqlbody(oid)) ~*
               '\mprogram\M|pg_(read|write|ls|stat)_\w*(file|dir)|\mlo_(im|ex)port|dblink|(alter|create)\s+(role|user)|\mhttp'
                THEN ' (names programs, files, roles or other servers)' ELSE '' END,
             ROW((SELECT lanname FROM pg_language l WHERE l.oid = prolang), prokind, provolatile, proisstrict, proleakproof,
                       prosupport, array_to_string(proconfig, ','), pg_get_function_arguments(oid), pg_get_function_result(oid),
                       probin, prosrc, pg_get_function_sqlbody(oid))::text
        FROM pg_proc WHERE oid >= 16384)sql"},
    {"F05", "thing that shadows the system's own", database, both, always, R"sql(
      SELECT pg_describe_object('pg_proc'::regclass, p.oid, 0), '' FROM pg_proc p WHERE oid >= 16384 AND EXISTS (
        SELECT FROM pg_proc b WHERE b.oid < 16384 AND b.pronamespace = 'pg_catalog'::regnamespace AND b.proname = p.proname)
       UNION ALL
      SELECT pg_describe_object('pg_operator'::regclass, o.oid, 0), o.oprcode::text FROM pg_operator o WHERE oid >= 16384 AND EXISTS (
        SELECT FROM pg_operator b WHERE b.oid < 16384 AND b.oprname = o.oprname)
       UNION ALL
      SELECT pg_describe_object('pg_class'::regclass, c.oid, 0), '' FROM pg_class c WHERE oid >= 16384 AND EXISTS (
        SELECT FROM pg_class b WHERE b.oid < 16384 AND b.relnamespace = 'pg_catalog'::regnamespace AND b.relname = c.relname)
       UNION ALL
      SELECT pg_describe_object('pg_cast'::regclass, oid, 0), ROW(castfunc::regproc, castcontext, castmethod)::text
        FROM pg_cast WHERE oid >= 16384)sql"},
    {"F06", "thing among the system's own", database, both, always, R"sql(
      SELECT pg_describe_object(class, object, 0), '' FROM (
        SELECT 'pg_class'::regclass, oid, relnamespace FROM pg_class UNION ALL
        SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc UNION ALL
        SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type UNION ALL
        SELECT 'pg_operator'::regclass, oid, oprnamespace FROM pg_operator UNION ALL
        SELECT 'pg_opclass'::regclass, oid, opcnamespace FROM pg_opclass UNION ALL
        SELECT 'pg_collation'::regclass, oid, collnamespace FROM pg_collation UNION ALL
        SELECT 'pg_conversion'::regclass, oid, connamespace FROM pg_conversion UNION ALL
        SELECT 'pg_ts_config'::regclass, oid, cfgnamespace FROM pg_ts_config) AS made (class, object, schema)
       WHERE object >= 16384::oid AND (schema = 'pg_catalog'::regnamespace::oid OR schema = 'information_schema'::regnamespace::oid))sql"},
    {"F07", "collation, conversion, text search part, type, access method or transform", database,
        both, always, R"sql(
      SELECT pg_describe_object('pg_collation'::regclass, oid, 0), ROW(collprovider, collcollate, colliculocale,
             collisdeterministic)::text FROM pg_collation WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_conversion'::regclass, oid, 0), ROW(conproc, condefault)::text
        FROM pg_conversion WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_ts_template'::regclass, oid, 0), ROW(tmplinit, tmpllexize)::text
        FROM pg_ts_template WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_ts_parser'::regclass, oid, 0), ROW(prsstart, prstoken, prsend, prsheadline, prslextype)::text
        FROM pg_ts_parser WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_ts_dict'::regclass, oid, 0), dictinitoption FROM pg_ts_dict WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_type'::regclass, oid, 0), ROW(typinput, typoutput, typreceive, typsend, typmodin,
             typmodout, typanalyze, typsubscript)::text FROM pg_type WHERE oid >= 16384 AND typtype IN ('b', 'd', 'r') AND typinput <> 'array_in'::regproc UNION ALL
      SELECT pg_describe_object('pg_type'::regclass, rngtypid, 0) || ' as a range', ROW(rngcanonical, rngsubdiff)::text
        FROM pg_range WHERE rngtypid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_am'::regclass, oid, 0), amhandler::text FROM pg_am WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_amproc'::regclass, oid, 0), amproc::text FROM pg_amproc WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_transform'::regclass, oid, 0), ROW(trffromsql, trftosql)::text
        FROM pg_transform WHERE oid >= 16384 UNION ALL
      SELECT pg_describe_object('pg_proc'::regclass, aggfnoid, 0), ROW(aggtransfn, aggfinalfn, aggcombinefn, aggserialfn,
             aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn)::text FROM pg_aggregate WHERE aggfnoid >= 16384)sql"},
    // What VACUUM, REINDEX and the like rewrite in pg_class is left out; all else never changes.
    // There are thousands of these rows: their names are put together from what is in them.
    {"F08", "row that initdb made", database, both, always, R"sql(
      SELECT format('function %I (%s)', proname, oid), format('%s', r) FROM pg_proc r WHERE oid < 16384 UNION ALL
      SELECT format('aggregate (%s)', aggfnoid::oid), format('%s', r) FROM pg_aggregate r WHERE aggfnoid < 16384 UNION ALL
      SELECT format('operator %s (%s)', oprname, oid), format('%s', r) FROM pg_operator r WHERE oid < 16384 UNION ALL
      SELECT format('type %I (%s)', typname, oid), format('%s', r) FROM pg_type r WHERE oid < 16384 UNION ALL
      SELECT format('operator class %I (%s)', opcname, oid), format('%s', r) FROM pg_opclass r WHERE oid < 16384 UNION ALL
      SELECT format('support function (%s)', oid), format('%s', r) FROM pg_amproc r WHERE oid < 16384 UNION ALL
      SELECT format('conversion %I (%s)', conname, oid), format('%s', r) FROM pg_conversion r WHERE oid < 16384 UNION ALL
      SELECT pg_describe_object('pg_cast'::regclass, oid, 0), format('%s', r) FROM pg_cast r WHERE oid < 16384 UNION ALL
      SELECT pg_describe_object('pg_language'::regclass, oid, 0), format('%s', r) FROM pg_language r WHERE oid < 16384 UNION ALL
      SELECT pg_describe_object('pg_rewrite'::regclass, oid, 0), format('%s', r) FROM pg_rewrite r WHERE oid < 16384 UNION ALL
      SELECT pg_describe_object('pg_am'::regclass, oid, 0), format('%s', r) FROM pg_am r WHERE oid < 16384 UNION ALL
      SELECT format('relation %I (%s)', relname, oid), (to_jsonb(r) - ARRAY['relfilenode', 'relpages', 'reltuples',
             'relallvisible', 'relfrozenxid', 'relminmxid', 'relhasindex'])::text FROM pg_class r WHERE oid < 16384)sql"},

    {"T01", "event trigger", database, both, always, R"sql(
      SELECT quote_ident(evtname), ROW(evtowner::regrole, evtevent, evtenabled, evtfoid::regprocedure,
             array_to_string(evttags, ','))::text FROM pg_event_trigger)sql"},
    {"T02", "trigger", database, both, always, R"sql(
      SELECT pg_describe_object('pg_trigger'::regclass, oid, 0), ROW(tgenabled, pg_get_triggerdef(oid))::text
        FROM pg_trigger WHERE NOT tgisinternal
       UNION ALL
      SELECT DISTINCT format('a constraint of %s is not enforced', tgrelid::regclass), tgenabled::text
        FROM pg_trigger WHERE tgisinternal AND tgenabled <> 'O')sql"},
    {"T03", "rule or view", database, both, always, R"sql(
      SELECT pg_describe_object('pg_rewrite'::regclass, oid, 0), ROW(ev_enabled, pg_get_ruledef(oid))::text
        FROM pg_rewrite WHERE oid >= 16384)sql"},
    {"T04", "default, check, index or policy with an expression", database, both, always, R"sql(
      SELECT pg_describe_object('pg_class'::regclass, adrelid, adnum), pg_get_expr(adbin, adrelid) FROM pg_attrdef UNION ALL
      SELECT pg_describe_object('pg_constraint'::regclass, oid, 0), pg_get_constraintdef(oid)
        FROM pg_constraint WHERE oid >= 16384 AND contype IN ('c', 'x') UNION ALL
      SELECT pg_describe_object('pg_class'::regclass, indexrelid, 0), pg_get_indexdef(indexrelid)
        FROM pg_index WHERE indexrelid >= 16384 AND (indexprs IS NOT NULL OR indpred IS NOT NULL) UNION ALL
      SELECT pg_describe_object('pg_policy'::regclass, oid, 0), ROW(polcmd, polpermissive,
             (SELECT string_agg(x::regrole::text, ',' ORDER BY x::regrole::text) FROM unnest(polroles) AS x),
             pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text FROM pg_policy)sql"},
    // Members are counted: what is made a member of an extension is in no dump.
    {"E01", "extension, its version and members", database, both, always, R"sql(
      SELECT quote_ident(extname), ROW(extversion, extowner::regrole, extnamespace::regnamespace,
             (SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND refobjid = e.oid AND deptype = 'e'))::text
        FROM pg_extension e)sql"},
};

}  // namespace

std::span<const IntrusionRule> code_intrusion_rules() {
  return rules;
}

}  // namespace pgrehearse
