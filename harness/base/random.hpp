// Randomness from the kernel, for names and secrets. Seeded, repeatable randomness for data is
// elsewhere.
#pragma once

#include <cstddef>
#include <string>

namespace pgrehearse {

/// `bytes` random bytes as lower-case hexadecimal digits.
[[nodiscard]] std::string random_hex(std::size_t bytes);

}  // namespace pgrehearse
