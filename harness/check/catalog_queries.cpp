#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

// Run with search_path = pg_catalog, so every other name comes out schema-qualified. Objects that
// belong to an extension are the extension's business (its version is a fact); what a user changed
// on them is not.
constexpr CatalogQuery in_database[] = {
    {FactKind::sequences, "sequence", R"sql(
      SELECT format('%I.%I', s.schemaname, s.sequencename),
             coalesce(s.last_value, s.start_value - s.increment_by) || CASE WHEN s.increment_by < 0 THEN ' -' ELSE ' +' END
        FROM pg_sequences s)sql"},
    {FactKind::schema, "sequence", R"sql(
      SELECT format('%I.%I', schemaname, sequencename),
             md5(concat_ws('|', data_type, start_value, min_value, max_value, increment_by, cycle, cache_size))
        FROM pg_sequences)sql"},
    {FactKind::schema, "schema", R"sql(
      SELECT quote_ident(nspname), 'present' FROM pg_namespace
       WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema')sql"},
    {FactKind::schema, "relation", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname),
             concat_ws('|', c.relkind, c.relpersistence, c.relispopulated, c.relispartition, c.relreplident,
                       array_to_string(c.reloptions, ','), am.amname,
                       md5(pg_get_expr(c.relpartbound, c.oid)), md5(pg_get_partkeydef(c.oid)),
                       (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno)
                          FROM pg_inherits i WHERE i.inhrelid = c.oid))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
         AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::schema, "columns of", R"sql(
      SELECT format('%I.%I', n.nspname, c.relname),
             md5(string_agg(concat_ws('|', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                 a.attidentity, a.attgenerated, a.attcollation::regcollation, a.attstorage,
                 pg_get_expr(d.adbin, d.adrelid)), chr(10) ORDER BY a.attnum))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
         AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' GROUP BY 1)sql"},
    {FactKind::schema, "constraint", R"sql(
      SELECT format('%s on %s', quote_ident(conname),
                    CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END),
             concat_ws('|', contype, convalidated, condeferrable, condeferred,
                       CASE WHEN contype = 'c' THEN connoinherit END, md5(pg_get_constraintdef(k.oid)))
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::schema, "index", R"sql(
      SELECT i.indexrelid::regclass::text,
             concat_ws('|', indisvalid, indisready, indislive, indisunique, indisprimary, indisclustered,
                       indisreplident, md5(pg_get_indexdef(i.indexrelid)))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::schema, "trigger", R"sql(
      SELECT format('%I on %s', t.tgname, t.tgrelid::regclass), concat_ws('|', tgenabled, md5(pg_get_triggerdef(t.oid)))
        FROM pg_trigger t WHERE NOT tgisinternal)sql"},
    {FactKind::schema, "constraint triggers of", R"sql(
      SELECT tgrelid::regclass::text, string_agg(tgenabled::text || tgtype, ',' ORDER BY
                 k.conrelid::regclass::text, k.conname, tgtype, tgfoid::regproc::text)
        FROM pg_trigger t LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE tgisinternal GROUP BY 1)sql"},
    {FactKind::schema, "event trigger", R"sql(
      SELECT quote_ident(evtname), concat_ws('|', evtevent, evtenabled, evtfoid::regprocedure, evttags)
        FROM pg_event_trigger)sql"},
    {FactKind::schema, "rule", R"sql(
      SELECT format('%I on %s', r.rulename, r.ev_class::regclass), concat_ws('|', ev_enabled, md5(pg_get_ruledef(r.oid)))
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::schema, "function", R"sql(
      SELECT p.oid::regprocedure::text,
             md5(CASE WHEN prokind = 'a' THEN concat_ws('|', proname, prorettype::regtype) ELSE pg_get_functiondef(p.oid) END)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::schema, "type", R"sql(
      SELECT t.oid::regtype::text,
             md5(concat_ws('|', typtype, typnotnull, typbasetype::regtype, typtypmod, typdefault, typcollation::regcollation,
                 (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                 (SELECT concat_ws(',', rngsubtype::regtype, rngcollation::regcollation) FROM pg_range r WHERE r.rngtypid = t.oid)))
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND typtype IN ('e', 'd', 'r', 'm', 'b') AND typelem = 0)sql"},
    {FactKind::schema, "statistics", R"sql(
      SELECT format('%I.%I', n.nspname, s.stxname), md5(pg_get_statisticsobjdef(s.oid))
        FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace)sql"},
    {FactKind::schema, "publication", R"sql(
      SELECT quote_ident(pubname), concat_ws('|', puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
             (SELECT string_agg(prrelid::regclass::text, ',' ORDER BY 1) FROM pg_publication_rel r WHERE r.prpubid = p.oid))
        FROM pg_publication p)sql"},
    {FactKind::schema, "foreign server", R"sql(
      SELECT quote_ident(srvname), concat_ws('|', srvtype, srvversion, md5(srvoptions::text)) FROM pg_foreign_server)sql"},
    {FactKind::schema, "language",
        R"sql(SELECT quote_ident(lanname), lanpltrusted::text FROM pg_language)sql"},
    {FactKind::schema, "operators, casts and text search", R"sql(
      SELECT x.what, x.seen::text FROM (
        SELECT 'operators' AS what, count(*) AS seen FROM pg_operator UNION ALL
        SELECT 'operator classes', count(*) FROM pg_opclass UNION ALL
        SELECT 'casts', count(*) FROM pg_cast UNION ALL
        SELECT 'collations', count(*) FROM pg_collation UNION ALL
        SELECT 'conversions', count(*) FROM pg_conversion UNION ALL
        SELECT 'text search configurations', count(*) FROM pg_ts_config UNION ALL
        SELECT 'transforms', count(*) FROM pg_transform) x)sql"},
    {FactKind::schema, "comments of", R"sql(
      SELECT i.type, count(*) || ':' || md5(string_agg(i.identity || '=' || coalesce(d.description, ''), chr(10) ORDER BY i.identity, d.objsubid))
        FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
       WHERE d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass GROUP BY 1)sql"},
    {FactKind::roles, "owner of", R"sql(
      SELECT format('%s %I.%I', c.relkind, n.nspname, c.relname), concat_ws('|', pg_get_userbyid(c.relowner),
             c.relrowsecurity, c.relforcerowsecurity, (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(c.relacl) x))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::roles, "column grants of", R"sql(
      SELECT a.attrelid::regclass::text, string_agg(a.attname || '=' || a.attacl::text, ',' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384 GROUP BY 1)sql"},
    {FactKind::roles, "policy", R"sql(
      SELECT format('%I on %s', polname, polrelid::regclass), concat_ws('|', polcmd, polpermissive,
             (SELECT string_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END, ',' ORDER BY 1) FROM unnest(polroles) r),
             md5(pg_get_expr(polqual, polrelid)), md5(pg_get_expr(polwithcheck, polrelid)))
        FROM pg_policy)sql"},
    {FactKind::roles, "schema grants of", R"sql(
      SELECT quote_ident(nspname), concat_ws('|', pg_get_userbyid(nspowner),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(nspacl) x)) FROM pg_namespace
       WHERE nspname NOT LIKE 'pg\_toast%' AND nspname NOT LIKE 'pg\_temp%')sql"},
    {FactKind::roles, "function grants of", R"sql(
      SELECT p.oid::regprocedure::text, concat_ws('|', pg_get_userbyid(proowner), prosecdef,
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(proacl) x))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')sql"},
    {FactKind::roles, "type grants of", R"sql(
      SELECT t.oid::regtype::text, concat_ws('|', pg_get_userbyid(typowner), typacl::text)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND typtype IN ('e', 'd', 'r'))sql"},
    {FactKind::roles, "default privileges", R"sql(
      SELECT concat_ws(' ', pg_get_userbyid(defaclrole), defaclnamespace::regnamespace, defaclobjtype),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(defaclacl) x) FROM pg_default_acl)sql"},
    {FactKind::roles, "user mappings", R"sql(
      SELECT format('%I for %s', s.srvname, CASE WHEN u.umuser = 0 THEN 'public' ELSE pg_get_userbyid(u.umuser) END), md5(u.umoptions::text)
        FROM pg_user_mapping u JOIN pg_foreign_server s ON s.oid = u.umserver)sql"},
    {FactKind::extensions, "extension", R"sql(
      SELECT quote_ident(extname), extversion || '|' || extnamespace::regnamespace FROM pg_extension)sql"},
    {FactKind::rows, "large objects",
        R"sql(SELECT 'all', count(*)::text FROM pg_largeobject_metadata)sql"},
    {FactKind::content, "large objects", R"sql(
      SELECT 'all', coalesce(sum(hashtextextended(loid || '/' || pageno || '/' || encode(data, 'hex'), 0)), 0)::text FROM pg_largeobject)sql"},
    {FactKind::roles, "large objects", R"sql(
      SELECT 'owners and grants', coalesce(md5(string_agg(concat_ws('|', oid, pg_get_userbyid(lomowner), lomacl::text), ',' ORDER BY oid)), 'none')
        FROM pg_largeobject_metadata)sql"},
};

