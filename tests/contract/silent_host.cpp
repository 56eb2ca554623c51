#include "tests/contract/silent_host.hpp"

#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr int callers_in_waiting = 64;

}  // namespace

SilentHost::SilentHost() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || bind(listener_, generic, length) != 0 ||
      listen(listener_, callers_in_waiting) != 0 || getsockname(listener_, generic, &length) != 0) {
    if (listener_ >= 0) {
      close(listener_);
    }
    throw Error{ErrorCode::io, "cannot listen on the loopback"};
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { listen_until_closed(); }};
}

SilentHost::~SilentHost() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void SilentHost::listen_until_closed() {
  std::vector<int> callers;
  for (int caller = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); caller >= 0;
       caller = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) {
    callers.push_back(caller);
    ++calls_;
  }
  for (const int caller : callers) {
    close(caller);
  }
}

}  // namespace pgrehearse
