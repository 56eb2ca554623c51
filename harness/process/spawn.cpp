#include "harness/process/spawn.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

// What the child tells its parent when it could not become the program.
struct Failure {
  int stage = 0;  // an index into stage_names
  int reason = 0;
};
constexpr std::array<std::string_view, 4> stage_names{
    "set up", "become the account for", "enter the working directory of", "execute"};

// Everything the child needs, in a form that needs no allocation any more.
struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::vector<std::string> candidates;  // absolute or relative paths to try, in order
  pid_t parent = -1;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));  // execve does not write to them
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view value_of(const std::vector<std::string>& environment, std::string_view name) {
  for (const std::string& variable : environment) {
    if (variable.size() > name.size() && variable[name.size()] == '=' &&
        variable.starts_with(name)) {
      return std::string_view{variable}.substr(name.size() + 1);
    }
  }
  return {};
}

Prepared prepare(const SpawnRequest& request) {
  Prepared prepared{pointers_to(request.argv), pointers_to(request.environment), {}, getpid()};
  const std::string& program = request.argv.front();
  if (program.find('/') != std::string::npos) {
    prepared.candidates.push_back(program);
    return prepared;
  }
  for (const std::string& folder : split(value_of(request.environment, "PATH"), ':')) {
    if (!folder.empty()) {
      prepared.candidates.push_back(fmt::format("{}/{}", folder, program));
    }
  }
  return prepared;
}

[[noreturn]] void give_up(int report, int stage, int reason) {
  const Failure failure{stage, reason};
  [[maybe_unused]] const ssize_t written = write(report, &failure, sizeof failure);
  _exit(127);
}

// Makes `fd` the descriptor `wanted`; all sources are above the descriptors they become here.
bool becomes(int fd, int wanted) {
  return dup2(fd, wanted) == wanted;
}

// Runs in the child: async-signal-safe calls only.
[[noreturn]] void child(const SpawnRequest& request, const Prepared& prepared, int report) {
  for (int number = 1; number < NSIG; ++number) {
    signal(number, SIG_DFL);  // SIGKILL and SIGSTOP refuse, which is fine
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (request.own_session) {
    setsid();
  } else {
    setpgid(0, 0);
  }
  if (!becomes(request.input, 0) || !becomes(request.output, 1) || !becomes(request.errors, 2)) {
    give_up(report, 0, errno);
  }
  unsigned first_to_close = 3;
  if (request.secret >= 0) {
    const rlimit nothing{0, 0};
    if (!becomes(request.secret, 3) || setrlimit(RLIMIT_CORE, &nothing) != 0) {
      give_up(report, 0, errno);
    }
    first_to_close = 4;
  }
  close_range(first_to_close, ~0U, CLOSE_RANGE_CLOEXEC);
  if (request.account.has_value()) {
    const gid_t group = request.account->gid;
    if (setgroups(1, &group) != 0 || setgid(group) != 0 || setuid(request.account->uid) != 0) {
      give_up(report, 1, errno);
    }
  }
  // After the account: a change of it clears this. Whoever is orphaned already gets no signal.
  if (request.ends_with_us &&
      (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != prepared.parent)) {
    give_up(report, 0, ESRCH);
  }
  if (!request.cwd.empty() && chdir(request.cwd.c_str()) != 0) {
    give_up(report, 2, errno);
  }
  int reason = ENOENT;
  for (const std::string& candidate : prepared.candidates) {
    execve(candidate.c_str(), prepared.argv.data(), prepared.environment.data());
    if (errno != ENOENT && errno != ENOTDIR) {
      reason =
          errno;  // as execvp: "permission denied" says more than "not found" in a later folder
    }
  }
  give_up(report, 3, reason);
}

// A descriptor above 3, so that dup2 onto 0 to 3 cannot overwrite one still needed.
OwnedFd lifted(int fd) {
  OwnedFd copy{fcntl(fd, F_DUPFD_CLOEXEC, 4)};
  if (!copy.is_open()) {
    throw Error{
        ErrorCode::internal, fmt::format("cannot copy a descriptor: {}", std::strerror(errno))};
  }
  return copy;
}

// What children shall not see, for every thread of the process.
class Withheld {
 public:
  void add(std::string name) {
    const std::lock_guard lock{mutex_};
    names_.insert(std::move(name));
  }
  [[nodiscard]] bool has(std::string_view name) {
    const std::lock_guard lock{mutex_};
    return names_.contains(name);
  }

 private:
  std::mutex mutex_;
  std::set<std::string, std::less<>> names_;
};

Withheld& withheld() {
  static Withheld names;
  return names;
}

ssize_t read_retrying(int fd, void* to, std::size_t bytes) {
  ssize_t got = 0;
  while ((got = read(fd, to, bytes)) < 0 && errno == EINTR) {
  }
  return got;
}

}  // namespace

