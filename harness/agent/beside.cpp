#include "harness/agent/beside.hpp"

#include <string>
#include <vector>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"

namespace pgrehearse {

// Whoever enters a user namespace that its own account made may do all in it, until it becomes
// another program.
void enter_namespaces_of(pid_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/ns/";
  const Descriptor user = open_file(folder + "user", O_RDONLY);
  const Descriptor network = open_file(folder + "net", O_RDONLY);
  if (setns(user.fd(), CLONE_NEWUSER) != 0) {
    throw_io("enter the user namespace", folder + "user");
  }
  if (setns(network.fd(), CLONE_NEWNET) != 0) {
    throw_io("enter the network namespace", folder + "net");
  }
  const Descriptor any{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  ifreq loopback{};
  loopback.ifr_name[0] = 'l';
  loopback.ifr_name[1] = 'o';
  if (ioctl(any.fd(), SIOCGIFFLAGS, &loopback) != 0) {
    throw_io("look at the loopback", folder + "net");
  }
  if ((loopback.ifr_flags & IFF_UP) != 0) {
    return;
  }
  loopback.ifr_flags = static_cast<short>(loopback.ifr_flags | IFF_UP);
  if (ioctl(any.fd(), SIOCSIFFLAGS, &loopback) != 0) {
    throw_io("raise the loopback", folder + "net");
  }
}

void become(std::span<const std::string> argv) {
  std::vector<std::string> words{argv.begin(), argv.end()};
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  execvp(pointers.front(), pointers.data());
  throw_io("run", argv.front());
}

}  // namespace pgrehearse
