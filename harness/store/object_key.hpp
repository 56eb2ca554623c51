// The names of objects. One rule for every store, narrower than any of them needs, so that a key
// that works in one works in all: S3 counts 1024 bytes in a key, file systems 255 in a name.
#pragma once

#include <string_view>

namespace pgrehearse {

/// Refuses with Error{bad_value} what is not a key: 1 to 900 bytes, made of parts of 1 to 200 bytes
/// with a slash between them. A part is printable ASCII without '~' and backslash, and neither "."
/// nor "..". "a" and "a/b" may both be keys.
void demand_key(std::string_view key);

/// Refuses with Error{bad_value} what cannot be the beginning of a key. Nothing is a prefix of all
/// of them; "base/2" fits "base/2" and "base/20/x".
void demand_prefix(std::string_view prefix);

}  // namespace pgrehearse
