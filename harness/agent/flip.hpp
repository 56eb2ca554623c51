// What failing storage does, done on purpose: the smallest damage there is.
#pragma once

#include <cstdint>
#include <filesystem>

namespace pgrehearse {

/// Inverts the lowest bit of one byte and makes it durable. The file keeps its size and its times
/// change as with any write. Throws Error{io}, and Error{bad_value} when the file ends before the
/// offset.
void flip_a_bit(const std::filesystem::path& file, std::uint64_t offset);

}  // namespace pgrehearse
