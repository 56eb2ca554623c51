// A socket of the loopback that somebody could call. Nobody answers there.
#pragma once

#include <cstdint>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pgrehearse {

class [[nodiscard]] Listener {
 public:
  /// At a port that the kernel chooses, or at that of somebody who has left it.
  explicit Listener(std::uint16_t port = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int reuse = 1;
    EXPECT_EQ(::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), 0);
    address_.sin_family = AF_INET;
    address_.sin_port = htons(port);
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const plain = reinterpret_cast<sockaddr*>(&address_);
    EXPECT_EQ(::bind(socket_, plain, size), 0);
    EXPECT_EQ(::getsockname(socket_, plain, &size), 0);
    EXPECT_EQ(::listen(socket_, 4), 0);
  }
  /// Whoever has called by then is hung up on.
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(ntohs(address_.sin_port)); }
  [[nodiscard]] bool was_called(int within_ms = 0) const {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, within_ms) == 1;
  }

 private:
  int socket_;
  sockaddr_in address_{};
};

}  // namespace pgrehearse
