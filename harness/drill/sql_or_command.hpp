// Runs what drill.yaml gives as SQL or as a command: the seed, an erasure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/drill/hook.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// SQL texts, then SQL files, each sent as one piece; or the command; or nothing, when none of them
/// is given. Throws Error{query_failed} naming the context's phase, the text's number or the file,
/// and the SQLSTATE, never the SQL; and what run_hook throws.
void apply(const SqlOrCommand& given, const Subject& subject, const HookContext& context);

/// `:scale` and `:seed` as whole words become numbers, wherever they stand. `::scale` is a cast and
/// stays; so do `:scaled` and `a:scale`.
[[nodiscard]] std::string with_numbers(std::string_view sql, int scale, std::int64_t seed_number);

}  // namespace pgrehearse
