#include "harness/backup/pgbackrest_repository.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/backup/archive.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr unsigned most_processes = 8;
constexpr int not_found = 127;

// pgBackRest reads what it must not show from lines of its configuration.
void demand_one_line(const Secret& secret, std::string_view what) {
  if (secret.reveal().find('\n') != std::string::npos) {
    throw Error{ErrorCode::bad_config, fmt::format("{} has more than one line", what),
        "pgBackRest reads it from a line of its configuration."};
  }
}

std::string last_complaint(const Completed& completed) {
  const std::vector<std::string> complaints = pgbackrest_complaints(completed.err);
  return complaints.empty() ? fmt::format("it exits {} and says nothing", completed.status)
                            : complaints.back();
}

Secret passphrase_in(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') {
    throw Error{ErrorCode::bad_config,
        fmt::format("the environment variable {} is not set", variable),
        "'artifact.passphrase_env' in drill.yaml names it."};
  }
  withhold_from_children(variable);
  Secret passphrase{value};
  demand_one_line(passphrase, "the passphrase of the repository");
  return passphrase;
}

std::string lines_for(const S3Config& bucket) {
  constexpr std::string_view scheme = "https://";
  if (!bucket.endpoint.starts_with(scheme)) {
    throw Error{ErrorCode::bad_config, "pgBackRest reads a bucket by https only",
        "Give one as 'artifact.s3.endpoint', with 'ca_file' where its certificate is your own."};
  }
  demand_one_line(bucket.credentials.secret, "the secret of the bucket");
  demand_one_line(bucket.credentials.token, "the token of the bucket");
  std::string text = fmt::format(
      "repo1-type=s3\nrepo1-s3-bucket={}\nrepo1-s3-endpoint={}\nrepo1-s3-region={}\n"
      "repo1-s3-uri-style=path\nrepo1-s3-key={}\nrepo1-s3-key-secret={}\n",
      bucket.bucket, bucket.endpoint.substr(scheme.size()), bucket.region,
      bucket.credentials.key_id, bucket.credentials.secret.reveal());
  if (!bucket.credentials.token.empty()) {
    text += fmt::format("repo1-s3-token={}\n", bucket.credentials.token.reveal());
  }
  if (!bucket.ca_file.empty()) {
    text += fmt::format("repo1-storage-ca-file={}\n", fs::absolute(bucket.ca_file).string());
  }
  return text;
}

// Variables named PGBACKREST_* go before its configuration: the team's own would lead elsewhere.
std::vector<std::string> without_its_variables() {
  std::vector<std::string> argv{"env"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    if (text.starts_with("PGBACKREST_")) {
      argv.insert(argv.end(), {"-u", std::string{text.substr(0, text.find('='))}});
    }
  }
  return argv;
}

// Files are "<segment>-<SHA-1><.compression>", in folders; folders are no archived names.
class PgbackrestWal final : public WalSource {
 public:
  using Call = std::function<Completed(std::vector<std::string>)>;

  PgbackrestWal(std::string archive, Call call)
      : archive_(std::move(archive)), call_(std::move(call)) {}

  [[nodiscard]] std::vector<std::string> names() override {
    const Completed listed = call_({"repo-ls", "--recurse", archive_});
    if (!listed.ok()) {
      throw Error{ErrorCode::backup_unusable,
          fmt::format("pgBackRest does not list its archive: {}", last_complaint(listed))};
    }
    std::set<std::string> names;
    for (const std::string& line : lines_of(listed.out)) {
      const std::string file = fs::path{line}.filename().string();
      const std::string name = file.substr(0, file.find('-'));
      if (is_archived_name(name) && !name.ends_with(".backup")) {
        names.insert(name);
      }
    }
    return {names.begin(), names.end()};
  }

  void fetch(const std::string& name, const fs::path& to) override {
    const Completed got = call_({"archive-get", name, to.string()});
    if (!got.ok()) {
      throw Error{ErrorCode::archive_gap,
          fmt::format("pgBackRest does not give {}: {}", name, last_complaint(got)),
          "Its file is in the archive: is it whole, and there only once?"};
    }
  }

 private:
  std::string archive_;
  Call call_;
};

}  // namespace

std::vector<std::string> PgbackrestRepository::stanzas_in(const fs::path& path) {
  std::set<std::string> stanzas;
  for (const auto& [folder, info] :
      {std::pair{"backup", "backup.info"}, std::pair{"archive", "archive.info"}}) {
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator{path / folder, none}) {
      if (fs::exists(entry.path() / info, none) ||
          fs::exists(entry.path() / (std::string{info} + ".copy"), none)) {
        stanzas.insert(entry.path().filename().string());
      }
    }
  }
  return {stanzas.begin(), stanzas.end()};
}

