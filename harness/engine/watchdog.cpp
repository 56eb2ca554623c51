#include "harness/engine/watchdog.hpp"

#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds longest_goodbye{30'000};
// A sweep ends by itself after 10 s; a daemon that was busy may need another.
constexpr int most_sweeps = 3;

// Returns once the harness has closed its end, by will or by death.
void await_end_of_input() {
  std::array<char, 16> ignored{};
  while (true) {
    const ssize_t got = read(STDIN_FILENO, ignored.data(), ignored.size());
    if (got == 0 || (got < 0 && errno != EINTR)) {
      return;
    }
  }
}

}  // namespace

Watchdog::Watchdog(const std::string& run_id) {
  Pipe pipe = make_pipe();
  const OwnedFd null = open_null();
  SpawnRequest request{.argv = {companion("pgrehearse-watchdog").string(), run_id},
      .environment = own_environment(),
      .cwd = "/",
      .own_session = true,
      .input = pipe.read_end.get(),
      // Not ours: whoever reads the harness' output to its end should not wait for the watchdog.
      .output = null.get(),
      .errors = null.get()};
  // It must not look like one of the processes it is there to kill, even when an outer harness runs
  // us.
  unset_variable(request.environment, "PGREHEARSE_OWNER");
  unset_variable(request.environment, "PGREHEARSE_INSTANCE");
  set_variable(request.environment, "PGREHEARSE_STATE_DIR", state_dir().string());
  set_variable(request.environment, "PGREHEARSE_CACHE_DIR", cache_dir().string());
  pid_ = spawn(request);
  pipe_ = pipe.write_end.release();
}

Watchdog::~Watchdog() {
  const RemovalScope removing;
  close(pipe_);
  try {
    wait_until("the watchdog to end", longest_goodbye, [&]() -> std::optional<std::string> {
      const pid_t ended = waitpid(pid_, nullptr, WNOHANG);
      return ended == 0 ? std::optional<std::string>{"it still sweeps"} : std::nullopt;
    });
  } catch (const std::exception&) {
    return;  // it goes on by itself: that is what it is for
  }
}

int watchdog_main(const std::string& run_id) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    signal(number, SIG_IGN);
  }
  await_end_of_input();
  const std::optional<JournalContent> journal = read_journal(state_dir() / "runs" / run_id);
  if (journal.has_value() && journal->kept) {
    return 0;  // the person who asked for it removes it
  }
  const SweepOptions options{.only_run = run_id,
      .containers_too = !journal.has_value() || names_container_things(*journal)};
  for (int attempt = 0; attempt < most_sweeps; ++attempt) {
    if (sweep(options).left.empty()) {
      return 0;
    }
  }
  return 3;
}

}  // namespace pgrehearse
