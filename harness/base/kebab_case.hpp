// How a name of the code is written for people.
#pragma once

#include <string>
#include <string_view>

namespace pgrehearse {

/// "AccidentalDelete" as "accidental-delete".
[[nodiscard]] std::string kebab_case(std::string_view camel);

}  // namespace pgrehearse
