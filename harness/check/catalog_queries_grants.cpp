// Who owns what, and who may do what with it. An access list that says what none would say counts
// as none: a dump does not write it. Objects that initdb made are told when somebody changed their
// grants; so are an extension's routines and types, and their owners are with its members: another
// version has others.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_grants[] = {
    {FactKind::roles, "owner and grants of", R"sql(
      SELECT x.what, ROW(pg_get_userbyid(x.owner), CASE WHEN x.acl IS NOT NULL THEN nullif(
             coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(x.acl) a), 'nobody'),
             (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(acldefault(x.sort, x.owner)) a)) END)::text
        FROM (
          SELECT CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table '
                      ELSE 'table ' END || c.oid::regclass AS what, relowner AS owner, relacl AS acl,
                 CASE WHEN relkind = 'S' THEN 's' ELSE 'r' END::"char" AS sort, NULL::aclitem[] AS of_member
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN pg_init_privs i ON c.oid < 16384 AND i.classoid = 'pg_class'::regclass AND i.objoid = c.oid AND i.objsubid = 0
           WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_(toast|temp)'
             AND (c.oid >= 16384 OR c.relacl IS DISTINCT FROM coalesce(i.initprivs,
                  CASE WHEN n.nspname = 'information_schema' THEN acldefault('r', relowner) || makeaclitem(0, relowner, 'SELECT', false) END))
          UNION ALL
          SELECT 'routine ' || p.oid::regprocedure, proowner, proacl, 'f', CASE WHEN m.objid IS NOT NULL THEN coalesce(i.initprivs, acldefault('f', proowner)) END
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            LEFT JOIN pg_init_privs i ON i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid
            LEFT JOIN pg_depend m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid AND m.deptype = 'e'
           WHERE n.nspname !~ '^pg_temp' AND (p.oid >= 16384 OR p.proacl IS DISTINCT FROM i.initprivs)
          UNION ALL
          SELECT 'type ' || t.oid::regtype, typowner, typacl, 'T', CASE WHEN m.objid IS NOT NULL THEN coalesce(i.initprivs, acldefault('T', typowner)) END
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            LEFT JOIN pg_class c ON c.oid = t.typrelid
            LEFT JOIN pg_init_privs i ON i.classoid = 'pg_type'::regclass AND i.objoid = t.oid
            LEFT JOIN pg_depend m ON m.classid = 'pg_type'::regclass AND m.objid = t.oid AND m.deptype = 'e'
           WHERE (t.oid >= 16384 OR t.typacl IS NOT NULL) AND t.typtype <> 'm' AND n.nspname !~ '^pg_(toast|temp)' AND (t.typrelid = 0 OR c.relkind = 'c')
             AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
          UNION ALL
          SELECT 'schema ' || quote_ident(nspname), nspowner, nspacl, 'n', NULL FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
          UNION ALL
          SELECT 'language ' || quote_ident(lanname), lanowner, lanacl, 'l', NULL FROM pg_language
          UNION ALL
          SELECT 'foreign data wrapper ' || quote_ident(fdwname), fdwowner, fdwacl, 'F', NULL FROM pg_foreign_data_wrapper
          UNION ALL
          SELECT 'foreign server ' || quote_ident(srvname), srvowner, srvacl, 'S', NULL FROM pg_foreign_server) x
       WHERE x.of_member IS NULL
          OR (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(coalesce(x.acl, acldefault(x.sort, x.owner))) a) IS DISTINCT FROM
             (SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(x.of_member) a))sql"},
    {FactKind::roles, "owner of", R"sql(
      SELECT x.what, pg_get_userbyid(x.owner) FROM (
        SELECT tableoid AS class, oid, 'operator ' || oid::regoperator AS what, oprowner AS owner FROM pg_operator WHERE oid >= 16384 UNION ALL
        SELECT o.tableoid, o.oid, format('operator class %s.%I using %I', o.opcnamespace::regnamespace, o.opcname, a.amname), o.opcowner
          FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod WHERE o.oid >= 16384 UNION ALL
        SELECT o.tableoid, o.oid, format('operator family %s.%I using %I', o.opfnamespace::regnamespace, o.opfname, a.amname), o.opfowner
          FROM pg_opfamily o JOIN pg_am a ON a.oid = o.opfmethod WHERE o.oid >= 16384 UNION ALL
        SELECT tableoid, oid, 'collation ' || oid::regcollation, collowner FROM pg_collation WHERE oid >= 16384 UNION ALL
        SELECT tableoid, oid, format('conversion %s.%I', connamespace::regnamespace, conname), conowner FROM pg_conversion WHERE oid >= 16384 UNION ALL
        SELECT tableoid, oid, 'text search configuration ' || oid::regconfig, cfgowner FROM pg_ts_config WHERE oid >= 16384 UNION ALL
        SELECT tableoid, oid, 'text search dictionary ' || oid::regdictionary, dictowner FROM pg_ts_dict WHERE oid >= 16384 UNION ALL
        SELECT tableoid, oid, format('statistics %s.%I', stxnamespace::regnamespace, stxname), stxowner FROM pg_statistic_ext UNION ALL
        SELECT tableoid, oid, 'extension ' || quote_ident(extname), extowner FROM pg_extension) x
       WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype = 'e'))sql"},
    {FactKind::roles, "column grants of", R"sql(
      SELECT format('%s.%I', a.attrelid::regclass, a.attname), (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(a.attacl) x)
        FROM pg_attribute a LEFT JOIN pg_init_privs i ON i.classoid = 'pg_class'::regclass AND i.objoid = a.attrelid AND i.objsubid = a.attnum
       WHERE a.attacl IS NOT NULL AND (a.attrelid >= 16384 OR a.attacl IS DISTINCT FROM i.initprivs))sql"},
    {FactKind::roles, "row security of", R"sql(
      SELECT c.oid::regclass::text, CASE WHEN relforcerowsecurity THEN 'forced' ELSE 'not forced' END || CASE WHEN relrowsecurity THEN ', on' ELSE ', off' END
        FROM pg_class c WHERE relrowsecurity OR relforcerowsecurity)sql"},
    {FactKind::roles, "policy", R"sql(
      SELECT format('%I on %s', polname, polrelid::regclass), ROW(polcmd, polpermissive,
             (SELECT string_agg(x.name, ',' ORDER BY x.name) FROM (
                SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END AS name FROM unnest(polroles) r) x),
             md5(pg_get_expr(polqual, polrelid)), md5(pg_get_expr(polwithcheck, polrelid)))::text
        FROM pg_policy)sql"},
    {FactKind::roles, "default privileges", R"sql(
      SELECT concat_ws(' ', pg_get_userbyid(defaclrole), nullif(defaclnamespace, 0)::regnamespace, defaclobjtype),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(defaclacl) x) FROM pg_default_acl)sql"},
    {FactKind::roles, "large object", R"sql(
      SELECT CASE WHEN b.step = 1 THEN m.oid::text ELSE format('%s to %s', m.oid::bigint / b.step * b.step, (m.oid::bigint / b.step + 1) * b.step - 1) END,
             md5(string_agg(ROW(m.oid, pg_get_userbyid(m.lomowner),
               (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(m.lomacl, acldefault('L', m.lomowner))) x))::text, ',' ORDER BY m.oid))
        FROM pg_largeobject_metadata m,
             (SELECT power(10, greatest(0, ceil(log(greatest(count(*), 1) / 1000.0))))::bigint AS step FROM pg_largeobject_metadata) b
       GROUP BY 1)sql"},
};

}  // namespace

std::span<const CatalogQuery> grant_queries() {
  return in_grants;
}

}  // namespace pgrehearse
