#include "harness/agent/put.hpp"

#include <array>
#include <cerrno>
#include <string>

#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {

void put(int from, const std::filesystem::path& path) {
  std::string content;
  std::array<char, 65536> piece{};
  while (true) {
    const ssize_t got = read(from, piece.data(), piece.size());
    if (got == 0) {
      break;
    }
    if (got > 0) {
      content.append(piece.data(), static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      throw_io("read standard input for", path);
    }
  }
  write_file(path, content, 0600);
}

}  // namespace pgrehearse