constexpr CatalogQuery in_cluster[] = {
    {FactKind::roles, "role", R"sql(
      SELECT quote_ident(rolname), concat_ws('|', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
             rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, md5(rolpassword))
        FROM pg_authid WHERE rolname NOT LIKE 'pg\_%')sql"},
    {FactKind::roles, "membership", R"sql(
      SELECT format('%s in %s', pg_get_userbyid(member), pg_get_userbyid(roleid)), admin_option::text FROM pg_auth_members)sql"},
    {FactKind::roles, "setting of", R"sql(
      SELECT concat_ws(' in ', coalesce(nullif(pg_get_userbyid(setrole), 'unknown (OID=0)'), 'all roles'),
             coalesce((SELECT datname FROM pg_database d WHERE d.oid = setdatabase), 'all databases')), md5(setconfig::text)
        FROM pg_db_role_setting)sql"},
    {FactKind::server, "database", R"sql(
      SELECT quote_ident(datname), concat_ws('|', pg_encoding_to_char(encoding), datlocprovider, datcollate, datctype, daticulocale,
             datcollversion, datallowconn, datistemplate, datconnlimit, pg_get_userbyid(datdba), datacl::text) FROM pg_database)sql"},
    {FactKind::server, "tablespace", R"sql(
      SELECT quote_ident(spcname), concat_ws('|', pg_get_userbyid(spcowner), spcoptions::text) FROM pg_tablespace)sql"},
    {FactKind::server, "server", R"sql(
      SELECT name, setting FROM pg_settings
       WHERE name IN ('server_version_num', 'data_checksums', 'block_size', 'wal_block_size', 'server_encoding', 'max_identifier_length'))sql"},
    {FactKind::server, "system",
        R"sql(SELECT 'identifier', system_identifier::text FROM pg_control_system())sql"},
    {FactKind::server, "prepared transactions", R"sql(
      SELECT quote_ident(gid), concat_ws('|', owner, database) FROM pg_prepared_xacts)sql"},
};

}  // namespace

std::span<const CatalogQuery> database_queries() {
  return in_database;
}

std::span<const CatalogQuery> cluster_queries() {
  return in_cluster;
}

}  // namespace pgrehearse