void OwnedFd::reset() {
  if (fd_ >= 0) {
    close(std::exchange(fd_, -1));
  }
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Error{ErrorCode::internal, fmt::format("cannot make a pipe: {}", std::strerror(errno)),
        "Raise the limit of open files (ulimit -n)."};
  }
  return {OwnedFd{ends[0]}, OwnedFd{ends[1]}};
}

OwnedFd open_null() {
  OwnedFd null{open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (!null.is_open()) {
    throw Error{
        ErrorCode::internal, fmt::format("cannot open /dev/null: {}", std::strerror(errno))};
  }
  return null;
}

pid_t spawn(const SpawnRequest& request) {
  if (request.argv.empty() || request.argv.front().empty()) {
    throw Error{ErrorCode::internal, "a program without a name cannot be started"};
  }
  SpawnRequest lifted_request = request;
  const OwnedFd input = lifted(request.input);
  const OwnedFd output = lifted(request.output);
  const OwnedFd errors = lifted(request.errors);
  lifted_request.input = input.get();
  lifted_request.output = output.get();
  lifted_request.errors = errors.get();
  const OwnedFd secret = request.secret >= 0 ? lifted(request.secret) : OwnedFd{};
  lifted_request.secret = secret.get();
  const Prepared prepared = prepare(lifted_request);
  Pipe report = make_pipe();
  OwnedFd report_here = lifted(report.write_end.get());

  // No handler of ours may run in the child, which shares nothing with us but looks like us.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) {
    child(lifted_request, prepared, report_here.get());
  }
  const int fork_reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    throw Error{ErrorCode::program_failed,
        fmt::format("cannot start {}: {}", request.argv.front(), std::strerror(fork_reason)),
        "This host may be out of processes or memory."};
  }
  if (!request.own_session) {
    setpgid(pid, pid);  // also here: whoever of the two comes first; EACCES after exec is fine
  }
  report_here.reset();
  report.write_end.reset();
  Failure failure;
  if (read_retrying(report.read_end.get(), &failure, sizeof failure) == sizeof failure) {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw Error{ErrorCode::program_failed,
        fmt::format("cannot {} {}: {}", stage_names.at(static_cast<std::size_t>(failure.stage)),
            request.argv.front(), std::strerror(failure.reason)),
        failure.stage == 3 ? "Is it installed, and in PATH?" : ""};
  }
  return pid;
}

void withhold_from_children(std::string name) {
  withheld().add(std::move(name));
}

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    if (!withheld().has(text.substr(0, text.find('=')))) {
      variables.emplace_back(text);
    }
  }
  return variables;
}

void set_variable(
    std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  unset_variable(environment, name);
  environment.push_back(fmt::format("{}={}", name, value));
}

void unset_variable(std::vector<std::string>& environment, std::string_view name) {
  std::erase_if(environment, [&](const std::string& variable) {
    return variable.size() > name.size() && variable[name.size()] == '=' &&
           variable.starts_with(name);
  });
}

}  // namespace pgrehearse
