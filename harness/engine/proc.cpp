#include "harness/engine/proc.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Empty when the process is gone or its files are not ours to read.
std::string content_of(pid_t pid, const char* name) {
  std::ifstream in{fmt::format("/proc/{}/{}", pid, name), std::ios::binary};
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

}  // namespace

std::optional<SeenProcess> process_seen(pid_t pid) {
  // "pid (program) state parent ...": the program may hold blanks and brackets, so look for the
  // last one.
  const std::string text = content_of(pid, "stat");
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (pid <= 0 || open == std::string::npos || close == std::string::npos) {
    return std::nullopt;
  }
  const std::vector<std::string> rest = split(std::string_view{text}.substr(close + 2), ' ');
  constexpr std::size_t state = 0;
  constexpr std::size_t parent = 1;
  constexpr std::size_t terminal = 4;
  constexpr std::size_t start = 19;  // proc(5): fields 3, 4, 7 and 22
  if (rest.size() <= start || rest[state] == "Z" || rest[state] == "X") {
    return std::nullopt;
  }
  return SeenProcess{.pid = pid,
      .parent = static_cast<pid_t>(std::strtol(rest[parent].c_str(), nullptr, 10)),
      .start_ticks = std::strtoull(rest[start].c_str(), nullptr, 10),
      .has_terminal = rest[terminal] != "0",
      .program = text.substr(open + 1, close - open - 1)};
}

std::vector<SeenProcess> processes_seen() {
  std::vector<SeenProcess> seen;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{"/proc", problem}) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (code != std::errc{} || end != name.data() + name.size()) {
      continue;
    }
    if (std::optional<SeenProcess> process = process_seen(pid); process.has_value()) {
      seen.push_back(std::move(*process));
    }
  }
  return seen;
}

std::string variable_of(pid_t pid, std::string_view name) {
  for (const std::string& variable : split(content_of(pid, "environ"), '\0')) {
    if (variable.size() > name.size() && variable[name.size()] == '=' &&
        variable.starts_with(name)) {
      return variable.substr(name.size() + 1);
    }
  }
  return "";
}

fs::path folder_of(pid_t pid) {
  std::error_code problem;
  return fs::read_symlink(fmt::format("/proc/{}/cwd", pid), problem);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const std::string text = path.string();
  const std::string prefix = folder.string();
  // A folder that is gone shows as "<path> (deleted)".
  return text.starts_with(prefix) &&
         (text.size() == prefix.size() || text[prefix.size()] == '/' || text[prefix.size()] == ' ');
}

std::vector<pid_t> own_line() {
  std::vector<pid_t> line;
  for (pid_t pid = getpid(); pid > 0;) {
    line.push_back(pid);
    const std::optional<SeenProcess> process = process_seen(pid);
    pid = process.has_value() ? process->parent : 0;
  }
  return line;
}

void kill_exactly(const SeenProcess& process) {
  // The pidfd holds the process it was opened for; the start time proves that it is the one we saw.
  const OwnedFd handle{static_cast<int>(syscall(SYS_pidfd_open, process.pid, 0U))};
  const std::optional<SeenProcess> now = process_seen(process.pid);
  if (now.has_value() && now->start_ticks == process.start_ticks) {
    if (handle.is_open()) {
      syscall(SYS_pidfd_send_signal, handle.get(), SIGKILL, nullptr, 0U);
    } else {
      kill(process.pid, SIGKILL);
    }
  }
}

}  // namespace pgrehearse
