// What stopped a dump from being taken or loaded, in names alone.
#pragma once

#include <string>
#include <string_view>

namespace pgrehearse {

/// "INDEX orders_label_idx: function label(integer) does not exist": of what pg_restore, pg_dump or
/// psql wrote to standard error, the object it was at and the server's reason. A reason is repeated
/// only where Postgres puts nothing but names of objects into it; a row's values never are. Empty
/// when nothing can be told.
[[nodiscard]] std::string load_failure_in(std::string_view err);

}  // namespace pgrehearse
