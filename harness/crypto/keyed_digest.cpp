#include "harness/crypto/keyed_digest.hpp"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t kept_digits = 16;

}  // namespace

std::string keyed_digest(const Secret& key, std::string_view text) {
  return authentication_code(key, text).substr(0, kept_digits);
}

std::string authentication_code(const Secret& key, std::string_view text) {
  if (key.empty()) {
    throw Error{ErrorCode::internal, "a keyed digest was asked for without a key"};
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const unsigned char* answer =
      HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
          reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  if (answer == nullptr) {
    throw Error{ErrorCode::internal, "the crypto library refused to compute an HMAC"};
  }
  return hex_of({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace pgrehearse
