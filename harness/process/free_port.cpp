#include "harness/process/free_port.hpp"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/base/error.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

sockaddr_in on_the_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

std::uint16_t port_from_the_system() {
  const OwnedFd socket_fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address = on_the_loopback(0);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (!socket_fd.is_open() || bind(socket_fd.get(), plain, size) != 0 ||
      getsockname(socket_fd.get(), plain, &size) != 0) {
    throw Error{ErrorCode::instance_failed,
        fmt::format("the system gave no port: {}", std::strerror(errno))};
  }
  return ntohs(address.sin_port);
}

bool is_free(std::uint16_t port) {
  const OwnedFd socket_fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const int reuse = 1;  // as servers do: connections that have just ended do not count
  setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  sockaddr_in address = on_the_loopback(port);
  return bind(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
         listen(socket_fd.get(), 1) == 0;
}

bool is_listened_to(std::uint16_t port) {
  const OwnedFd socket_fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address = on_the_loopback(port);
  return connect(socket_fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace pgrehearse
