#include "harness/drill/golden_backup.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/golden_signature.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int form = 1;
constexpr const char* seal_file = "golden.json";
constexpr const char* signature_file = "golden.sig";
constexpr const char* dump_file = "database.dump";
constexpr const char* globals_file = "globals.sql";
constexpr const char* baseline_file = "baseline.json";
constexpr std::array<const char*, 3> sealed_files{dump_file, globals_file, baseline_file};
constexpr const char* letters_of_a_release =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

Json seal_of(const fs::path& folder) {
  try {
    Json seal = Json::parse(read_file(folder / seal_file));
    if (seal.at("golden_version") == form && seal.at("sha256").is_object()) {
      return seal;
    }
  } catch (const std::exception&) {
    // said below
  }
  throw Error{ErrorCode::backup_unusable,
      fmt::format("'{}' is no golden backup of this version", folder.filename().string()),
      "Only folders that 'gate --keep-golden' wrote belong there: bring it back from the history "
      "of the repository, or remove it.",
      (folder / seal_file).string()};
}

// Also that it is the release which its folder is named after: a signed one could be put in the
// place of another.
std::string fault_of_seal(const GoldenBackup& golden, const Json& seal) {
  const fs::path file = golden.folder / signature_file;
  const bool is_signed = fs::is_regular_file(file);
  std::string fault = fault_of_signature(read_file(golden.folder / seal_file),
      is_signed ? std::optional{read_file(file)} : std::nullopt, golden_keys());
  if (fault.empty() && seal.value("release", "") != golden.release) {
    fault = "golden.json is that of another release";
  }
  return fault;
}

GoldenBackup golden_backup_at(const fs::path& folder) {
  return {.release = folder.filename().string(),
      .folder = folder,
      .taken = Timestamp::parse(seal_of(folder).value("taken", ""))};
}

}  // namespace

void demand_room_for(const Subject& subject, const std::string& release) {
  demand_fitting(golden_keys());
  if (!subject.golden) {
    throw Error{ErrorCode::bad_config, "drill.yaml names no folder for golden backups",
        "Add 'golden: {path: golden}'.", "--keep-golden"};
  }
  if (release.front() == '.' ||
      release.find_first_not_of(letters_of_a_release) != std::string::npos) {
    throw Error{ErrorCode::bad_config, "the release has no name for a folder",
        "Letters, digits, '.', '_' and '-', as in --keep-golden v1.4.", "--keep-golden"};
  }
  if (fs::exists(subject.golden->path / release)) {
    throw Error{ErrorCode::bad_config,
        fmt::format("there is a golden backup of '{}' already", release),
        "What was released does not change: give the new one its own name.", "--keep-golden"};
  }
}

void keep(const GoldenContent& content, const Subject& subject, const std::string& release) {
  const fs::path folder = subject.golden->path / release;
  const fs::path unfinished = subject.golden->path / ("." + release + ".part");
  fs::remove_all(unfinished);
  fs::create_directories(unfinished);
  write_file(unfinished / dump_file, content.dump);
  write_file(unfinished / globals_file, content.globals);
  write_file(unfinished / baseline_file, to_json(content.baseline));
  Json digests = Json::object();
  for (const char* name : sealed_files) {
    digests[name] = sha256_hex(read_file(unfinished / name));
  }
  const Json seal{{"golden_version", form}, {"release", release},
      {"taken", content.baseline.taken.text()}, {"engine", content.engine},
      {"server_version", content.baseline.server_version}, {"sha256", digests}};
  const std::string sealed = seal.dump(2) + "\n";
  write_file(unfinished / seal_file, sealed);
  if (const std::string signature = golden_signature(sealed, golden_keys()); !signature.empty()) {
    write_file(unfinished / signature_file, signature);
  }
  fs::rename(unfinished, folder);
}

std::vector<GoldenBackup> golden_backups(const Subject& subject) {
  std::vector<GoldenBackup> found;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator{subject.golden->path, none}) {
    if (entry.is_directory() && !entry.path().filename().string().starts_with('.')) {
      found.push_back(golden_backup_at(entry.path()));
    }
  }
  if (found.empty()) {
    throw Error{ErrorCode::backup_unusable, "there is no golden backup",
        "Keep one when a version is released: pgrehearse gate --keep-golden RELEASE.",
        subject.golden->path.string()};
  }
  std::sort(found.begin(), found.end(), [](const GoldenBackup& one, const GoldenBackup& other) {
    return std::pair{one.taken.text(), one.release} < std::pair{other.taken.text(), other.release};
  });
  return found;
}

BackupVerification verify(const GoldenBackup& golden) {
  BackupVerification result{.problem = {}, .by = "every file has the digest that was kept with it"};
  const Json seal = seal_of(golden.folder);
  result.problem = fault_of_seal(golden, seal);
  if (!result.problem.empty()) {
    return result;
  }
  const Json& digests = seal.at("sha256");
  for (const char* name : sealed_files) {
    const fs::path file = golden.folder / name;
    if (!fs::is_regular_file(file)) {
      result.problem = fmt::format("{} is gone", name);
      return result;
    }
    if (digests.value(name, "") != sha256_hex(read_file(file))) {
      result.problem = fmt::format("{} has other content", name);
      return result;
    }
  }
  result.usable = true;
  return result;
}

ArtifactSpec artifact_of(const GoldenBackup& golden) {
  return {.path = golden.folder / dump_file,
      .globals = golden.folder / globals_file,
      .baseline = golden.folder / baseline_file};
}

}  // namespace pgrehearse
