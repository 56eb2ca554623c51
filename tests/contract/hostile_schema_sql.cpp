#include "tests/contract/hostile_schema_sql.hpp"

#include <fmt/format.h>

namespace pgrehearse {
namespace {

// Quotes, a comment, a newline, percent signs, a dash in front, right to left, an emoji, and 63
// bytes to the last. chr(8238) turns the direction of writing; chr(128512) is a face.
constexpr const char* names = R"sql(
DO $hostile$
DECLARE name text;
BEGIN
  CREATE SCHEMA "it's; DROP SCHEMA ""x"" -- ";
  FOREACH name IN ARRAY ARRAY[
    'o''clock', 'a "quoted" one', '; -- a comment', E'two\nlines\r\n', E'a\ttab\\n', '%s%n%d {} {0}', '-rf',
    '$do$', 'NULL', 'select', ' ', 'UPPER lower', chr(8238) || 'turned', chr(128512) || ' face',
    repeat(chr(233), 31) || 'x', repeat(chr(128512), 15) || 'xyz']
  LOOP
    EXECUTE format('CREATE TABLE "it''s; DROP SCHEMA ""x"" -- ".%I (%I int PRIMARY KEY, %I text DEFAULT %L)',
      name, name, '2 ' || name, name);
    EXECUTE format('INSERT INTO "it''s; DROP SCHEMA ""x"" -- ".%I SELECT i FROM generate_series(1, 3) i', name);
    EXECUTE format('COMMENT ON TABLE "it''s; DROP SCHEMA ""x"" -- ".%I IS %L', name, name);
    EXECUTE format('CREATE ROLE %I', 'of ' || name);
    EXECUTE format('GRANT SELECT ON "it''s; DROP SCHEMA ""x"" -- ".%I TO %I', name, 'of ' || name);
  END LOOP;
END $hostile$)sql";

constexpr const char* values = R"sql(
CREATE TABLE odd (id int PRIMARY KEY, f4 real, f8 double precision, n numeric, d date, ts timestamp, tz timestamptz,
  i interval, a int[], aa text[], j jsonb, js json, x xml, b bytea, bits varbit, c char(5), v text, r int4range,
  m int4multirange, p point, addr inet, mac macaddr, u uuid, money money, ts_v tsvector, q tsquery, oid_ oid, bo bool);
INSERT INTO odd VALUES
  (1, 'NaN', 'NaN', 'NaN', 'infinity', 'infinity', '-infinity', '178000000 years', '{}', '{}', '{}', '[]', '<a/>',
   '', '', '', '', 'empty', '{}', '(NaN,-0)', '::', '00:00:00:00:00:00', '00000000-0000-0000-0000-000000000000',
   '-92233720368547758.08', '', '', 4294967295, NULL),
  (2, '-0', '-0', '-Infinity', '4713-01-01 BC', '4713-01-01 00:00:00 BC', '0044-03-15 12:00:00+00 BC',
   '-1 mons +1 day -00:00:00.000001', '[-1:1]={1,NULL,3}', '{{"a","NULL"},{NULL,"b\"c"}}', '{"a": 1.0, "b": [null]}',
   '{"a":1,"a":2}', '<?xml version="1.0"?><a b="&lt;"/>', '\x00ff', '101', 'a', E'\u00a0\u2028', '[1,)',
   '{[1,2),[5,6)}', '(Infinity,0)', '10.0.0.0/8', 'ff:ff:ff:ff:ff:ff', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '0.01',
   'a:1A b', 'a & !b', 0, true),
  (3, 'Infinity', '1e-323', 0.00, '5874897-12-31', '294276-12-31 23:59:59.999999', '2000-02-29 23:59:60+14', '0',
   array_fill(0, ARRAY[2,2,2]), ARRAY['', NULL], 'null', 'null', '', decode(repeat('00', 3000), 'hex'), '0', '     ',
   repeat(E'\n', 10000), '(,)', '{}', '(0,0)', '::1/128', '08:00:2b:01:02:03', gen_random_uuid(), '0', '', '', 1, false),
  (4, 0, 0, 0.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE TABLE nothing_in_it ();
INSERT INTO nothing_in_it DEFAULT VALUES;
CREATE TABLE wide (id int PRIMARY KEY, body text);
ALTER TABLE wide ALTER body SET STORAGE EXTERNAL)sql";

// Whoever writes count(*) or a = b without saying whose gets these. The owner of the table itself
// sees no row of "lying", and whoever changes a thing leaves a trace.
constexpr const char* traps = R"sql(
CREATE SCHEMA evil;
CREATE FUNCTION evil.md5(text) RETURNS text LANGUAGE sql AS $$ SELECT 'same' $$;
CREATE FUNCTION evil.hashtextextended(text, bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;
CREATE FUNCTION evil.yes(int, int) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR evil.= (LEFTARG = int, RIGHTARG = int, FUNCTION = evil.yes);
CREATE FUNCTION evil.yes(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.yes);
CREATE FUNCTION evil.none(bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$;
CREATE AGGREGATE evil.count(*) (SFUNC = evil.none, STYPE = bigint, INITCOND = '0');
CREATE VIEW evil.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE false;
CREATE TABLE lying (id int PRIMARY KEY);
INSERT INTO lying SELECT generate_series(1, 100);
ALTER TABLE lying ENABLE ROW LEVEL SECURITY;
ALTER TABLE lying FORCE ROW LEVEL SECURITY;
CREATE POLICY nothing ON lying USING (false);
CREATE TABLE traces (at timestamptz DEFAULT clock_timestamp(), what text);
CREATE FUNCTION evil.trace() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN INSERT INTO public.traces (what) VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER trace ON ddl_command_end EXECUTE FUNCTION evil.trace();
ALTER DATABASE app SET search_path = evil, pg_catalog, public;
ALTER DATABASE app SET row_security = on;
ALTER DATABASE app SET DateStyle = 'SQL, DMY';
ALTER DATABASE app SET TimeZone = 'Asia/Kathmandu';
ALTER DATABASE app SET extra_float_digits = -15;
ALTER DATABASE app SET IntervalStyle = 'iso_8601';
ALTER DATABASE app SET bytea_output = 'escape';
ALTER DATABASE app SET lc_monetary = 'C';
ALTER DATABASE app SET default_transaction_read_only = on)sql";

std::string for_each_table(int how_many, std::string_view statements) {
  return fmt::format(R"sql(
DO $$ BEGIN
  FOR i IN 1..{} LOOP
    {}
    IF i % 200 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$)sql",
      how_many, statements);
}

}  // namespace

