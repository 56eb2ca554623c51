#include "harness/report/bundle.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/ed25519.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/record.hpp"
#include "harness/report/tar.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view manifest_name = "MANIFEST.json";
constexpr std::string_view signature_name = "MANIFEST.sig";
constexpr std::string_view key_name = "MANIFEST.pub";

bool is_ours(const std::string& name) {
  return name == manifest_name || name == signature_name || name == key_name;
}

std::vector<TarEntry> files_of(const fs::path& folder) {
  std::vector<TarEntry> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.is_symlink() || (!entry.is_regular_file() && !entry.is_directory())) {
      throw Error{ErrorCode::refused, "the report folder holds what is neither a file nor a folder",
          "A run makes none. Remove it, if you know what it is.", entry.path().string()};
    }
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (entry.is_regular_file()) {
      if (is_ours(name)) {
        throw Error{ErrorCode::refused,
            "the report folder holds a file with the name of a manifest",
            "Bundle the folder that a run has left, not what was unpacked from a bundle.", name};
      }
      files.push_back({name, read_file(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(),
      [](const TarEntry& left, const TarEntry& right) { return left.name < right.name; });
  return files;
}

const TarEntry* file_named(const std::vector<TarEntry>& files, std::string_view name) {
  const auto found = std::find_if(
      files.begin(), files.end(), [&](const TarEntry& file) { return file.name == name; });
  return found == files.end() ? nullptr : &*found;
}

RunRecord record_in(const std::vector<TarEntry>& files) {
  const TarEntry* record = file_named(files, "record.json");
  if (record == nullptr) {
    throw Error{ErrorCode::bad_value, "there is no record.json",
        "Name the folder with the reports of one run."};
  }
  return record_from_json(record->content);
}

std::string manifest_of(const std::vector<TarEntry>& files) {
  const RunRecord record = record_in(files);
  Json list = Json::array();
  std::string chain(64, '0');
  for (const TarEntry& file : files) {
    const std::string digest = sha256_hex(file.content);
    chain =
        sha256_hex(fmt::format("{}\n{}\n{}\n{}\n", chain, file.name, file.content.size(), digest));
    list.push_back({{"name", file.name}, {"bytes", file.content.size()}, {"sha256", digest},
        {"chain", chain}});
  }
  const Json manifest{{"pgrehearse_bundle", 1}, {"run_id", record.run_id},
      {"verdict", name_of(verdict_of(record))}, {"end", record.end}, {"files", list},
      {"head", chain}};
  return manifest.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

// What the record says of its evidence, against the evidence.
std::vector<std::string> false_evidence(const std::vector<TarEntry>& files) {
  std::vector<std::string> faults;
  for (const DrillRecord& drill : record_in(files).drills) {
    for (const EvidenceRecord& evidence : drill.evidence) {
      const TarEntry* file = file_named(files, evidence.name);
      if (file == nullptr) {
        faults.push_back(fmt::format("{} is named by the record and not there", evidence.name));
      } else if (sha256_hex(file->content) != evidence.sha256) {
        faults.push_back(fmt::format("{} is not the file that the record names", evidence.name));
      }
    }
  }
  return faults;
}

/// Which files are not as the manifest has them, by name.
std::vector<std::string> differences(
    const std::string& manifest, const std::vector<TarEntry>& files) {
  std::vector<std::string> faults;
  std::map<std::string, std::string> listed;
  try {
    const Json parsed = Json::parse(manifest);
    for (const Json& entry : parsed.at("files")) {
      listed[entry.at("name").get<std::string>()] = entry.at("sha256").get<std::string>();
    }
  } catch (const nlohmann::json::exception&) {
    return {"the manifest cannot be read"};
  }
  for (const TarEntry& file : files) {
    const auto entry = listed.find(file.name);
    if (entry == listed.end()) {
      faults.push_back(fmt::format("{} is not in the manifest: it was added", file.name));
    } else if (entry->second != sha256_hex(file.content)) {
      faults.push_back(fmt::format("{} was changed", file.name));
    }
  }
  for (const auto& [name, digest] : listed) {
    if (file_named(files, name) == nullptr) {
      faults.push_back(fmt::format("{} is missing", name));
    }
  }
  return faults;
}

void check_signature(const std::vector<TarEntry>& entries, const std::string& manifest,
    const std::optional<std::string>& public_key, BundleReport& report) {
  const TarEntry* signature = file_named(entries, signature_name);
  const TarEntry* key = file_named(entries, key_name);
  report.is_signed = signature != nullptr || key != nullptr;
  if (!report.is_signed) {
    if (public_key) {
      report.faults.emplace_back("it is not signed, and a signature was asked for");
    }
    return;
  }
  if (signature == nullptr || key == nullptr) {
    report.faults.emplace_back("its signature is not whole");
    return;
  }
  report.key_known = public_key.has_value();
  if (!verify_ed25519(key->content, manifest, signature->content)) {
    report.faults.emplace_back("the signature is not that of the manifest");
  } else if (public_key && !verify_ed25519(*public_key, manifest, signature->content)) {
    report.faults.emplace_back("it was signed with another key than the one asked for");
  }
}

void check_contents(const std::vector<TarEntry>& entries,
    const std::optional<std::string>& public_key, BundleReport& report) {
  std::vector<TarEntry> files;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(files),
      [](const TarEntry& entry) { return !is_ours(entry.name); });
  const TarEntry* manifest = file_named(entries, manifest_name);
  report.files = files.size();
  if (manifest == nullptr) {
    report.faults.emplace_back("it has no manifest");
    return;
  }
  check_signature(entries, manifest->content, public_key, report);
  report.faults.reserve(report.faults.size() + files.size());
  for (std::string& fault : differences(manifest->content, files)) {
    report.faults.push_back(std::move(fault));
  }
  const RunRecord record = record_in(files);
  report.run_id = record.run_id;
  report.verdict = name_of(verdict_of(record));
  for (std::string& fault : false_evidence(files)) {
    report.faults.push_back(std::move(fault));
  }
  if (report.faults.empty() && manifest_of(files) != manifest->content) {
    report.faults.emplace_back("the manifest was changed, or its files are in another order");
  }
  if (report.faults.empty()) {
    report.head = Json::parse(manifest->content).at("head").get<std::string>();
  }
}

}  // namespace

std::string bundle_of(const fs::path& folder, const std::optional<Secret>& key) {
  if (!fs::is_directory(folder)) {
    throw Error{ErrorCode::io, "there is no such folder",
        "Name the folder with the reports of one run.", folder.string()};
  }
  std::vector<TarEntry> entries = files_of(folder);
  const std::vector<std::string> faults = false_evidence(entries);
  if (!faults.empty()) {
    throw Error{ErrorCode::refused,
        fmt::format("the evidence is not what it was: {}", faults.front()),
        "A bundle would vouch for something else than the run has left.", folder.string()};
  }
  const std::string manifest = manifest_of(entries);
  entries.push_back({std::string{manifest_name}, manifest});
  if (key) {
    Signed made = sign_ed25519(*key, manifest);
    entries.push_back({std::string{key_name}, std::move(made.public_key)});
    entries.push_back({std::string{signature_name}, std::move(made.signature)});
  }
  return write_tar(entries);
}

BundleReport verify_bundle(std::string_view bytes, const std::optional<std::string>& public_key) {
  BundleReport report;
  try {
    check_contents(read_tar(bytes), public_key, report);
  } catch (const Error& error) {
    report.faults.push_back(error.message());
  }
  for (std::string& fault : report.faults) {
    fault = plain_line(fault);
  }
  return report;
}

}  // namespace pgrehearse
