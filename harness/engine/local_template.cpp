#include "harness/engine/local_template.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/engine/journal_file.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Raise it when what goes into a template changes: kept templates of the old form are then not
// used.
constexpr int format_version = 3;

// Dynamic shared memory as files in the data directory: a killed server then leaves nothing in
// /dev/shm.
constexpr std::string_view our_settings = "dynamic_shared_memory_type = mmap\n";

void make_passable(const fs::path& path) {
  std::error_code problem;
  fs::create_directories(path.parent_path(), problem);
  if (mkdir(path.c_str(), 0711) != 0 && errno != EEXIST) {
    throw Error{ErrorCode::io, fmt::format("cannot create directory: {}", std::strerror(errno)), {},
        path.string()};
  }
  chmod(path.c_str(), 0711);  // whatever the umask says
}

// Makes everything below durable with one call instead of one for each of a thousand files.
void sync_file_system_of(const fs::path& path) {
  const OwnedFd folder{open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.is_open() || syncfs(folder.get()) != 0) {
    throw Error{
        ErrorCode::io, fmt::format("cannot sync: {}", std::strerror(errno)), {}, path.string()};
  }
}

void run_initdb(const fs::path& into, const LocalPrograms& programs, const ClusterSpec& spec,
    const std::optional<Account>& account) {
  // -N: initdb's fsync of every file is left to the one syncfs before the template gets its name.
  // What is not named is not used, so a crash in between costs a template and nothing else.
  Program initdb{
      .argv = {(programs.folder / "initdb").string(), "-N", "-D", (into / "data").string(),
          "--username=postgres", "--pwfile=" + (into / "verifier").string(),
          "--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--encoding=" + spec.encoding,
          "--locale=" + spec.locale},
      .cwd = into,
      .account = account,
      .deadline = Seconds{120}};
  if (spec.data_checksums) {
    initdb.argv.emplace_back("--data-checksums");
  }
  run_or_throw(
      initdb, account.has_value()
                  ? fmt::format("Can the account {} reach {}? Every folder above must let it pass.",
                        account->name, into.parent_path().string())
                  : "Is the locale installed (locale -a)?");
}

void append(const fs::path& path, std::string_view text) {
  std::ofstream out{path, std::ios::binary | std::ios::app};
  out << text << std::flush;
  if (!out) {
    throw Error{ErrorCode::io, "cannot append", {}, path.string()};
  }
}

std::ptrdiff_t entries_below(const fs::path& folder) {
  std::error_code problem;
  const fs::recursive_directory_iterator all{folder, problem};
  return std::distance(begin(all), end(all));
}

// Programs that clean up temporary folders take away file by file; a template missing some would
// give instances that fail in strange ways.
bool is_whole(const fs::path& ready) {
  try {
    return fs::is_directory(ready) &&
           read_file(ready / "entries") == std::to_string(entries_below(ready / "data"));
  } catch (const std::exception&) {
    return false;
  }
}

// Folders that are gone at the end of scope, if they were ever there.
class Removed {
 public:
  explicit Removed(std::vector<fs::path> paths) : paths_{std::move(paths)} {}
  ~Removed() {
    for (const fs::path& path : paths_) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  }
  Removed(const Removed&) = delete;
  Removed& operator=(const Removed&) = delete;

 private:
  std::vector<fs::path> paths_;
};

void build(const fs::path& into, const LocalPrograms& programs, const ClusterSpec& spec,
    const std::optional<Account>& account) {
  make_folder_for(into, account);
  const Secret password = Secret::random();
  write_file(into / "password", password.reveal() + "\n", 0600);
  const fs::path verifier = into / "verifier";
  write_file(verifier, scram_sha_256_verifier(password) + "\n", 0600);
  if (account.has_value() && lchown(verifier.c_str(), account->uid, account->gid) != 0) {
    throw Error{ErrorCode::io, "cannot hand over the verifier's file", {}, into.string()};
  }
  run_initdb(into, programs, spec, account);
  fs::remove(verifier);
  append(into / "data" / "postgresql.conf", fmt::format("\n{}{}\n", our_settings, spec.settings));
  write_file(into / "entries", std::to_string(entries_below(into / "data")), 0600);
  sync_file_system_of(into);
}

Secret password_in(const fs::path& folder) {
  Secret password{std::string{trimmed(read_file(folder / "password"))}};
  if (password.empty()) {
    throw Error{ErrorCode::io, "the template has no password",
        "Remove its folder; it is made again.", folder.string()};
  }
  return password;
}

}  // namespace

std::string template_key(
    const LocalPrograms& programs, const ClusterSpec& spec, const std::optional<Account>& account) {
  const std::string all = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", format_version,
      programs.folder.string(), programs.version, spec.data_checksums, spec.encoding, spec.locale,
      account.has_value() ? account->uid : geteuid(), our_settings, spec.settings);
  return sha256_hex(all).substr(0, 32);
}

LocalTemplate local_template(
    const LocalPrograms& programs, const ClusterSpec& spec, const std::optional<Account>& account) {
  const fs::path templates = cache_dir() / "templates";
  const std::string key = template_key(programs, spec, account);
  const fs::path ready = templates / key;
  if (!is_whole(ready)) {
    make_passable(cache_dir());
    make_passable(templates);
    const std::string name = fmt::format("{}-{}", key, random_hex(4));
    const fs::path making = templates / unfinished_name(name, owner_of_this_process());
    const fs::path damaged =
        templates / unfinished_name(name + "-damaged", owner_of_this_process());
    const Removed removed_at_end{{making, damaged}};
    build(making, programs, spec, account);
    if (fs::is_directory(ready) && !is_whole(ready)) {
      rename(ready.c_str(), damaged.c_str());
    }
    if (rename(making.c_str(), ready.c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY) {
      // Those two would say that another harness was first: then its template is as good as ours.
      throw Error{ErrorCode::io, fmt::format("cannot keep the template: {}", std::strerror(errno)),
          {}, ready.string()};
    }
  }
  return {.data = ready / "data", .password = password_in(ready)};
}

}  // namespace pgrehearse