std::vector<std::string> hostile_statements(int long_text_mib) {
  return {names, values,
      fmt::format(
          "INSERT INTO wide SELECT 1, string_agg(md5(i::text), '') FROM generate_series(1, {}) i",
          long_text_mib * 32768),
      traps};
}

std::vector<std::string> hostile_bytes() {
  return {"SET client_encoding = 'SQL_ASCII'",
      "DO $$ BEGIN EXECUTE 'CREATE TABLE \"' || repeat('x', 62) || convert_from('\\xc3a9', "
      "'SQL_ASCII') "
      "|| '\" (id int PRIMARY KEY, note text)'; END $$",
      "CREATE TABLE bytes (id int PRIMARY KEY, note text)",
      "INSERT INTO bytes VALUES (1, convert_from('\\xff80c3', 'SQL_ASCII'))"};
}

std::string many_tables(int how_many) {
  return for_each_table(how_many, R"sql(
    EXECUTE format('CREATE TABLE public.many_%s (id int PRIMARY KEY)', i);
    EXECUTE format('INSERT INTO public.many_%s VALUES (%s)', i, i);)sql");
}

std::string one_more_row(int how_many) {
  return for_each_table(
      how_many, "EXECUTE format('INSERT INTO public.many_%s VALUES (%s)', i, i + 1);");
}

}  // namespace pgrehearse
