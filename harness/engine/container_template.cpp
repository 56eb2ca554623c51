#include "harness/engine/container_template.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Part of the key: raise it when the scripts below change what a template is.
constexpr std::string_view format_version = "4";

constexpr std::string_view folders_script = R"sh(
set -e
chmod 0755 /pgrehearse /pgrehearse/pgrehearse-agent
mkdir -p /pgrehearse/volumes
for folder in "$@"; do
  mkdir -p "$folder"
  chown "$(id -u postgres):$(id -g postgres)" "$folder"
  chmod 0700 "$folder"
done
)sh";

// The password's verifier comes in on standard input and is gone with the file. No fsync: the
// commit that follows copies the files, and what became of these does not matter then.
constexpr std::string_view initdb_script = R"sh(
set -e
umask 077
trap 'rm -f "$2/verifier"' EXIT
cat >"$2/verifier"
"$1/initdb" --pgdata="$3" --username=postgres --pwfile="$2/verifier" --auth-host=scram-sha-256 \
  --auth-local=scram-sha-256 --encoding="$4" --locale="$5" --no-sync $6 >"$2/initdb.log" 2>&1 || {
  cat "$2/initdb.log" >&2
  exit 1
}
rm -f "$2/initdb.log"
)sh";

constexpr std::string_view client_rules = R"sh(# TYPE  DATABASE     USER  ADDRESS    METHOD
local   all          all              scram-sha-256
local   replication  all              scram-sha-256
host    all          all   0.0.0.0/0  scram-sha-256
host    replication  all   0.0.0.0/0  scram-sha-256
host    all          all   ::/0       scram-sha-256
host    replication  all   ::/0       scram-sha-256
)sh";

// The system's own program: this floor has no digests.
std::string sha256_of(const Program& program) {
  return run_or_throw(program, "Is coreutils' sha256sum in your PATH?").out.substr(0, 64);
}

std::string key_of(
    const ContainerProgram& program, const LocalImage& base, const ClusterSpec& spec) {
  const std::string agent =
      sha256_of({.argv = {"sha256sum", companion("pgrehearse-agent").string()}});
  // The password lies in the cache: whoever has another cache needs a template of its own.
  const std::string all = fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", format_version,
      program.name(), base.id, agent, spec.data_checksums, spec.encoding, spec.locale,
      spec.settings, cache_dir().string());
  return sha256_of({.argv = {"sha256sum"}, .input = all}).substr(0, 16);
}

// Held while one process looks for or builds a template.
class TemplateLock {
 public:
  explicit TemplateLock(const fs::path& path)
      : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (fd_ < 0) {
      throw Error{ErrorCode::io, fmt::format("cannot open the lock: {}", std::strerror(errno)), {},
          path.string()};
    }
    try {
      wait_until("another run to finish building the template", Seconds{180},
          [this]() -> std::optional<std::string> {
            return flock(fd_, LOCK_EX | LOCK_NB) == 0 ? std::nullopt
                                                      : std::optional<std::string>{"it is locked"};
          });
    } catch (...) {
      close(fd_);
      throw;
    }
  }
  ~TemplateLock() { close(fd_); }
  TemplateLock(const TemplateLock&) = delete;
  TemplateLock& operator=(const TemplateLock&) = delete;

 private:
  int fd_;
};

// The container in which a template is made; removed at the end of scope.
class Workbench {
 public:
  Workbench(const ContainerProgram& program, RunJournal& journal, const LocalImage& base)
      : program_(program), name_(fmt::format("pgr-{}-template", journal.run_id())) {
    journal.intend("container", name_);
    std::vector<std::string> arguments{
        "create", "--name", name_, "--network", "none", "--user", "0"};
    for (const auto& more : {program.flags().run, label_flags(journal.run_id())}) {
      arguments.insert(arguments.end(), more.begin(), more.end());
    }
    for (const std::string& volume : base.volumes) {
      arguments.insert(arguments.end(), {"--tmpfs", volume});
    }
    arguments.insert(arguments.end(), {"--entrypoint", std::string{container_paths::agent}, base.id,
                                          "supervise", "--ttl", "600"});
    try {
      call(arguments);
      // cp makes the folder, which create could not.
      const TempDir staging{"pgrehearse-agent"};
      fs::create_directory(staging.path() / "pgrehearse");
      fs::copy_file(
          companion("pgrehearse-agent"), staging.path() / "pgrehearse" / "pgrehearse-agent");
      call({"cp", (staging.path() / "pgrehearse").string(), name_ + ":/"});
      call({"start", name_});
    } catch (...) {
      remove();
      throw;
    }
  }
  ~Workbench() { remove(); }
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;