PgbackrestRepository::PgbackrestRepository(
    const RepositoryPlace& place, const std::vector<std::string>& stanzas, const fs::path& work)
    : own_(fs::absolute(work) / "pgbackrest"),
      stanza_(section_of(stanzas, place.section, "stanza")) {
  std::string text = fmt::format(
      "[global]\nrepo1-path={0}\nlog-path={1}\nlock-path={1}\nspool-path={1}\n"
      "log-level-console=off\nlog-level-stderr=warn\nlog-level-file=off\nprocess-max={2}\n",
      (place.bucket ? "/" / place.path : fs::absolute(place.path)).string(), own_.string(),
      std::clamp(std::thread::hardware_concurrency(), 1U, most_processes));
  if (place.bucket) {
    text += lines_for(*place.bucket);
  }
  if (!place.passphrase_env.empty()) {
    text += fmt::format("repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass={}\n",
        passphrase_in(place.passphrase_env).reveal());
  }
  text += fmt::format("[{}]\npg1-path={}\n", stanza_, (own_ / "data").string());
  make_private_directory(own_);
  write_file(own_ / "pgbackrest.conf", text, 0600);
}

PgbackrestRepository::~PgbackrestRepository() {
  std::error_code ignored;  // the folder above goes with the run
  fs::remove_all(own_, ignored);
}

Completed PgbackrestRepository::call(std::vector<std::string> words) const {
  std::vector<std::string> argv = without_its_variables();
  argv.insert(argv.end(),
      {"pgbackrest", "--config=" + (own_ / "pgbackrest.conf").string(), "--stanza=" + stanza_});
  argv.insert(argv.end(), words.begin(), words.end());
  Completed completed = run({.argv = std::move(argv), .deadline = hours_at_most});
  if (completed.status == not_found) {
    throw Error{ErrorCode::bad_config,
        "a repository of pgBackRest needs the program pgbackrest, which is not on this host",
        "Install it: apt-get install pgbackrest."};
  }
  return completed;
}

std::vector<RepositorySet> PgbackrestRepository::sets() {
  backups_ = backups_in_info(call({"info", "--output=json"}).out, stanza_);
  std::vector<RepositorySet> sets;
  sets.reserve(backups_.size());
  for (const PgbackrestBackup& backup : backups_) {
    sets.push_back(
        {.artifact = {.name = backup.label, .modified = backup.stopped, .bytes = backup.bytes},
            .last_segment = backup.last_segment});
  }
  std::reverse(sets.begin(), sets.end());
  return sets;
}

const PgbackrestBackup& PgbackrestRepository::backup_of(const RepositorySet& set) const {
  return *std::find_if(backups_.begin(), backups_.end(),
      [&](const PgbackrestBackup& backup) { return backup.label == set.artifact.name; });
}

fs::path PgbackrestRepository::open(const RepositorySet& set, const fs::path&) {
  const fs::path data = own_ / "data";
  make_private_directory(data);
  // Tablespaces would be restored to where they were on the host they are of.
  const Completed restored = call({"restore", "--set=" + set.artifact.name, "--type=none",
      "--archive-mode=off", "--tablespace-map-all=" + (own_ / "tablespaces").string()});
  if (!restored.ok()) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format(
            "pgBackRest does not restore {}: {}", set.artifact.name, last_complaint(restored)),
        "No other set was tried: 'artifact.choose' names one."};
  }
  if (fs::exists(own_ / "tablespaces")) {
    throw Error{ErrorCode::backup_unusable, "the backup has a tablespace of its own",
        "Drills restore clusters without extra tablespaces only, so far."};
  }
  fs::remove(data / "recovery.signal");  // the drill says itself where recovery ends
  return data;
}

std::optional<BackupVerification> PgbackrestRepository::verification(
    const RepositorySet& set) const {
  const bool damaged = backup_of(set).damaged;
  return BackupVerification{.usable = !damaged,
      .problem = damaged ? "pages had wrong checksums already when it was taken" : "",
      .by = "pgBackRest finds the checksum of its manifest in every file it restores"};
}

std::unique_ptr<WalSource> PgbackrestRepository::wal(const RepositorySet& set) {
  return std::make_unique<PgbackrestWal>(
      fmt::format("archive/{}/{}", stanza_, backup_of(set).archive_id),
      [this](std::vector<std::string> words) { return call(std::move(words)); });
}

}  // namespace pgrehearse
