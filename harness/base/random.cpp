#include "harness/base/random.hpp"

#include <vector>

#include <sys/random.h>

#include "harness/base/error.hpp"
#include "harness/base/secret.hpp"

namespace pgrehearse {

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> raw(bytes);
  if (getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(bytes)) {
    throw Error{ErrorCode::io, "the kernel gave no random bytes"};
  }
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : raw) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

Secret Secret::random() {
  return Secret{random_hex(16)};
}

}  // namespace pgrehearse
