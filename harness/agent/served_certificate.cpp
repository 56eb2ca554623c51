#include "harness/agent/served_certificate.hpp"

#include <array>
#include <memory>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

// The message SSLRequest: its length, and a number that no protocol version has.
constexpr std::array<unsigned char, 8> request{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
constexpr timeval patience{.tv_sec = 5, .tv_usec = 0};

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* connection) const noexcept { SSL_free(connection); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(BIO* text) const noexcept { BIO_free(text); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, Free>;

void require(bool worked, std::string_view what) {
  if (!worked) {
    throw Error{ErrorCode::connection_lost, std::string{what}};
  }
}

Descriptor connected(std::uint16_t port) {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(
      socket.is_open() &&
          setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
          setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
          connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
      "no server listens on this port of the loopback");
  return socket;
}

std::string text_of(X509* certificate) {
  const Owned<BIO> text{BIO_new(BIO_s_mem())};
  require(text != nullptr && PEM_write_bio_X509(text.get(), certificate) == 1,
      "the certificate cannot be written");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

std::string served_certificate(std::uint16_t port) {
  const Descriptor socket = connected(port);
  char answer = 0;
  require(write(socket.fd(), request.data(), request.size()) == std::ssize(request) &&
              read(socket.fd(), &answer, 1) == 1,
      "the server does not answer");
  if (answer == 'N') {
    return {};
  }
  require(answer == 'S', "what answers is no server of Postgres");
  const Owned<SSL_CTX> context{SSL_CTX_new(TLS_client_method())};
  const Owned<SSL> connection{context == nullptr ? nullptr : SSL_new(context.get())};
  require(connection != nullptr && SSL_set_fd(connection.get(), socket.fd()) == 1 &&
              SSL_connect(connection.get()) == 1,
      "the handshake comes to no end");
  const Owned<X509> certificate{SSL_get1_peer_certificate(connection.get())};
  require(certificate != nullptr, "the server shows no certificate");
  return text_of(certificate.get());
}

}  // namespace pgrehearse
