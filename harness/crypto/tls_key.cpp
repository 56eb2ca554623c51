#include "harness/crypto/tls_key.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

constexpr long day = 24L * 60 * 60;

struct Free {
  void operator()(BIO* text) const noexcept { BIO_free_all(text); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const noexcept { X509_EXTENSION_free(extension); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, Free>;

void require(bool worked) {
  if (!worked) {
    throw Error{ErrorCode::internal, "the crypto library refused to make a key or a certificate"};
  }
}

Owned<BIO> text_to_read(std::string_view text) {
  Owned<BIO> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  require(bio != nullptr);
  return bio;
}

// What a writer of PEM writes; the memory is cleared when it is given back.
template <typename Write>
std::string text_of(Write write) {
  const Owned<BIO> bio{BIO_new(BIO_s_secmem())};
  require(bio != nullptr && write(bio.get()) == 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void extend(X509* certificate, int what, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension{X509V3_EXT_conf_nid(nullptr, &context, what, value)};
  require(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Valid since yesterday: the clocks of the server and of who asks may differ.
std::string certificate_for(EVP_PKEY* key) {
  const Owned<X509> certificate{X509_new()};
  std::uint64_t number = 0;
  require(certificate != nullptr &&
          RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) == 1);
  X509* const made = certificate.get();
  X509_NAME* const name = X509_get_subject_name(made);
  const auto* const common_name = reinterpret_cast<const unsigned char*>("pgrehearse drill");
  require(X509_set_version(made, X509_VERSION_3) == 1 &&
          ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), number >> 1U) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(made), -day) != nullptr &&
          X509_gmtime_adj(X509_getm_notAfter(made), 30 * day) != nullptr &&
          X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
          X509_set_issuer_name(made, name) == 1 && X509_set_pubkey(made, key) == 1);
  extend(made, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  extend(made, NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(made, key, EVP_sha256()) > 0);
  return text_of([&](BIO* text) { return PEM_write_bio_X509(text, made); });
}

}  // namespace

TlsKey make_tls_key() {
  const Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
  require(key != nullptr);
  return {.private_key = Secret{text_of([&](BIO* text) {
            return PEM_write_bio_PrivateKey(text, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })},
      .certificate = certificate_for(key.get())};
}

TlsKey with_new_certificate(const TlsKey& key) {
  const Owned<BIO> text = text_to_read(key.private_key.reveal());
  const Owned<EVP_PKEY> same{PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr)};
  require(same != nullptr);
  return {.private_key = key.private_key, .certificate = certificate_for(same.get())};
}

std::string public_key_sha256(std::string_view certificate) {
  const Owned<BIO> text = text_to_read(certificate);
  const Owned<X509> read{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
  if (read == nullptr) {
    throw Error{ErrorCode::bad_value, "what should be a certificate is none"};
  }
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(read.get()), &bytes);
  require(size > 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owned{
      bytes, [](unsigned char* buffer) { OPENSSL_free(buffer); }};
  return sha256_hex({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
}

}  // namespace pgrehearse
