#include "harness/crypto/ed25519.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

struct Free {
  void operator()(BIO* text) const noexcept { BIO_free_all(text); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, Free>;

constexpr std::size_t signature_size = 64;

void require(bool worked) {
  if (!worked) {
    throw Error{ErrorCode::internal, "the crypto library refused to sign"};
  }
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIO> text_to_read(std::string_view text) {
  Owned<BIO> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  require(bio != nullptr);
  return bio;
}

bool is_ed25519(const Owned<EVP_PKEY>& key) {
  return key != nullptr && EVP_PKEY_id(key.get()) == EVP_PKEY_ED25519;
}

// Never asks a terminal for a pass phrase.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

}  // namespace

Signed sign_ed25519(const Secret& key, std::string_view message) {
  const Owned<BIO> text = text_to_read(key.reveal());
  const Owned<EVP_PKEY> secret{
      PEM_read_bio_PrivateKey(text.get(), nullptr, no_pass_phrase, nullptr)};
  if (!is_ed25519(secret)) {
    throw Error{ErrorCode::bad_config, "the signing key is no Ed25519 private key in PEM",
        "openssl genpkey -algorithm ed25519 makes one. The variable holds its text, not a path."};
  }
  Signed made;
  made.signature.resize(signature_size);
  std::size_t size = signature_size;
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  require(context != nullptr);
  require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret.get()) == 1);
  require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.signature.data()),
              &size, bytes_of(message), message.size()) == 1);
  require(size == signature_size);
  const Owned<BIO> pem{BIO_new(BIO_s_mem())};
  require(pem != nullptr && PEM_write_bio_PUBKEY(pem.get(), secret.get()) == 1);
  char* written = nullptr;
  const long length = BIO_get_mem_data(pem.get(), &written);
  made.public_key.assign(written, static_cast<std::size_t>(length));
  return made;
}

bool verify_ed25519(
    std::string_view public_key, std::string_view message, std::string_view signature) {
  const Owned<BIO> text = text_to_read(public_key);
  const Owned<EVP_PKEY> key{PEM_read_bio_PUBKEY(text.get(), nullptr, no_pass_phrase, nullptr)};
  if (!is_ed25519(key)) {
    return false;
  }
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  require(context != nullptr);
  require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message),
             message.size()) == 1;
}

}  // namespace pgrehearse
