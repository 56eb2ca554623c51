#include "harness/check/catalog_queries.hpp"

namespace pgrehearse {

std::vector<CatalogQuery> database_queries() {
  std::vector<CatalogQuery> all;
  for (const auto& queries :
      {relation_queries(), code_queries(), type_queries(), foreign_queries(), grant_queries()}) {
    all.insert(all.end(), queries.begin(), queries.end());
  }
  return all;
}

}  // namespace pgrehearse
