#include "tests/program/host_view.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> process_folders() {
  std::vector<fs::path> folders;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{"/proc", problem}) {
    if (std::isdigit(static_cast<unsigned char>(entry.path().filename().string().front())) != 0) {
      folders.push_back(entry.path());
    }
  }
  return folders;
}

std::vector<std::string> processes_of(const fs::path& state) {
  std::vector<std::string> found;
  for (const fs::path& process : process_folders()) {
    std::error_code gone;
    const std::string lives_in = fs::read_symlink(process / "cwd", gone).string();
    const std::string told = text_in_proc(process / "environ");
    const std::string command = text_in_proc(process / "cmdline");
    if (lives_in.starts_with(state.string()) || told.find(state.string()) != std::string::npos ||
        command.find(state.string()) != std::string::npos) {
      std::string shown = command.substr(0, command.find('\0'));
      found.push_back(fmt::format("process {} {}", process.filename().string(), shown));
    }
  }
  return found;
}

std::set<std::string> posix_shared_memory() {
  std::set<std::string> names;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator{"/dev/shm", problem}) {
    if (entry.path().filename().string().starts_with("PostgreSQL.")) {
      names.insert(entry.path().string());
    }
  }
  if (!names.empty()) {
    for (const fs::path& process : process_folders()) {
      const std::string maps = text_in_proc(process / "maps");
      std::erase_if(
          names, [&](const std::string& name) { return maps.find(name) != std::string::npos; });
    }
  }
  return names;
}

std::vector<std::string> listed(const std::vector<std::string>& listing, pid_t harness) {
  std::vector<std::string> argv{"docker"};
  argv.insert(argv.end(), listing.begin(), listing.end());
  argv.insert(
      argv.end(), {"--filter", "label=pgrehearse.run", "--format",
                      listing.front() == "ps" ? "{{.Names}} {{.Label \"pgrehearse.owner\"}}"
                                              : "{{.Name}} {{.Label \"pgrehearse.owner\"}}"});
  const Completed answer = run_or_throw({.argv = argv});
  std::vector<std::string> found;
  for (const std::string& line : lines_of(answer.out)) {
    if (line.find(fmt::format(":{}:", harness)) != std::string::npos) {
      found.push_back(fmt::format("docker {} {}", listing.front(), line));
    }
  }
  return found;
}

}  // namespace

std::string text_in_proc(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream content;
  content << in.rdbuf();  // unlike a stream's iterators this does not throw when the process ends
  return std::move(content).str();
}

HostView::HostView(const Sandbox& sandbox, bool with_docker)
    : sandbox_{sandbox}, with_docker_{with_docker}, shared_memory_before_{posix_shared_memory()} {}

void HostView::look_for_keys() {
  for (const std::string& run_id : sandbox_.runs_on_disk()) {
    std::error_code gone;
    for (const fs::directory_entry& instance :
        fs::directory_iterator{sandbox_.state() / "runs" / run_id, gone}) {
      struct stat data {};
      if (lstat((instance.path() / "data").c_str(), &data) == 0) {
        keys_.insert(data.st_ino & 0xFFFFFFFFU);
      }
    }
  }
}

std::vector<std::string> HostView::container_things_of(pid_t harness) const {
  std::vector<std::string> found;
  if (with_docker_) {
    const std::vector<std::vector<std::string>> listings{
        {"ps", "-a", "--no-trunc"}, {"volume", "ls"}, {"network", "ls"}};
    for (const std::vector<std::string>& listing : listings) {
      const std::vector<std::string> more = listed(listing, harness);
      found.insert(found.end(), more.begin(), more.end());
    }
  }
  return found;
}

std::vector<std::string> HostView::left_by(pid_t harness) {
  look_for_keys();
  std::vector<std::string> found = container_things_of(harness);
  const std::vector<std::string> processes = processes_of(sandbox_.state());
  found.insert(found.end(), processes.begin(), processes.end());
  for (const std::string& run_id : sandbox_.runs_on_disk()) {
    found.push_back("folder of run " + run_id);
  }
  for (const std::string& orphan : posix_shared_memory()) {
    if (!shared_memory_before_.contains(orphan)) {
      found.push_back(orphan);
    }
  }
  for (const std::string& line : lines_of(text_in_proc("/proc/sysvipc/shm"))) {
    std::istringstream fields{line};
    unsigned long key = 0;
    std::string id, permissions, size, creator, last, attached;
    fields >> key >> id >> permissions >> size >> creator >> last >> attached;
    // What is attached belongs to a living server: ours is among the processes above, and another's
    // may have got the number of a directory of ours that is gone.
    const auto nearest = keys_.upper_bound(key);
    if (attached == "0" && nearest != keys_.begin() && key - *std::prev(nearest) < 3) {
      found.push_back("System V shared memory " + id);
    }
  }
  return found;
}

HostView::Removal HostView::await_removal(pid_t harness, Milliseconds patience) {
  const SteadyTime begin = SteadyTime::now();
  const auto waited = [&] {
    return std::chrono::duration_cast<Milliseconds>(SteadyTime::now() - begin);
  };
  Removal removal;
  try {
    wait_until(
        "everything to be removed", patience,
        [&]() -> std::optional<std::string> {
          removal.left = left_by(harness);
          return removal.left.empty() ? std::nullopt : std::optional{joined(removal.left, "; ")};
        },
        Milliseconds{50});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
  }
  removal.took = waited();
  keys_.clear();
  return removal;
}

}  // namespace pgrehearse
