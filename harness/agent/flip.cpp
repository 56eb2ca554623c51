#include "harness/agent/flip.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {

void flip_a_bit(const std::filesystem::path& file, std::uint64_t offset) {
  const Descriptor open = open_file(file, O_RDWR | O_NOFOLLOW);
  if (offset >= bytes_of_regular_file(open, file)) {
    throw Error{ErrorCode::bad_value, fmt::format("the file ends before byte {}", offset), {},
        file.string()};
  }
  unsigned char byte = 0;
  if (pread(open.fd(), &byte, 1, static_cast<off_t>(offset)) != 1) {
    throw_io("read", file);
  }
  byte ^= 1U;
  if (pwrite(open.fd(), &byte, 1, static_cast<off_t>(offset)) != 1) {
    throw_io("write", file);
  }
  make_durable(open, file);
}

}  // namespace pgrehearse
