// Types and how their values compare, convert, sort and are searched.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_types[] = {
    {FactKind::schema, "type", R"sql(
      SELECT t.oid::regtype::text,
             md5(ROW(typtype, typnotnull, nullif(typbasetype, 0)::regtype, typtypmod, typdefault, nullif(typcollation, 0)::regcollation, typndims,
                 typlen, typbyval, typalign, typstorage, typdelim, typcategory, typispreferred, nullif(typelem, 0)::regtype, typinput, typoutput,
                 typreceive, typsend, typmodin, typmodout, typanalyze, typsubscript,
                 (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                 (SELECT concat_ws(',', rngsubtype::regtype, rngmultitypid::regtype, nullif(rngcollation, 0)::regcollation, rngcanonical, rngsubdiff,
                         (SELECT opcname FROM pg_opclass o WHERE o.oid = rngsubopc)) FROM pg_range r WHERE r.rngtypid = t.oid))::text)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE t.oid >= 16384 AND typtype IN ('e', 'd', 'r', 'm', 'b', 'p') AND n.nspname !~ '^pg_(toast|temp)'
         AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "operator", R"sql(
      SELECT o.oid::regoperator::text, ROW(oprkind, oprcanmerge, oprcanhash, oprresult::regtype, oprcom::regoperator,
             oprnegate::regoperator, oprcode::regprocedure, oprrest, oprjoin)::text
        FROM pg_operator o WHERE o.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "operator class", R"sql(
      SELECT format('%I.%I using %I', n.nspname, o.opcname, a.amname), ROW(opcintype::regtype, opcdefault,
             nullif(opckeytype, 0)::regtype, (SELECT format('%s.%I', f.opfnamespace::regnamespace, f.opfname) FROM pg_opfamily f WHERE f.oid = o.opcfamily))::text
        FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace JOIN pg_am a ON a.oid = o.opcmethod
       WHERE o.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_opclass'::regclass AND d.objid = o.oid AND d.deptype = 'e'))sql"},
    // Families of the server itself show when somebody has added to them.
    {FactKind::schema, "operator family", R"sql(
      SELECT format('%I.%I using %I', n.nspname, f.opfname, a.amname), md5(ROW(
             (SELECT string_agg(concat_ws(' ', amopstrategy, amoppurpose, amopopr::regoperator,
                (SELECT format('%s.%I', s.opfnamespace::regnamespace, s.opfname) FROM pg_opfamily s WHERE s.oid = amopsortfamily)), ',' ORDER BY amopstrategy, amopopr::regoperator::text)
                FROM pg_amop WHERE amopfamily = f.oid),
             (SELECT string_agg(concat_ws(' ', amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc::regprocedure), ','
                                ORDER BY amprocnum, amproclefttype::regtype::text, amprocrighttype::regtype::text)
                FROM pg_amproc WHERE amprocfamily = f.oid))::text)
        FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am a ON a.oid = f.opfmethod
       WHERE (f.oid >= 16384 OR f.oid IN (SELECT amopfamily FROM pg_amop WHERE oid >= 16384 UNION SELECT amprocfamily FROM pg_amproc WHERE oid >= 16384))
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_opfamily'::regclass AND d.objid = f.oid AND d.deptype = 'e'))sql"},
    {FactKind::schema, "cast", R"sql(
      SELECT format('%s as %s', c.castsource::regtype, c.casttarget::regtype), ROW(nullif(c.castfunc, 0)::regprocedure, c.castcontext, c.castmethod)::text
        FROM pg_cast c WHERE c.oid >= 16384 AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e'))sql"},
    // Those that users made and those that columns use: a library that sorts otherwise breaks
    // indexes.
    {FactKind::schema, "collation", R"sql(
      SELECT c.oid::regcollation::text, ROW(collprovider, collisdeterministic, collencoding, collcollate, collctype, colliculocale,
             collversion, pg_collation_actual_version(c.oid))::text
        FROM pg_collation c WHERE c.oid >= 16384 OR c.oid IN (
             SELECT attcollation FROM pg_attribute WHERE attrelid >= 16384 AND attcollation NOT IN (0, 100, 950, 951)))sql"},
    {FactKind::schema, "conversion", R"sql(
      SELECT format('%I.%I', n.nspname, c.conname), ROW(pg_encoding_to_char(conforencoding), pg_encoding_to_char(contoencoding),
             conproc::regprocedure, condefault)::text
        FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.oid >= 16384)sql"},
    {FactKind::schema, "text search configuration", R"sql(
      SELECT c.oid::regconfig::text, ROW((SELECT format('%s.%I', p.prsnamespace::regnamespace, p.prsname) FROM pg_ts_parser p WHERE p.oid = c.cfgparser),
             md5((SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ',' ORDER BY m.maptokentype, m.mapseqno)
                    FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)))::text
        FROM pg_ts_config c WHERE c.oid >= 16384)sql"},
    {FactKind::schema, "text search dictionary", R"sql(
      SELECT c.oid::regdictionary::text, ROW((SELECT format('%s.%I', t.tmplnamespace::regnamespace, t.tmplname) FROM pg_ts_template t
             WHERE t.oid = c.dicttemplate), md5(c.dictinitoption))::text
        FROM pg_ts_dict c WHERE c.oid >= 16384)sql"},
    {FactKind::schema, "text search of", R"sql(
      SELECT 'the server itself', md5(ROW(
             (SELECT string_agg(concat_ws(' ', c.cfgname, m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ',' ORDER BY c.cfgname, m.maptokentype, m.mapseqno)
                FROM pg_ts_config_map m JOIN pg_ts_config c ON c.oid = m.mapcfg WHERE c.oid < 16384),
             (SELECT string_agg(concat_ws(' ', dictname, dictinitoption), ',' ORDER BY dictname) FROM pg_ts_dict WHERE oid < 16384))::text))sql"},
    {FactKind::schema, "text search parser", R"sql(
      SELECT format('%s.%I', prsnamespace::regnamespace, prsname), ROW(prsstart, prstoken, prsend, prsheadline, prslextype)::text
        FROM pg_ts_parser WHERE oid >= 16384)sql"},
    {FactKind::schema, "text search template", R"sql(
      SELECT format('%s.%I', tmplnamespace::regnamespace, tmplname), ROW(tmplinit, tmpllexize)::text FROM pg_ts_template WHERE oid >= 16384)sql"},
};

}  // namespace

std::span<const CatalogQuery> type_queries() {
  return in_types;
}

}  // namespace pgrehearse
