// Tables as drill.yaml names them.
#pragma once

#include <string>
#include <string_view>

namespace pgrehearse {

/// public.Orders -> "public"."Orders": capitals and reserved words are kept as they are.
[[nodiscard]] std::string quoted_table(std::string_view name);

}  // namespace pgrehearse
