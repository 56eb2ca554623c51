#include "harness/crypto/sha256.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

void require(int answer) {
  if (answer != 1) {
    throw Error{ErrorCode::internal, "the crypto library refused to compute a SHA-256 digest"};
  }
}

[[noreturn]] void fail(const char* what, const std::filesystem::path& path) {
  throw Error{
      ErrorCode::io, fmt::format("cannot {}: {}", what, std::strerror(errno)), {}, path.string()};
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept {
  EVP_MD_CTX_free(context);
}

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::take_hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  require(EVP_DigestInit_ex(context_.get(), nullptr, nullptr));
  return hex_of({reinterpret_cast<const char*>(digest.data()), size});
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.take_hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    fail("open", path);
  }
  Sha256 digest;
  std::vector<char> piece(piece_bytes);
  ssize_t got = 0;
  while ((got = read(fd, piece.data(), piece.size())) > 0 || (got < 0 && errno == EINTR)) {
    if (got > 0) {
      digest.add({piece.data(), static_cast<std::size_t>(got)});
    }
  }
  const int reason = errno;
  close(fd);
  if (got < 0) {
    errno = reason;
    fail("read", path);
  }
  return digest.take_hex();
}

std::string hex_of(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

void ignore_crypto_configuration() {
  require(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr));
}

}  // namespace pgrehearse
