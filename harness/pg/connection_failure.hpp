// Why a connection could not be made, without the words of the driver.
//
// libpq's texts quote hosts, users and databases, and even a password that it cannot decode. So a
// text is only ever recognised, and replaced by one of the fixed reasons here.
#pragma once

#include <string_view>

namespace pgrehearse {

/// What is told to a person, and what to look at next.
struct ConnectionFailure {
  std::string_view cause;
  std::string_view hint;
};

/// Recognises a text of libpq or of a server with English messages; a text that is not recognised
/// gives "for a reason that is withheld". Never returns any part of the text.
[[nodiscard]] ConnectionFailure connection_failure_of(std::string_view driver_text);

}  // namespace pgrehearse
