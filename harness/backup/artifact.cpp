#include "harness/backup/artifact.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct Magic {
  std::string_view bytes;
  ArtifactFormat format;
};

// Of each format's own specification: RFC 1952, RFC 8878, the xz and bzip2 file formats, pg_dump's
// custom archives, age (age-encryption.org/v1), RFC 9580 (armoured).
constexpr std::array magics{Magic{"PGDMP", ArtifactFormat::custom_dump},
    Magic{"\x1f\x8b", ArtifactFormat::gzip}, Magic{"\x28\xb5\x2f\xfd", ArtifactFormat::zstd},
    Magic{"\xfd"
          "7zXZ",
        ArtifactFormat::xz},
    Magic{"BZh", ArtifactFormat::bzip2}, Magic{"age-encryption.org/", ArtifactFormat::encrypted},
    Magic{"-----BEGIN AGE ENCRYPTED", ArtifactFormat::encrypted},
    Magic{"-----BEGIN PGP MESSAGE", ArtifactFormat::encrypted}};

// What GnuPG writes without --armor: a message begins with a packet that holds its session key, by
// a public key (tag 1) or a passphrase (tag 3), in the older form of header or the newer one, and
// that packet with its version, 3 to 6 (RFC 9580, sections 4.2, 5.1 and 5.3).
bool is_openpgp_message(std::string_view bytes) {
  constexpr std::string_view one_byte_of_length = "\x84\x8c";
  constexpr std::string_view two_bytes_of_length = "\x85\x8d";
  constexpr std::string_view newer_header = "\xc1\xc3";
  constexpr unsigned char longest_in_one_byte = 191;
  if (bytes.size() < 4) {
    return false;
  }
  const auto begins_with_one_of = [&](std::string_view tags) {
    return tags.find(bytes.front()) != std::string_view::npos;
  };
  const bool newer = begins_with_one_of(newer_header);
  const bool longer = begins_with_one_of(two_bytes_of_length) ||
                      (newer && static_cast<unsigned char>(bytes[1]) > longest_in_one_byte);
  const char version = bytes[longer ? 3 : 2];
  return (newer || longer || begins_with_one_of(one_byte_of_length)) && version >= 3 &&
         version <= 6;
}

constexpr std::size_t tar_magic_at = 257;
constexpr std::array<std::string_view, 5> not_artifacts{
    ".part", ".tmp", ".sha256", ".sha256sum", ".md5"};

std::string beginning_of(const fs::path& file) {
  std::string bytes(512, '\0');
  std::ifstream stream{file, std::ios::binary};
  if (!stream) {
    throw Error{ErrorCode::io, "the backup cannot be read",
        "Who runs the drill must be allowed to read it.", file.string()};
  }
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

ArtifactFormat format_of_folder(const fs::path& folder) {
  if (fs::exists(folder / "PG_VERSION") && fs::exists(folder / "global" / "pg_control")) {
    return ArtifactFormat::data_directory;
  }
  if (fs::exists(folder / "toc.dat")) {
    return ArtifactFormat::directory_dump;
  }
  const bool base = std::any_of(fs::directory_iterator{folder}, fs::directory_iterator{},
      [](const fs::directory_entry& entry) {
        return entry.path().filename().string().starts_with("base.tar");
      });
  return base ? ArtifactFormat::base_tar : ArtifactFormat::unknown;
}

Artifact artifact_at(const fs::path& path) {
  Artifact artifact{.name = path.filename().string(), .path = path};
  const auto look = [&](const fs::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      artifact.bytes += status.st_size;
      const auto modified = std::chrono::duration_cast<Microseconds>(
          Seconds{status.st_mtim.tv_sec} + std::chrono::nanoseconds{status.st_mtim.tv_nsec});
      artifact.modified = std::max(artifact.modified, Timestamp{modified});
    }
  };
  if (!fs::is_directory(path)) {
    look(path);
    return artifact;
  }
  for (const fs::directory_entry& entry :
      fs::recursive_directory_iterator{path, fs::directory_options::skip_permission_denied}) {
    look(entry.path());
  }
  return artifact;
}

[[noreturn]] void report_no_such_name(
    const std::vector<Artifact>& artifacts, const std::string& name) {
  std::vector<std::string> names;
  names.reserve(artifacts.size());
  for (const Artifact& artifact : artifacts) {
    names.push_back(artifact.name);
  }
  const auto meant = nearest(name, names);
  throw Error{ErrorCode::backup_unusable, fmt::format("there is no backup '{}'", name),
      meant ? fmt::format("Did you mean '{}'?", *meant)
            : fmt::format("The latest is '{}'.", names.front())};
}

}  // namespace

