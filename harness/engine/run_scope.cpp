#include "harness/engine/run_scope.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/proc.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string boot_id() {
  return std::string{trimmed(read_file("/proc/sys/kernel/random/boot_id"))};
}

fs::path folder_from(const char* variable, const fs::path& otherwise) {
  const char* told = std::getenv(variable);
  return fs::absolute(told != nullptr && *told != '\0' ? fs::path{told} : otherwise)
      .lexically_normal();
}

// Others may pass through to what is theirs (the account that runs servers has folders below), but
// not look around. /var/tmp is open to all, so a folder that someone else made there is not ours to
// trust.
void make_passable_folder(const fs::path& path) {
  std::error_code problem;
  if (path.has_parent_path()) {
    fs::create_directories(path.parent_path(), problem);
  }
  if (mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) {
    throw Error{ErrorCode::io, fmt::format("cannot create directory: {}", std::strerror(errno)),
        "Set PGREHEARSE_STATE_DIR to a folder you may write.", path.string()};
  }
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid()) {
    throw Error{ErrorCode::refused, "the state folder is not a directory of this user",
        "Someone else made it. Remove it, or set PGREHEARSE_STATE_DIR to a folder of your own.",
        path.string()};
  }
  if ((found.st_mode & 0111U) != 0111U && chmod(path.c_str(), found.st_mode | 0111U) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot open the way through: {}", std::strerror(errno)),
        {}, path.string()};
  }
}

void append_durably(const fs::path& path, const std::string& line) {
  const OwnedFd file{open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)};
  // One write of one line: appending is atomic between the threads of the harness.
  if (!file.is_open() || write(file.get(), line.data(), line.size()) != std::ssize(line) ||
      fsync(file.get()) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot write the journal: {}", std::strerror(errno)),
        "Nothing may be created that is not written down first. Is the disk full?", path.string()};
  }
}

}  // namespace

std::string new_run_id() {
  return fmt::format("{}-{}", Timestamp::now().compact(), random_hex(4));
}

std::string owner_of_this_process() {
  const pid_t pid = getpid();
  return fmt::format("{}:{}:{}", boot_id(), pid, process_seen(pid).value().start_ticks);
}

bool owner_is_alive(std::string_view owner) {
  const std::vector<std::string> parts = split(owner, ':');
  if (parts.size() != 3 || parts[0] != boot_id()) {
    return false;
  }
  const std::optional<SeenProcess> seen =
      process_seen(static_cast<pid_t>(std::strtol(parts[1].c_str(), nullptr, 10)));
  return seen.has_value() && std::to_string(seen->start_ticks) == parts[2];
}

fs::path state_dir() {
  return folder_from("PGREHEARSE_STATE_DIR", usual_state_dir());
}

fs::path cache_dir() {
  return folder_from("PGREHEARSE_CACHE_DIR", state_dir() / "cache");
}

RunJournal::RunJournal(std::string run_id)
    : run_id_{std::move(run_id)}, folder_{state_dir() / "runs" / run_id_} {
  make_passable_folder(state_dir());
  make_passable_folder(state_dir() / "runs");
  // The folder appears together with its journal. Until then its name says who is making it, so
  // that even a harness killed in between leaves nothing without an owner.
  const std::string owner = owner_of_this_process();
  const fs::path making = folder_.parent_path() / unfinished_name(run_id_, owner);
  make_passable_folder(making);
  const nlohmann::json first{
      {"run", run_id_}, {"owner", owner}, {"created", Timestamp::now().text()}};
  write_file(making / "journal", first.dump() + "\n", 0600);
  if (rename(making.c_str(), folder_.c_str()) != 0) {
    const int reason = errno;
    std::error_code ignored;
    fs::remove_all(making, ignored);
    throw Error{ErrorCode::io,
        fmt::format("cannot make the run's folder: {}", std::strerror(reason)), {},
        folder_.string()};
  }
}

void RunJournal::intend(std::string_view kind, std::string_view name) {
  append_durably(folder_ / "journal",
      nlohmann::json{{"kind", std::string{kind}}, {"name", std::string{name}}}.dump() + "\n");
}

void RunJournal::keep() {
  append_durably(folder_ / "journal", "{\"kept\":true}\n");
}

}  // namespace pgrehearse
