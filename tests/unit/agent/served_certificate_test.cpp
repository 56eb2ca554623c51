// What is no handshake. The real ones are in tests/contract/rotation_tls_test.cpp.
#include "harness/agent/served_certificate.hpp"

#include <array>
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

/// Takes one connection, reads the request, says its word, and hangs up.
class Answering {
 public:
  explicit Answering(std::string word) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(bind(listening_.fd(), reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(listen(listening_.fd(), 1), 0);
    EXPECT_EQ(getsockname(listening_.fd(), reinterpret_cast<sockaddr*>(&address), &length), 0);
    port = ntohs(address.sin_port);
    server_ = std::jthread{[this, word = std::move(word)] {
      const Descriptor client{accept(listening_.fd(), nullptr, nullptr)};
      std::array<char, 8> request{};
      EXPECT_EQ(recv(client.fd(), request.data(), request.size(), MSG_WAITALL), 8);
      EXPECT_EQ(
          std::string(request.data(), request.size()), std::string("\0\0\0\x8\x4\xd2\x16\x2f", 8));
      EXPECT_EQ(send(client.fd(), word.data(), word.size(), MSG_NOSIGNAL), std::ssize(word));
    }};
  }
  std::uint16_t port = 0;

 private:
  Descriptor listening_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::jthread server_;
};

std::string refusal_at(std::uint16_t port) {
  try {
    return "answered: " + served_certificate(port);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::connection_lost);
    return error.message();
  }
}

TEST(ServedCertificate, IsNoneWhereTheServerSpeaksNoTls) {
  const Answering server{"N"};
  EXPECT_EQ(served_certificate(server.port), "");
}

TEST(ServedCertificate, IsNoneOfWhatIsNoServerOfPostgres) {
  const Answering other{"H"};
  EXPECT_EQ(refusal_at(other.port), "what answers is no server of Postgres");
  const Answering silent{""};
  EXPECT_EQ(refusal_at(silent.port), "the server does not answer");
  EXPECT_EQ(refusal_at(1), "no server listens on this port of the loopback");
}

TEST(ServedCertificate, IsNoneOfAHandshakeThatBreaksOff) {
  std::signal(SIGPIPE, SIG_IGN);
  const Answering server{"S"};
  EXPECT_EQ(refusal_at(server.port), "the handshake comes to no end");
}

}  // namespace
}  // namespace pgrehearse
