// What the databases of a cluster share. Verifiers of passwords and connection strings leave the
// server as digests only, and those stay in memory: reports get names.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_cluster[] = {
    {FactKind::roles, "role", R"sql(
      SELECT quote_ident(rolname), ROW(rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin,
             rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil)::text
        FROM pg_authid WHERE rolname NOT LIKE 'pg\_%')sql"},
    {FactKind::roles, "password of", R"sql(
      SELECT quote_ident(rolname), coalesce(md5(rolpassword), 'none') FROM pg_authid WHERE rolname NOT LIKE 'pg\_%')sql"},
    {FactKind::roles, "membership", R"sql(
      SELECT format('%s in %s', pg_get_userbyid(member), pg_get_userbyid(roleid)), ROW(admin_option, pg_get_userbyid(grantor))::text
        FROM pg_auth_members)sql"},
    {FactKind::roles, "setting", R"sql(
      SELECT format('%s of %s in %s', split_part(x.setting, '=', 1), CASE WHEN s.setrole = 0 THEN 'all roles' ELSE pg_get_userbyid(s.setrole) END,
             CASE WHEN s.setdatabase = 0 THEN 'all databases' ELSE (SELECT datname FROM pg_database d WHERE d.oid = s.setdatabase) END), md5(x.setting)
        FROM pg_db_role_setting s, unnest(s.setconfig) x (setting))sql"},
    {FactKind::roles, "parameter grants of", R"sql(
      SELECT parname, (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(paracl) x) FROM pg_parameter_acl)sql"},
    {FactKind::server, "database", R"sql(
      SELECT quote_ident(datname), ROW(pg_encoding_to_char(encoding), datlocprovider, datcollate, datctype, daticulocale,
             datcollversion, pg_database_collation_actual_version(d.oid), datallowconn, datistemplate, datconnlimit, pg_get_userbyid(datdba), t.spcname,
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(datacl, acldefault('d', datdba))) x))::text
        FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace)sql"},
    {FactKind::server, "tablespace", R"sql(
      SELECT quote_ident(spcname), ROW(pg_get_userbyid(spcowner), spcoptions::text,
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(spcacl, acldefault('t', spcowner))) x))::text FROM pg_tablespace)sql"},
    {FactKind::server, "comment on", R"sql(
      SELECT concat_ws(' ', i.type, i.identity), md5(d.description)
        FROM pg_shdescription d, LATERAL pg_identify_object(d.classoid, d.objoid, 0) i)sql"},
    {FactKind::server, "security label of", R"sql(
      SELECT concat_ws(' ', quote_ident(s.provider), 'on', i.type, i.identity), md5(s.label)
        FROM pg_shseclabel s, LATERAL pg_identify_object(s.classoid, s.objoid, 0) i)sql"},
    {FactKind::server, "subscription", R"sql(
      SELECT format('%I in %I', s.subname, d.datname), ROW(pg_get_userbyid(subowner), subbinary, substream, subtwophasestate, subdisableonerr,
             coalesce(subslotname, '(none)'), subsynccommit, array_to_string(subpublications, ','), md5(subconninfo))::text
        FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid)sql"},
    {FactKind::server, "state of subscription", R"sql(
      SELECT format('%I in %I', s.subname, d.datname), CASE WHEN s.subenabled THEN 'enabled' ELSE 'disabled' END
        FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid)sql"},
    {FactKind::server, "replication slot", R"sql(
      SELECT quote_ident(slot_name), ROW(slot_type, plugin, database, two_phase)::text FROM pg_replication_slots WHERE NOT temporary)sql"},
    // A subscription's own origin bears its OID.
    {FactKind::server, "replication origin", R"sql(
      SELECT quote_ident(o.roname), 'present' FROM pg_replication_origin o
       WHERE NOT EXISTS (SELECT FROM pg_subscription s WHERE o.roname = 'pg_' || s.oid))sql"},
    {FactKind::server, "prepared transaction", R"sql(
      SELECT quote_ident(gid), ROW(owner, database)::text FROM pg_prepared_xacts)sql"},
    {FactKind::server, "server", R"sql(
      SELECT name, setting FROM pg_settings
       WHERE name IN ('server_version_num', 'data_checksums', 'block_size', 'wal_block_size', 'server_encoding', 'max_identifier_length'))sql"},
    // What a team set in the server's own files. Left out are the harness's file, and what a
    // restore itself writes or the place of an instance decides.
    {FactKind::server, "setting", R"sql(
      SELECT name, md5(setting) FROM pg_settings
       WHERE source = 'configuration file' AND sourcefile NOT LIKE '%/pgrehearse.conf'
         AND name NOT LIKE 'recovery\_%' AND name NOT IN ('restore_command', 'archive_cleanup_command', 'primary_conninfo',
             'primary_slot_name', 'archive_mode', 'archive_command', 'archive_library', 'port', 'listen_addresses',
             'unix_socket_directories', 'external_pid_file'))sql"},
    {FactKind::server, "system",
        R"sql(SELECT 'identifier', system_identifier::text FROM pg_control_system())sql"},
};

}  // namespace

std::span<const CatalogQuery> cluster_queries() {
  return in_cluster;
}

}  // namespace pgrehearse
