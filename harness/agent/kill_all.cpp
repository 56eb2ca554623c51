#include "harness/agent/kill_all.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <string>

#include <poll.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr int round_ms = 2;

// Zombies count: a server's lock file is believed until its process id is free.
std::vector<int> killable_processes() {
  std::vector<int> found;
  std::error_code problem;
  for (fs::directory_iterator entry{"/proc", problem}, end; !problem && entry != end;
       entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    int pid = 0;
    const auto [last, code] = std::from_chars(name.data(), name.data() + name.size(), pid);
    const bool is_process = code == std::errc{} && last == name.data() + name.size();
    if (is_process && pid > 1 && pid != getpid() && kill(pid, 0) == 0) {
      found.push_back(pid);
    }
  }
  if (problem) {
    throw Error{ErrorCode::io, "cannot list the processes: " + problem.message(), {}, "/proc"};
  }
  return found;
}

}  // namespace

bool is_supervisor(std::string_view command_line) {
  const std::vector<std::string> words = split(command_line, '\0');
  const auto program = std::find_if(words.begin(), words.end(),
      [](const std::string& word) { return fs::path{word}.filename() == "pgrehearse-agent"; });
  return program != words.end() && program + 1 != words.end() && *(program + 1) == "supervise";
}

std::vector<int> kill_all(Milliseconds deadline) {
  if (!is_supervisor(read_file("/proc/1/cmdline"))) {
    throw Error{ErrorCode::refused,
        "process 1 is not 'pgrehearse-agent supervise'; nothing was killed",
        "kill-all works only inside a container that this program supervises."};
  }
  const SteadyTime end = SteadyTime::now() + deadline;
  while (true) {
    kill(-1, SIGKILL);
    std::vector<int> left = killable_processes();
    if (left.empty() || SteadyTime::now() >= end) {
      return left;
    }
    poll(nullptr, 0, round_ms);
  }
}

}  // namespace pgrehearse
