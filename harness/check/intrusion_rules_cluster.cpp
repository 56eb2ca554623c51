// What an intruder may leave in the cluster as a whole.
#include "harness/check/intrusion_rules.hpp"

namespace pgrehearse {
namespace {

constexpr auto cluster = RuleScope::cluster;
constexpr auto both = RuleSides::both;
constexpr auto extra = RuleSides::extra;
constexpr auto always = RulePhase::always;

constexpr std::string_view verifiers =
    R"sql(SELECT quote_ident(rolname), rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL)sql";

constexpr IntrusionRule rules[] = {
    {"R01", "superuser", cluster, both, always, R"sql(
      SELECT quote_ident(rolname), '' FROM pg_authid WHERE rolsuper)sql"},
    {"R02", "role that may create roles or databases, replicate or pass by row security", cluster,
        both, always, R"sql(
      SELECT quote_ident(rolname), ROW(rolcreaterole, rolcreatedb, rolreplication, rolbypassrls)::text FROM pg_authid
       WHERE rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)sql"},
    {"R03", "role that may log in, its connection limit and its end", cluster, both, always, R"sql(
      SELECT quote_ident(rolname), ROW(rolinherit, rolconnlimit, rolvaliduntil)::text FROM pg_authid WHERE rolcanlogin)sql"},
    {"R04", "membership in a role", cluster, both, always, R"sql(
      SELECT format('%s in %s', member::regrole, roleid::regrole), admin_option::text FROM pg_auth_members)sql"},
    {"R05", "login without a SCRAM verifier", cluster, extra, always, R"sql(
      SELECT quote_ident(rolname), coalesce(left(rolpassword, 3), 'none') FROM pg_authid
       WHERE rolcanlogin AND (rolpassword IS NULL OR rolpassword NOT LIKE 'SCRAM-SHA-256$%'))sql"},
    {"R06", "verifier of a role", cluster, both, RulePhase::before_rotation, verifiers},
    {"R06", "verifier from before the rotation", cluster, RuleSides::same,
        RulePhase::after_rotation, verifiers},

    {"S01", "setting of a role or a database", cluster, both, always, R"sql(
      SELECT format('%s for %s in %s', split_part(entry, '=', 1), CASE WHEN setrole = 0 THEN 'all roles' ELSE setrole::regrole::text END,
                    coalesce((SELECT quote_ident(datname) FROM pg_database d WHERE d.oid = setdatabase), 'all databases')), entry
        FROM pg_db_role_setting, unnest(setconfig) AS entry)sql"},
    {"S02", "setting that runs a program or loads a library", cluster, extra, always, R"sql(
      SELECT name, setting FROM pg_show_all_settings()
       WHERE setting NOT IN ('', '(disabled)')
         AND name IN ('archive_command', 'archive_library', 'archive_cleanup_command', 'recovery_end_command', 'restore_command',
                      'ssl_passphrase_command', 'shared_preload_libraries', 'session_preload_libraries', 'primary_conninfo'))sql"},
    {"S03", "setting that weakens the server", cluster, extra, always, R"sql(
      SELECT name, replace(setting, current_setting('data_directory'), '') FROM pg_show_all_settings()
       WHERE setting IS DISTINCT FROM boot_val
         AND name IN ('dynamic_library_path', 'jit_provider', 'local_preload_libraries', 'allow_system_table_mods',
                      'session_replication_role', 'password_encryption', 'db_user_namespace', 'ignore_system_indexes',
                      'ignore_checksum_failure', 'zero_damaged_pages', 'hba_file', 'ident_file', 'external_pid_file'))sql"},
    {"S04", "entry of a configuration file", cluster, extra, always, R"sql(
      SELECT format('%s in %s', coalesce(name, 'an error'), replace(sourcefile, current_setting('data_directory') || '/', '')),
             coalesce(setting, error) FROM pg_show_all_file_settings())sql"},

    {"H01", "line of pg_hba.conf that asks for no credential, or for a weak one", cluster, both,
        always, R"sql(
      SELECT CASE WHEN error IS NOT NULL THEN 'a line that cannot be read' ELSE
               concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method) END,
             ROW(array_to_string(options, ','), error)::text
        FROM pg_hba_file_rules() WHERE error IS NOT NULL OR auth_method NOT IN ('scram-sha-256', 'cert', 'reject'))sql"},
    {"H02", "line of pg_hba.conf, and their order", cluster, both, always, R"sql(
      SELECT concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method),
             array_to_string(options, ',')
        FROM pg_hba_file_rules() WHERE error IS NULL AND auth_method IN ('scram-sha-256', 'cert', 'reject')
       UNION ALL
      SELECT 'the order of the lines', string_agg(format('%s', r), chr(10) ORDER BY line_number)
        FROM (SELECT row_number() OVER (ORDER BY line_number) AS line_number, type, database, user_name, address, netmask, auth_method
                FROM pg_hba_file_rules()) AS r)sql"},
    {"H03", "line of pg_ident.conf", cluster, both, always, R"sql(
      SELECT coalesce(format('%s: %s as %s', map_name, sys_name, pg_username), 'a line that cannot be read'), coalesce(error, '')
        FROM pg_ident_file_mappings())sql"},

    {"X04", "subscription or replication origin", cluster, both, always, R"sql(
      SELECT 'subscription ' || quote_ident(subname), ROW(subowner::regrole, subenabled, subconninfo, subslotname,
             array_to_string(subpublications, ','))::text FROM pg_subscription
       UNION ALL
      SELECT 'origin ' || quote_ident(roname), '' FROM pg_replication_origin)sql"},
    {"X06", "replication slot", cluster, extra, always, R"sql(
      SELECT quote_ident(slot_name), ROW(slot_type, plugin, temporary)::text FROM pg_get_replication_slots())sql"},

    {"P01", "prepared transaction", cluster, extra, always, R"sql(
      SELECT quote_ident(gid), '' FROM pg_prepared_xact())sql"},
    // The harness' own sessions all bear the name that this one bears.
    {"P02", "session or worker that is not ours", cluster, extra, always, R"sql(
      SELECT format('%s of %s', backend_type, coalesce(usesysid::regrole::text, 'nobody')), coalesce(application_name, '')
        FROM pg_stat_get_activity(NULL)
       WHERE pid <> pg_backend_pid()
         AND backend_type NOT IN ('autovacuum launcher', 'autovacuum worker', 'logical replication launcher', 'checkpointer',
                                  'background writer', 'walwriter', 'archiver', 'startup', 'logger')
         AND NOT (backend_type = 'client backend' AND application_name = current_setting('application_name')))sql"},

    {"A02", "grant on a parameter", cluster, both, always, R"sql(
      SELECT parname, (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(paracl) AS x) FROM pg_parameter_acl)sql"},
    {"O02", "tablespace", cluster, both, always, R"sql(
      SELECT quote_ident(spcname), ROW(spcowner::regrole, array_to_string(spcoptions, ','),
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(spcacl) AS x))::text FROM pg_tablespace)sql"},
    {"O03", "database, who owns it and who may connect", cluster, both, always, R"sql(
      SELECT quote_ident(datname), ROW(datdba::regrole, datallowconn, datistemplate, datconnlimit,
             (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(datacl) AS x))::text FROM pg_database)sql"},
};

}  // namespace

std::span<const IntrusionRule> cluster_intrusion_rules() {
  return rules;
}

}  // namespace pgrehearse