  void script(const char* account, std::string_view text,
      const std::vector<std::string>& parameters, std::string input = {}) {
    std::vector<std::string> arguments{
        "exec", "-i", "-u", account, name_, "/bin/sh", "-c", std::string{text}, "sh"};
    arguments.insert(arguments.end(), parameters.begin(), parameters.end());
    call(arguments, {.input = std::move(input), .deadline = Seconds{120}});
  }
  void commit_as(const std::string& image, const std::string& key) {
    call({"commit", "--change", fmt::format("LABEL {}={}", container_labels::template_key, key),
        name_, image});
  }

 private:
  void call(const std::vector<std::string>& arguments, const ContainerCall& options = {}) {
    program_.call_or_throw(
        arguments, ErrorCode::instance_failed, "cannot build the template image", options);
  }
  // What stays behind carries the run's label: the run's own end, or the sweeper, finds it.
  void remove() noexcept {
    try {
      const RemovalScope removal;
      std::vector<std::string> arguments = container_removal(program_);
      arguments.push_back(name_);
      program_.call(arguments);
    } catch (...) {
      return;
    }
  }

  const ContainerProgram& program_;
  std::string name_;
};

void build(const ContainerProgram& program, RunJournal& journal, const ContainerTemplate& made,
    const std::string& key, const ClusterSpec& spec) {
  Workbench bench{program, journal, made.base};
  const std::string data{container_paths::data};
  const std::string scratch{container_paths::scratch};
  bench.script("0", folders_script,
      {data, scratch, std::string{container_paths::sockets}, std::string{container_paths::fresh},
          std::string{container_paths::empty_volume}});
  bench.script("postgres", initdb_script,
      {made.inside.programs, scratch, data, spec.encoding, spec.locale,
          spec.data_checksums ? "--data-checksums" : ""},
      scram_sha_256_verifier(made.password));
  bench.script("postgres", "cat >\"$1/pg_hba.conf\"", {data}, std::string{client_rules});
  bench.script("postgres", "cat >>\"$1/postgresql.conf\"", {data},
      fmt::format("\nlisten_addresses = '*'\nunix_socket_directories = '{}'\n{}\n",
          container_paths::sockets, spec.settings));
  bench.commit_as(made.image, key);
  // Older templates nobody used to make a container of: ours by their label.
  program.call({"image", "prune", "-a", "-f", "--filter",
      fmt::format("label={}", container_labels::template_key), "--filter", "until=168h"});
}

// One file, one line each: what the image itself cannot tell.
std::string facts_text(const PostgresInside& inside) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n", inside.server_version, inside.programs, inside.path,
      joined(inside.flags.global, " "), joined(inside.flags.run, " "));
}

std::vector<std::string> words_of(const std::string& line) {
  return line.empty() ? std::vector<std::string>{} : split(line, ' ');
}

bool is_complete(
    const ContainerProgram& program, const fs::path& folder, const std::string& image) {
  return fs::exists(folder / "password") && fs::exists(folder / "facts") &&
         program.call({"image", "inspect", "--format", "{{.Id}}", image}).ok();
}

}  // namespace

std::vector<std::string> label_flags(const std::string& run_id) {
  return {"--label", fmt::format("{}={}", container_labels::run, run_id), "--label",
      fmt::format("{}={}", container_labels::owner, owner_of_this_process()), "--label",
      fmt::format("{}={}", container_labels::created, Timestamp::now().text())};
}

ContainerTemplate ready_template(
    const ContainerProgram& program, const EngineConfig& config, RunJournal& journal) {
  ContainerTemplate result;
  result.base = choose_image(program, config.image);
  const std::string key = key_of(program, result.base, config.cluster);
  result.image = "pgrehearse-template:" + key;

  const fs::path folder = cache_dir() / "templates" / ("container-" + key);
  make_private_directory(folder);
  const TemplateLock lock{folder / "lock"};
  if (is_complete(program, folder, result.image)) {
    const std::vector<std::string> facts = split(read_file(folder / "facts"), '\n');
    if (facts.size() >= 5) {
      result.inside = {.server_version = facts[0],
          .programs = facts[1],
          .path = facts[2],
          .flags = {.global = words_of(facts[3]), .run = words_of(facts[4])}};
      result.password = Secret{read_file(folder / "password")};
      return result;
    }
  }
  result.inside = look_inside(program, result.base);
  result.password = Secret::random();
  std::error_code ignored;
  fs::remove(folder / "password", ignored);
  ContainerProgram ready = program;
  ready.set_flags(result.inside.flags);
  build(ready, journal, result, key, config.cluster);
  write_file(folder / "facts", facts_text(result.inside), 0600);
  write_file(folder / "password", result.password.reveal(), 0600);
  return result;
}

}  // namespace pgrehearse
