#include "harness/engine/local_removal.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/spawn.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Looked at often while waiting for processes to go.
constexpr Milliseconds interval{5};

// The lines of a file in a folder of another account: no link is followed. Empty when there is
// none.
std::vector<std::string> lines_in(const fs::path& path) {
  const OwnedFd file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat found {};
  std::array<char, 4096> content{};
  if (!file.is_open() || fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return {};
  }
  const ssize_t got = read(file.get(), content.data(), content.size());
  return got <= 0 ? std::vector<std::string>{}
                  : lines_of({content.data(), static_cast<std::size_t>(got)});
}

// A server's lock files (PostgreSQL, miscadmin.h, LOCK_FILE_LINE_*): line 1 is its pid; line 7 of
// the one in the data directory is key and id of its shared memory.
constexpr std::size_t memory_line = 6;

pid_t server_of(const std::vector<std::string>& lines) {
  return lines.empty() ? 0 : static_cast<pid_t>(std::strtol(lines[0].c_str(), nullptr, 10));
}

// Lock files at most so deep below a run: <instance>/data, <instance>/run,
// <instance>/scratch/<any>.
std::vector<fs::path> lock_files_below(const fs::path& folder) {
  constexpr int deepest = 3;
  std::vector<fs::path> found;
  std::error_code problem;
  fs::recursive_directory_iterator entry{
      folder, fs::directory_options::skip_permission_denied, problem};
  while (!problem && entry != fs::recursive_directory_iterator{}) {
    const std::string name = entry->path().filename().string();
    if (name == "postmaster.pid" || (name.starts_with(".s.PGSQL.") && name.ends_with(".lock"))) {
      found.push_back(entry->path());
    }
    if (entry.depth() >= deepest) {
      entry.disable_recursion_pending();
    }
    entry.increment(problem);
  }
  return found;
}

std::vector<fs::path> data_directories_below(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::path& lock_file : lock_files_below(folder)) {
    if (lock_file.filename() == "postmaster.pid") {
      found.push_back(lock_file.parent_path());
    }
  }
  return found;
}

std::optional<SharedMemory> segment_of(const fs::path& data_directory) {
  const std::vector<std::string> lines = lines_in(data_directory / "postmaster.pid");
  if (lines.size() <= memory_line) {
    return std::nullopt;
  }
  char* rest = nullptr;
  const unsigned long key = std::strtoul(lines[memory_line].c_str(), &rest, 10);
  const int id = static_cast<int>(std::strtol(rest, nullptr, 10));
  struct stat folder {};
  shmid_ds segment{};
  // An id is reused: it is this server's only if key and owner are right too.
  if (lstat(data_directory.c_str(), &folder) != 0 || shmctl(id, IPC_STAT, &segment) != 0 ||
      static_cast<unsigned>(segment.shm_perm.__key) != static_cast<unsigned>(key) ||
      segment.shm_perm.uid != folder.st_uid) {
    return std::nullopt;
  }
  return SharedMemory{
      .id = id, .data_directory = data_directory.string(), .attached = segment.shm_nattch != 0};
}

bool is_still_there(const SeenProcess& process) {
  const std::optional<SeenProcess> now = process_seen(process.pid);
  return now.has_value() && now->start_ticks == process.start_ticks;
}

void wait_until_gone(const std::string& description, Milliseconds deadline,
    const std::function<std::size_t()>& left) {
  const RemovalScope removing;
  try {
    wait_until(
        description, deadline,
        [&]() -> std::optional<std::string> {
          const std::size_t count = left();
          return count == 0 ? std::nullopt : std::optional{fmt::format("{} left", count)};
        },
        interval);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
  }
}

}  // namespace

bool belongs_to(const SeenProcess& process, const LocalDomain& domain) {
  const std::string mark = variable_of(process.pid, "PGREHEARSE_INSTANCE");
  if (mark == domain.mark || mark.starts_with(domain.mark + "/")) {
    return true;
  }
  return !process.has_terminal && lies_in(folder_of(process.pid), domain.folder);
}

std::vector<SeenProcess> processes_of(const LocalDomain& domain) {
  const std::vector<pid_t> spared = own_line();
  std::vector<SeenProcess> found = processes_seen();
  std::erase_if(found, [&](const SeenProcess& process) {
    return std::find(spared.begin(), spared.end(), process.pid) != spared.end() ||
           !belongs_to(process, domain);
  });
  return found;
}

void stop_servers_of(const LocalDomain& domain, Milliseconds deadline) {
  std::vector<SeenProcess> asked;
  for (const fs::path& folder : data_directories_below(domain.folder)) {
    const std::optional<SeenProcess> server =
        process_seen(server_of(lines_in(folder / "postmaster.pid")));
    if (server.has_value() && belongs_to(*server, domain)) {
      kill(server->pid, SIGQUIT);
      asked.push_back(*server);
    }
  }
  wait_until_gone("servers to stop", deadline, [&] {
    return static_cast<std::size_t>(std::count_if(asked.begin(), asked.end(), is_still_there));
  });
}

std::vector<SeenProcess> kill_processes_of(const LocalDomain& domain, Milliseconds deadline) {
  std::vector<SeenProcess> left;
  wait_until_gone("processes to end", deadline, [&] {
    // One that is just exiting has no environment and no folder any more, and still has its pid.
    std::erase_if(left, [](const SeenProcess& process) { return !is_still_there(process); });
    for (const SeenProcess& process : processes_of(domain)) {
      kill_exactly(process);
      if (std::none_of(left.begin(), left.end(),
              [&](const SeenProcess& known) { return known.pid == process.pid; })) {
        left.push_back(process);
      }
    }
    return left.size();
  });
  return left;
}

std::vector<SharedMemory> shared_memory_of(const fs::path& folder) {
  std::vector<SharedMemory> found;
  for (const fs::path& data_directory : data_directories_below(folder)) {
    if (const std::optional<SharedMemory> segment = segment_of(data_directory);
        segment.has_value()) {
      found.push_back(*segment);
    }
  }
  return found;
}

bool remove_shared_memory(const SharedMemory& segment) {
  const std::optional<SharedMemory> now = segment_of(segment.data_directory);
  if (!now.has_value() || now->id != segment.id) {
    return true;
  }
  return !now->attached && shmctl(now->id, IPC_RMID, nullptr) == 0;
}

std::vector<fs::path> lock_files_of_dead_servers(const fs::path& folder) {
  std::vector<fs::path> found = lock_files_below(folder);
  std::erase_if(found, [](const fs::path& lock_file) {
    const pid_t server = server_of(lines_in(lock_file));
    return server <= 0 || process_seen(server).has_value() || kill(server, 0) != 0;
  });
  return found;
}

std::optional<std::string> remove_tree(const fs::path& path) {
  std::error_code problem;
  fs::remove_all(path, problem);
  if (!problem || !fs::exists(fs::symlink_status(path))) {
    return std::nullopt;
  }
  return problem.message();
}

}  // namespace pgrehearse
