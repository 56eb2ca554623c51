// What ties a database to others: foreign data, publications. Options and connection strings may
// hold passwords, so only their digests leave the server, and those stay in memory. Options are
// sorted: a dump sorts them.
#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {
namespace {

constexpr CatalogQuery in_foreign[] = {
    {FactKind::schema, "foreign data wrapper", R"sql(
      SELECT quote_ident(fdwname), ROW(fdwhandler::regproc, fdwvalidator::regproc, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(fdwoptions) o))::text FROM pg_foreign_data_wrapper)sql"},
    {FactKind::schema, "foreign server", R"sql(
      SELECT quote_ident(srvname), ROW(fdwname, srvtype, srvversion, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(srvoptions) o))::text
        FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw)sql"},
    {FactKind::schema, "foreign table", R"sql(
      SELECT f.ftrelid::regclass::text, ROW(s.srvname, (SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(f.ftoptions) o))::text
        FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver)sql"},
    {FactKind::roles, "user mapping", R"sql(
      SELECT format('%I for %s', s.srvname, CASE WHEN u.umuser = 0 THEN 'public' ELSE pg_get_userbyid(u.umuser) END), coalesce((SELECT md5(string_agg(o, ',' ORDER BY o)) FROM unnest(u.umoptions) o), 'none')
        FROM pg_user_mapping u JOIN pg_foreign_server s ON s.oid = u.umserver)sql"},
    {FactKind::schema, "publication", R"sql(
      SELECT quote_ident(pubname), ROW(puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, pg_get_userbyid(pubowner))::text
        FROM pg_publication)sql"},
    {FactKind::schema, "published table", R"sql(
      SELECT format('%s in %I', r.prrelid::regclass, p.pubname), ROW(
             (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
             md5(pg_get_expr(r.prqual, r.prrelid)))::text
        FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid)sql"},
    {FactKind::schema, "published schema", R"sql(
      SELECT format('%s in %I', s.pnnspid::regnamespace, p.pubname), 'published'
        FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid)sql"},
};

}  // namespace

std::span<const CatalogQuery> foreign_queries() {
  return in_foreign;
}

}  // namespace pgrehearse
