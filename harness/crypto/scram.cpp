#include "harness/crypto/scram.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// PostgreSQL's own default (SCRAM_DEFAULT_ITERATIONS); the server takes it from the verifier. Fewer
// would do for random passwords, and would save a tenth of a drill's work, but RFC 7677 asks for
// these, and a team's own clients log in too: with a single one, dbmate's migrations failed.
constexpr int iterations = 4096;

using Salt = std::array<unsigned char, 16>;
using Key = std::array<unsigned char, 32>;

std::string base64(std::span<const unsigned char> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

void need(bool worked) {
  if (!worked) {
    throw Error{ErrorCode::internal, "the crypto library could not compute a password verifier",
        "Is SHA-256 available in this build of OpenSSL?"};
  }
}

Key keyed_hash(const Key& key, std::string_view message) {
  Key mac{};
  unsigned int length = 0;
  need(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(),
           &length) != nullptr);
  return mac;
}

Key hash(const Key& input) {
  Key digest{};
  unsigned int length = 0;
  need(EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1);
  return digest;
}

}  // namespace

std::string scram_sha_256_verifier(const Secret& password) {
  const std::string& text = password.reveal();
  const bool ascii = std::all_of(text.begin(), text.end(),
      [](char letter) { return letter != '\0' && static_cast<unsigned char>(letter) < 0x80; });
  if (text.empty() || !ascii) {
    throw Error{ErrorCode::bad_value,
        "a password that is empty or not plain ASCII has no verifier here",
        "Use letters, digits and punctuation of ASCII."};
  }
  Salt salt{};
  need(RAND_bytes(salt.data(), static_cast<int>(salt.size())) == 1);
  Key salted{};
  need(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(),
           static_cast<int>(salt.size()), iterations, EVP_sha256(), static_cast<int>(salted.size()),
           salted.data()) == 1);
  return fmt::format("SCRAM-SHA-256${}:{}${}:{}", iterations, base64(salt),
      base64(hash(keyed_hash(salted, "Client Key"))), base64(keyed_hash(salted, "Server Key")));
}

}  // namespace pgrehearse
