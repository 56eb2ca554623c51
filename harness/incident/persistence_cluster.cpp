// Tricks in roles, settings, rules of access and files.
#include "harness/incident/persistence.hpp"

namespace pgrehearse {
namespace {

constexpr auto database = Seat::database;
constexpr auto settings = Seat::settings;
constexpr auto files = Seat::files;
constexpr bool not_in_backups = false;

// The verifiers below are all zeros: no password fits them.
constexpr Trick tricks[] = {
    {"hidden-superuser", "a superuser that cannot log in, to be switched to", "R01", database,
        "CREATE ROLE {it} SUPERUSER NOLOGIN", "DROP ROLE {it}"},
    {"role-maker", "a role that can make itself new roles", "R02", database,
        "CREATE ROLE {it} CREATEROLE", "DROP ROLE {it}"},
    {"silent-replica", "a role that may replicate and passes by row security", "R02", database,
        "CREATE ROLE {it} REPLICATION BYPASSRLS", "DROP ROLE {it}"},
    {"extra-login", "one more login", "R03", database,
        "CREATE ROLE {it} LOGIN PASSWORD 'SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        "'",
        "DROP ROLE {it}"},
    {"program-runner", "a role that may run programs of the server's machine", "R04", database,
        "CREATE ROLE {it}; GRANT pg_execute_server_program TO {it}", "DROP ROLE {it}"},
    {"reader-of-everything", "a role that may read all data", "R04", database,
        "CREATE ROLE {it}; GRANT pg_read_all_data TO {it}", "DROP ROLE {it}"},
    {"login-without-password", "a login whose password is no SCRAM verifier", "R05", database,
        "CREATE ROLE {it} LOGIN PASSWORD 'md500000000000000000000000000000000'", "DROP ROLE {it}"},
    {"password-in-waiting", "a password for a role that may not log in yet", "R06", database,
        "CREATE ROLE {it} PASSWORD 'SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        "'",
        "DROP ROLE {it}"},

    {"maintenance-search-path", "public before the system's schema, for those who maintain", "S01",
        database, "ALTER DATABASE postgres SET search_path = public, pg_catalog",
        "ALTER DATABASE postgres RESET search_path"},
    {"large-objects-for-all", "no permission is asked for large objects", "S01", database,
        "ALTER DATABASE {database} SET lo_compat_privileges = on",
        "ALTER DATABASE {database} RESET lo_compat_privileges"},
    {"program-after-recovery", "a program that every restore runs at its end", "S02", settings,
        "ALTER SYSTEM SET recovery_end_command = ': {it}'",
        "ALTER SYSTEM RESET recovery_end_command"},
    {"program-at-restartpoints", "a program that every standby runs", "S02", settings,
        "ALTER SYSTEM SET archive_cleanup_command = ': {it}'",
        "ALTER SYSTEM RESET archive_cleanup_command"},
    {"library-path", "libraries are looked for in one more folder", "S03", settings,
        "ALTER SYSTEM SET dynamic_library_path = '$libdir:/nonexistent/{it}'",
        "ALTER SYSTEM RESET dynamic_library_path"},
    {"catalogs-open", "superusers may change the system's tables", "S03", settings,
        "ALTER SYSTEM SET allow_system_table_mods = on",
        "ALTER SYSTEM RESET allow_system_table_mods"},
    {"old-password-hashes", "new passwords are kept as MD5", "S03", settings,
        "ALTER SYSTEM SET password_encryption = 'md5'", "ALTER SYSTEM RESET password_encryption"},
    {"silent-log", "who comes and goes is not logged", "S04", database,
        "ALTER SYSTEM SET log_disconnections = off;; ALTER SYSTEM SET log_connections = off",
        "ALTER SYSTEM RESET log_disconnections;; ALTER SYSTEM RESET log_connections"},

    {"no-credential-asked", "a role that nobody asks for a password", "H01", files,
        "sed -i '1i host all {it} 0.0.0.0/0 trust' pg_hba.conf", "sed -i 1d pg_hba.conf"},
    {"door-to-the-world", "one more address from which one may come", "H02", files,
        "sed -i '1i host all {it} 0.0.0.0/0 scram-sha-256' pg_hba.conf", "sed -i 1d pg_hba.conf"},
    {"anyone-as-superuser", "a map that takes any system account for the superuser", "H03", files,
        "printf '{it} /^.*$ postgres\\n' >>pg_ident.conf", "sed -i '$d' pg_ident.conf"},

    {"quiet-subscription", "a subscription that is switched on later", "X04", database,
        "CREATE SUBSCRIPTION {it} CONNECTION 'host=127.0.0.1 port=1' PUBLICATION {it} "
        "WITH (connect = false, enabled = false, slot_name = NONE)",
        "DROP SUBSCRIPTION {it}"},
    {"replication-origin", "an origin whose changes others do not pass on", "X04", database,
        "SELECT pg_catalog.pg_replication_origin_create('{it}')",
        "SELECT pg_catalog.pg_replication_origin_drop('{it}')"},
    {"replication-slot", "a slot from which a stream can begin any time", "X06", database,
        "SELECT pg_catalog.pg_create_physical_replication_slot('{it}')",
        "SELECT pg_catalog.pg_drop_replication_slot('{it}')", not_in_backups},
    {"prepared-superuser", "a superuser that appears when somebody commits it", "P01", database,
        "BEGIN; CREATE ROLE {it} SUPERUSER; PREPARE TRANSACTION '{it}'",
        "ROLLBACK PREPARED '{it}'"},
    {"lingering-session", "a session that stays", "P02", Seat::session, "{it}", "", not_in_backups},
    {"settable-parameter", "everybody may load libraries into the own session", "A02", database,
        "GRANT SET ON PARAMETER session_preload_libraries TO PUBLIC",
        "REVOKE SET ON PARAMETER session_preload_libraries FROM PUBLIC"},
    // A restored copy does not start with one in place, unless it is allowed there too.
    {"own-tablespace", "a tablespace", "O02", database,
        "SET allow_in_place_tablespaces = on;; CREATE TABLESPACE {it} LOCATION ''",
        "DROP TABLESPACE {it}", not_in_backups},
    {"closed-database", "a database that takes no connections", "O03", database,
        "CREATE DATABASE {it} ALLOW_CONNECTIONS false", "DROP DATABASE {it}"},
    {"open-template", "the pristine template takes connections", "O03", database,
        "ALTER DATABASE template0 ALLOW_CONNECTIONS true",
        "ALTER DATABASE template0 ALLOW_CONNECTIONS false"},

    // Not in base or global: there a dot in a strange name makes pg_basebackup 15 fail.
    {"notes-among-the-data", "a file whose name says nothing", "FS01", files,
        "printf notes >pg_multixact/.cache", "rm pg_multixact/.cache"},
    {"lent-identity", "a file that runs as its owner, whoever starts it", "FS02", files,
        "printf inert >pg_wal/archive_status/{it}\nchmod 4700 pg_wal/archive_status/{it}",
        "rm pg_wal/archive_status/{it}", not_in_backups},
    {"open-folder", "a folder that everybody may write to", "FS02", files, "chmod 0777 base",
        "chmod 0700 base", not_in_backups},
    {"link-to-elsewhere", "a link that leads out of the data directory", "FS03", files,
        "ln -s /nonexistent/{it} base/host", "rm base/host", not_in_backups},
    {"script-as-relation", "a script under the name of a table's file", "FS04", files,
        "printf '#!/bin/sh\\n' >base/1/99999", "rm base/1/99999"},
    {"library-among-the-data", "a library", "FS04", files, "printf inert >pg_multixact/lib{it}.so",
        "rm pg_multixact/lib{it}.so"},
    {"tablespace-link", "a link where tablespaces are looked for", "FS05", files,
        "ln -s /nonexistent/{it} pg_tblspc/99999", "rm pg_tblspc/99999", not_in_backups},
    {"changed-configuration", "a change in a configuration file", "FS06", files,
        "printf '# {it}\\n' >>postgresql.conf", "sed -i '$d' postgresql.conf"},
    {"included-configuration", "a configuration that draws in another", "FS07", files,
        "printf \"include_if_exists = '{it}.conf'\\n\" >>postgresql.conf",
        "sed -i '$d' postgresql.conf"},
    {"file-of-users", "users who may come are listed in another file", "FS07", files,
        "printf '{it}\\n' >{it}\nprintf 'host all @{it} 127.0.0.1/32 scram-sha-256\\n' "
        ">>pg_hba.conf",
        "sed -i '$d' pg_hba.conf\nrm {it}"},
    {"state-of-nothing", "a file among the prepared transactions", "FS08", files,
        "printf notes >pg_twophase/notes", "rm pg_twophase/notes"},
    {"client-start-file", "a file that every client of the account reads", "FS09", files,
        "printf -- '-- inert\\n' >\"$HOME/.psqlrc\"", "rm \"$HOME/.psqlrc\"", not_in_backups},
    {"kept-password", "a file of passwords", "FS09", files,
        "printf '# inert\\n' >\"$HOME/.pgpass\"", "rm \"$HOME/.pgpass\"", not_in_backups},
    {"authorized-key", "a key that may log in to the machine", "FS09", files,
        "mkdir \"$HOME/.ssh\"\nprintf '# inert\\n' >\"$HOME/.ssh/authorized_keys\"",
        "rm -r \"$HOME/.ssh\"", not_in_backups},
};

}  // namespace

std::span<const Trick> tricks_on_clusters() {
  return tricks;
}

}  // namespace pgrehearse
