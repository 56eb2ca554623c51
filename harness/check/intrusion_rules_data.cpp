// What an intruder may change about a database's data: who may reach it, where it flows, what it
// is.
#include "harness/check/intrusion_rules.hpp"

namespace pgrehearse {
namespace {

constexpr auto database = RuleScope::database;
constexpr auto both = RuleSides::both;
constexpr auto always = RulePhase::always;

constexpr IntrusionRule rules[] = {
    {"X01", "foreign-data wrapper or server", database, both, always, R"sql(
      SELECT pg_describe_object('pg_foreign_data_wrapper'::regclass, oid, 0), ROW(fdwowner::regrole, fdwhandler::regproc,
             fdwvalidator::regproc, array_to_string(fdwoptions, ','))::text FROM pg_foreign_data_wrapper
       UNION ALL
      SELECT pg_describe_object('pg_foreign_server'::regclass, oid, 0), ROW(srvowner::regrole, srvtype, srvversion,
             array_to_string(srvoptions, ','))::text FROM pg_foreign_server)sql"},
    {"X02", "user mapping", database, both, always, R"sql(
      SELECT pg_describe_object('pg_user_mapping'::regclass, oid, 0), array_to_string(umoptions, ',') FROM pg_user_mapping)sql"},
    {"X03", "foreign table", database, both, always, R"sql(
      SELECT ftrelid::regclass::text, ROW((SELECT srvname FROM pg_foreign_server s WHERE s.oid = ftserver),
             array_to_string(ftoptions, ','))::text FROM pg_foreign_table)sql"},
    {"X05", "publication", database, both, always, R"sql(
      SELECT quote_ident(pubname), ROW(pubowner::regrole, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate,
             (SELECT string_agg(concat_ws(' ', prrelid::regclass, pg_get_expr(prqual, prrelid), prattrs), ',' ORDER BY prrelid::regclass::text)
                FROM pg_publication_rel r WHERE r.prpubid = p.oid),
             (SELECT string_agg(pnnspid::regnamespace::text, ',' ORDER BY pnnspid::regnamespace::text)
                FROM pg_publication_namespace n WHERE n.pnpubid = p.oid))::text FROM pg_publication p)sql"},

    {"A01", "default privilege", database, both, always, R"sql(
      SELECT pg_describe_object('pg_default_acl'::regclass, oid, 0),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(defaclacl) AS x) FROM pg_default_acl)sql"},
    {"A02", "grant", database, both, always, R"sql(
      SELECT pg_describe_object(class, object, part), string_agg(x::text, ',' ORDER BY x::text) FROM (
        SELECT 'pg_class'::regclass, oid, 0, relacl FROM pg_class WHERE relpersistence <> 't' UNION ALL
        SELECT 'pg_class'::regclass, attrelid, attnum, attacl FROM pg_attribute WHERE attrelid >= 16384 AND NOT attisdropped UNION ALL
        SELECT 'pg_proc'::regclass, oid, 0, proacl FROM pg_proc UNION ALL
        SELECT 'pg_type'::regclass, oid, 0, typacl FROM pg_type UNION ALL
        SELECT 'pg_language'::regclass, oid, 0, lanacl FROM pg_language UNION ALL
        SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, fdwacl FROM pg_foreign_data_wrapper UNION ALL
        SELECT 'pg_foreign_server'::regclass, oid, 0, srvacl FROM pg_foreign_server UNION ALL
        SELECT 'pg_largeobject'::regclass, oid, 0, lomacl FROM pg_largeobject_metadata) AS given (class, object, part, acl),
        unnest(acl) AS x WHERE object >= 16384 GROUP BY class, object, part)sql"},
    {"A03", "schema, who owns it and who may create in it", database, both, always, R"sql(
      SELECT quote_ident(nspname), ROW(nspowner::regrole,
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(nspacl) AS x))::text FROM pg_namespace
       WHERE nspname NOT LIKE 'pg\_temp\_%' AND nspname NOT LIKE 'pg\_toast\_temp\_%')sql"},
    {"A04", "relation or function, its owner and row security", database, both, always, R"sql(
      SELECT pg_describe_object('pg_class'::regclass, oid, 0), ROW(relowner::regrole, relrowsecurity, relforcerowsecurity,
             relreplident, array_to_string(reloptions, ','))::text FROM pg_class
       WHERE oid >= 16384 AND relpersistence <> 't' AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       UNION ALL
      SELECT pg_describe_object('pg_proc'::regclass, oid, 0), proowner::regrole::text FROM pg_proc WHERE oid >= 16384)sql"},
    {"O01", "large object", database, both, always, R"sql(
      SELECT pg_describe_object('pg_largeobject'::regclass, oid, 0), lomowner::regrole::text FROM pg_largeobject_metadata)sql"},

    // Schedulers keep their jobs in tables; so does whoever writes one of their own.
    {"J01", "queue of commands", database, both, always, R"sql(
      SELECT format('%s (%I)', c.oid::regclass, attname), query_to_xml(
               format('SELECT DISTINCT %I AS command FROM %s ORDER BY 1', attname, c.oid::regclass), false, true, '')::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute a ON attrelid = c.oid
       WHERE relkind = 'r' AND relpersistence <> 't' AND c.oid >= 16384 AND attnum > 0 AND NOT attisdropped
         AND atttypid IN ('text'::regtype, 'varchar'::regtype)
         AND (nspname IN ('cron', 'pgagent', 'timetable') OR relname ~* 'cron|job|task|schedul|queue')
         AND attname ~* 'command|statement|sql|script|code')sql"},
    {"D01", "content of a protected table", database, both, always, R"sql(
      SELECT c.oid::regclass::text, query_to_xml(format(
               'SELECT count(*) AS n, sum(hashtextextended(format(''%%s'', t), 0)) AS a, sum(hashtextextended(format(''%%s'', t), 1)) AS b FROM ONLY %s t',
               c.oid::regclass), false, true, '')::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind = 'r' AND current_database() || '.' || nspname || '.' || relname = ANY (
               string_to_array(current_setting('pgrehearse.protected_tables', true), chr(10))))sql"},
    {"M01", "list of applied migrations", database, both, always, R"sql(
      SELECT c.oid::regclass::text, query_to_xml(format(
               'SELECT format(''%%s'', t) AS applied FROM ONLY %s t ORDER BY 1', c.oid::regclass), false, true, '')::text
        FROM pg_class c
       WHERE relkind = 'r' AND relpersistence = 'p' AND relname IN ('schema_migrations', 'flyway_schema_history', 'alembic_version',
             'django_migrations', '_prisma_migrations', 'knex_migrations', 'goose_db_version', 'databasechangelog', '_sqlx_migrations'))sql"},
};

}  // namespace

std::span<const IntrusionRule> data_intrusion_rules() {
  return rules;
}

}  // namespace pgrehearse
