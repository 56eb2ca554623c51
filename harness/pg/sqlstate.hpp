// What an SQLSTATE means, in words of our own.
//
// The server's text for an error may quote row values, literals of the statement, or a password: it
// is never shown. The five characters are safe, and these words explain them.
#pragma once

#include <string_view>

namespace pgrehearse {

/// "unique violation" for 23505; the words of the class ("integrity constraint violation") for a
/// code without words of its own; "unknown condition" for anything else. Source:
/// https://www.postgresql.org/docs/15/errcodes-appendix.html
[[nodiscard]] std::string_view condition_of(std::string_view sqlstate);

}  // namespace pgrehearse
