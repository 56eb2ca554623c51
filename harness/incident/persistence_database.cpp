// Tricks inside databases: code that runs by itself or in place of other code, and data that flows.
#include "harness/incident/persistence.hpp"

namespace pgrehearse {
namespace {

constexpr auto database = Seat::database;

constexpr Trick tricks[] = {
    {"borrowed-rights", "a function that runs whatever it is given with its owner's rights", "F01",
        database,
        "CREATE FUNCTION public.{it}(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
        "AS 'BEGIN EXECUTE $1; END'",
        "DROP FUNCTION public.{it}(text)"},
    {"file-reader-by-another-name", "the system's file reader, for everybody", "F02", database,
        "CREATE FUNCTION public.{it}(text) RETURNS text LANGUAGE internal STRICT "
        "AS 'pg_read_file_all'",
        "DROP FUNCTION public.{it}(text)"},
    {"machine-code", "a function made of a library's machine code", "F02", database,
        "CREATE FUNCTION public.{it}() RETURNS trigger LANGUAGE c "
        "AS '$libdir/plpgsql', 'plpgsql_call_handler'",
        "DROP FUNCTION public.{it}()"},
    {"unbound-language", "a language that may do anything", "F03", database,
        "CREATE LANGUAGE {it} HANDLER pg_catalog.plpgsql_call_handler", "DROP LANGUAGE {it}"},
    {"trusted-machine-code", "everybody may make functions of machine code", "F03", database,
        "SET allow_system_table_mods = on; UPDATE pg_catalog.pg_language SET lanpltrusted = true "
        "WHERE lanname = 'c'",
        "SET allow_system_table_mods = on; UPDATE pg_catalog.pg_language SET lanpltrusted = false "
        "WHERE lanname = 'c'"},
    {"program-by-copy", "a function that would run a program", "F04", database,
        "CREATE FUNCTION public.{it}() RETURNS void LANGUAGE plpgsql "
        "AS 'BEGIN COPY (SELECT 1) TO PROGRAM ''true''; END'",
        "DROP FUNCTION public.{it}()"},
    {"body-of-statements", "the same without a text to search", "F04", database,
        "CREATE FUNCTION public.{it}() RETURNS text LANGUAGE sql "
        "RETURN pg_catalog.pg_read_file('PG_VERSION')",
        "DROP FUNCTION public.{it}()"},
    {"seed-in-the-template", "a function in every database made from now on", "F04",
        Seat::template1,
        "CREATE FUNCTION public.{it}() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION public.{it}()"},
    {"seed-in-the-pristine-template", "the same where nobody looks", "F04", Seat::template0,
        "CREATE FUNCTION public.{it}() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION public.{it}()"},
    {"shadowed-function", "a function under the name of the system's", "F05", database,
        "CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql IMMUTABLE "
        "AS 'SELECT pg_catalog.lower($1::pg_catalog.text)'",
        "DROP FUNCTION public.lower(varchar)"},
    {"shadowed-operator", "an equality of its own", "F05", database,
        "CREATE FUNCTION public.{it}(varchar, varchar) RETURNS boolean LANGUAGE sql IMMUTABLE "
        "AS 'SELECT $1::text OPERATOR(pg_catalog.=) $2::text'; CREATE OPERATOR public.= (LEFTARG = "
        "varchar, RIGHTARG = varchar, "
        "FUNCTION = public.{it})",
        "DROP OPERATOR public.= (varchar, varchar); DROP FUNCTION public.{it}(varchar, "
        "varchar)"},
    {"shadowed-view", "a list of sessions that leaves some out", "F05", database,
        "CREATE VIEW public.pg_stat_activity AS SELECT * FROM pg_catalog.pg_stat_activity "
        "WHERE false",
        "DROP VIEW public.pg_stat_activity"},
    {"own-cast", "a conversion that nobody asked for", "F05", database,
        "CREATE CAST (pg_catalog.money AS pg_catalog.float8) WITH INOUT",
        "DROP CAST (pg_catalog.money AS pg_catalog.float8)"},
    {"among-the-systems-own", "a function among the system's own", "F06", database,
        "CREATE FUNCTION pg_catalog.pg_{it}() RETURNS void LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION pg_catalog.pg_{it}()"},
    {"own-order", "an order of letters of its own", "F07", database,
        "CREATE COLLATION public.{it} FROM \"C\"", "DROP COLLATION public.{it}"},
    {"own-text-search", "machine code reached through text search", "F07", database,
        "CREATE TEXT SEARCH TEMPLATE public.{it} (LEXIZE = dsimple_lexize)",
        "DROP TEXT SEARCH TEMPLATE public.{it}"},
    {"own-access-method", "tables read by another way", "F07", database,
        "CREATE ACCESS METHOD {it} TYPE TABLE HANDLER pg_catalog.heap_tableam_handler",
        "DROP ACCESS METHOD {it}"},
    {"files-for-all", "everybody may call the system's file reader", "F08", database,
        "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) FROM PUBLIC"},
    {"changed-system-function", "a function of the system takes its owner's rights", "F08",
        database,
        "SET allow_system_table_mods = on; UPDATE pg_catalog.pg_proc SET prosecdef = true "
        "WHERE oid = 'pg_catalog.pg_ls_logdir()'::pg_catalog.regprocedure",
        "SET allow_system_table_mods = on; UPDATE pg_catalog.pg_proc SET prosecdef = false "
        "WHERE oid = 'pg_catalog.pg_ls_logdir()'::pg_catalog.regprocedure"},

    {"at-every-definition", "a function that runs whenever something is defined", "T01", database,
        "CREATE FUNCTION public.{it}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; "
        "CREATE EVENT TRIGGER {it} ON ddl_command_end EXECUTE FUNCTION public.{it}()",
        "DROP EVENT TRIGGER {it}; DROP FUNCTION public.{it}()"},
    {"at-every-write", "a function that runs with every row, even when triggers are off", "T02",
        database,
        "CREATE FUNCTION public.{it}() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER {it} AFTER INSERT ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION public.{it}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {it}",
        "DROP TRIGGER {it} ON {table}; DROP FUNCTION public.{it}()"},
    {"rule-beside-deletes", "a rule that follows deletes", "T03", database,
        "CREATE RULE {it} AS ON DELETE TO {table} DO ALSO NOTHING", "DROP RULE {it} ON {table}"},
    {"window", "a view that shows a table past its row security", "T03", database,
        "CREATE VIEW public.{it} AS SELECT * FROM {table}", "DROP VIEW public.{it}"},
    {"check-that-calls", "a check that calls a function", "T04", database,
        "CREATE FUNCTION public.{it}() RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT "
        "true'; "
        "ALTER TABLE {table} ADD CONSTRAINT {it} CHECK (public.{it}()) NOT VALID",
        "ALTER TABLE {table} DROP CONSTRAINT {it}; DROP FUNCTION public.{it}()"},
    {"policy-for-all", "a policy that lets everybody see every row", "T04", database,
        "CREATE POLICY {it} ON {table} USING (true)", "DROP POLICY {it} ON {table}"},
    {"way-to-other-servers", "an extension that connects to other servers", "E01", database,
        "CREATE EXTENSION dblink", "DROP EXTENSION dblink"},

    {"foreign-server", "a server to send data to", "X01", database,
        "CREATE FOREIGN DATA WRAPPER {it}; CREATE SERVER {it} FOREIGN DATA WRAPPER "
        "{it} "
        "OPTIONS (host '127.0.0.1')",
        "DROP FOREIGN DATA WRAPPER {it} CASCADE"},
    {"kept-login", "the login to use there", "X02", database,
        "CREATE FOREIGN DATA WRAPPER {it}; CREATE SERVER {it} FOREIGN DATA WRAPPER "
        "{it}; "
        "CREATE USER MAPPING FOR PUBLIC SERVER {it} OPTIONS (\"user\" '{it}')",
        "DROP FOREIGN DATA WRAPPER {it} CASCADE"},
    {"table-of-a-program", "a table whose rows a program would write", "X03", database,
        "CREATE FOREIGN DATA WRAPPER {it}; CREATE SERVER {it} FOREIGN DATA WRAPPER "
        "{it}; "
        "CREATE FOREIGN TABLE public.{it} (line text) SERVER {it} OPTIONS (program 'true')",
        "DROP FOREIGN DATA WRAPPER {it} CASCADE"},
    {"publication-of-everything", "all changes of all tables, for whoever subscribes", "X05",
        database, "CREATE PUBLICATION {it} FOR ALL TABLES WITH (publish = 'insert')",
        "DROP PUBLICATION {it}"},

    {"open-future", "every new table is everybody's", "A01", database,
        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC"},
    {"open-table", "everybody may read a table", "A02", database,
        "GRANT SELECT ON {table} TO PUBLIC", "REVOKE SELECT ON {table} FROM PUBLIC"},
    {"open-schema", "everybody may create in a schema", "A03", database,
        "GRANT CREATE ON SCHEMA public TO PUBLIC", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"},
    {"whole-rows-in-the-log", "old rows go into the log whole, for a subscriber", "A04", database,
        "ALTER TABLE {table} REPLICA IDENTITY FULL",
        "ALTER TABLE {table} REPLICA IDENTITY DEFAULT"},
    {"large-object", "bytes that no table shows", "O01", database,
        "SELECT pg_catalog.lo_from_bytea(999999, 'inert')", "SELECT pg_catalog.lo_unlink(999999)"},
    {"queue-of-commands", "a command for a scheduler", "J01", database,
        "CREATE TABLE public.{it}_job (schedule text, command text); INSERT INTO "
        "public.{it}_job VALUES ('* * * * *', 'SELECT 1')",
        "DROP TABLE public.{it}_job"},
    {"row-taken-away", "a row is missing, and no trigger saw it go", "D01", database,
        "SET session_replication_role = replica; CREATE TABLE public.{it} AS SELECT * FROM "
        "{table} WHERE ctid = (SELECT min(ctid) FROM {table}); DELETE FROM {table} WHERE ctid = "
        "(SELECT min(ctid) FROM {table})",
        "SET session_replication_role = replica; INSERT INTO {table} OVERRIDING SYSTEM VALUE "
        "SELECT * FROM public.{it}; DROP TABLE public.{it}"},
    {"migration-that-never-was", "a migration that will never run", "M01", database,
        "INSERT INTO public.schema_migrations (version) VALUES ('99999999999999')",
        "DELETE FROM public.schema_migrations WHERE version = '99999999999999'"},
};

}  // namespace

std::span<const Trick> tricks_in_databases() {
  return tricks;
}

}  // namespace pgrehearse
