// Fills the database with the rows of the baseline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/drill/hook.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// SQL texts, then SQL files, each sent as one piece; or the command. Throws Error{query_failed}
/// naming the text's number or the file, and the SQLSTATE, never the SQL.
void seed(const Subject& subject, const HookContext& context);

/// `:scale` and `:seed` as whole words become numbers, wherever they stand. `::scale` is a cast and
/// stays; so do `:scaled` and `a:scale`.
[[nodiscard]] std::string with_numbers(std::string_view sql, int scale, std::int64_t seed_number);

}  // namespace pgrehearse
