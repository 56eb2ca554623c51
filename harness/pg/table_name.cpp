#include "harness/pg/table_name.hpp"

#include "harness/base/text.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

std::string quoted_table(std::string_view name) {
  std::string quoted;
  for (const std::string& part : split(name, '.')) {
    quoted += (quoted.empty() ? "" : ".") + identifier(part);
  }
  return quoted;
}

}  // namespace pgrehearse