std::string_view name_of(ArtifactFormat format) {
  switch (format) {
    case ArtifactFormat::custom_dump:
      return "custom dump";
    case ArtifactFormat::directory_dump:
      return "directory dump";
    case ArtifactFormat::tar_dump:
      return "tar dump";
    case ArtifactFormat::plain_dump:
      return "plain dump";
    case ArtifactFormat::data_directory:
      return "data directory";
    case ArtifactFormat::base_tar:
      return "base backup in tar files";
    case ArtifactFormat::tar:
      return "tar";
    case ArtifactFormat::gzip:
      return "gzip";
    case ArtifactFormat::zstd:
      return "zstd";
    case ArtifactFormat::xz:
      return "xz";
    case ArtifactFormat::bzip2:
      return "bzip2";
    case ArtifactFormat::encrypted:
      return "encrypted";
    case ArtifactFormat::unknown:
      return "unknown";
  }
  return "unknown";
}

ArtifactFormat format_of(const fs::path& path) {
  if (fs::is_directory(path)) {
    return format_of_folder(path);
  }
  const std::string bytes = beginning_of(path);
  for (const Magic& magic : magics) {
    if (bytes.starts_with(magic.bytes)) {
      return magic.format;
    }
  }
  if (bytes.size() > tar_magic_at &&
      std::string_view{bytes}.substr(tar_magic_at).starts_with("ustar")) {
    return bytes.starts_with(std::string_view{"toc.dat\0", 8}) ? ArtifactFormat::tar_dump
                                                               : ArtifactFormat::tar;
  }
  const bool of_pg_dump = bytes.find("-- PostgreSQL database dump") != std::string::npos ||
                          bytes.find("-- PostgreSQL database cluster dump") != std::string::npos;
  if (of_pg_dump) {
    return ArtifactFormat::plain_dump;
  }
  return is_openpgp_message(bytes) ? ArtifactFormat::encrypted : ArtifactFormat::unknown;
}

void demand_there(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    throw Error{ErrorCode::io, "no backup is there, nor a folder of backups",
        "Is the disk mounted? 'artifact.path' starts in the folder of drill.yaml.", path.string()};
  }
}

bool counts_as_artifact(const std::string& name, const std::string& pattern) {
  const bool no_backup = std::any_of(not_artifacts.begin(), not_artifacts.end(),
      [&](std::string_view ending) { return name.ends_with(ending); });
  return !no_backup && fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

void sort_newest_first(std::vector<Artifact>& artifacts) {
  std::sort(artifacts.begin(), artifacts.end(), [](const Artifact& a, const Artifact& b) {
    return std::tie(a.modified, a.name) > std::tie(b.modified, b.name);
  });
}

std::vector<Artifact> artifacts_in(const fs::path& path, const std::string& pattern) {
  demand_there(path);
  if (!fs::is_directory(path) || format_of(path) != ArtifactFormat::unknown) {
    return {artifact_at(path)};
  }
  std::vector<Artifact> found;
  for (const fs::directory_entry& entry : fs::directory_iterator{path}) {
    if (counts_as_artifact(entry.path().filename().string(), pattern)) {
      found.push_back(artifact_at(entry.path()));
    }
  }
  sort_newest_first(found);
  return found;
}

const Artifact& chosen_of(
    const std::vector<Artifact>& artifacts, const std::string& choice, std::int64_t seed) {
  if (artifacts.empty()) {
    throw Error{ErrorCode::backup_unusable, "there is no backup",
        "Does 'artifact.match' fit the names, and does the job that takes backups still run?"};
  }
  if (choice == "latest") {
    return artifacts.front();
  }
  if (choice == "oldest") {
    return artifacts.back();
  }
  if (choice == "random") {
    std::mt19937_64 engine{static_cast<std::uint64_t>(seed)};
    return artifacts.at(engine() % artifacts.size());
  }
  const auto named = std::find_if(artifacts.begin(), artifacts.end(),
      [&](const Artifact& artifact) { return artifact.name == choice; });
  if (named != artifacts.end()) {
    return *named;
  }
  std::size_t number = 0;
  const char* const end = choice.data() + choice.size();
  if (std::from_chars(choice.data(), end, number).ptr != end) {
    report_no_such_name(artifacts, choice);
  }
  if (number == 0 || number > artifacts.size()) {
    throw Error{ErrorCode::backup_unusable,
        fmt::format("there is no backup number {}: there are {}", choice, artifacts.size()),
        "1 is the latest."};
  }
  return artifacts.at(number - 1);
}

}  // namespace pgrehearse
