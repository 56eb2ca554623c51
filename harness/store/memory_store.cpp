#include "harness/store/memory_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/store/object_key.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

std::string all_of(const Content& content) {
  std::string bytes(static_cast<std::size_t>(content.bytes()), '\0');
  ContentReader reader{content};
  reader.read(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

MemoryStore::MemoryStore(Kind kind)
    : properties_{.name = "memory",
          .versioned = kind == Kind::able,
          .honours_only_if_absent = kind == Kind::able,
          .locks_objects = kind == Kind::able} {}

std::string MemoryStore::next_version() {
  return properties_.versioned ? fmt::format("v{:016x}", ++last_version_) : "";
}

void MemoryStore::demand_versioned(const std::optional<std::string>& version) const {
  if (version.has_value() && !properties_.versioned) {
    refuse_as_unable(properties_, "keep versions");
  }
}

const MemoryStore::Version* MemoryStore::find(
    const std::string& key, const std::optional<std::string>& version) const {
  const auto found = objects_.find(key);
  if (found == objects_.end()) {
    return nullptr;
  }
  const Versions& kept = found->second;
  if (!version.has_value()) {
    return kept.back().info.removal ? nullptr : &kept.back();
  }
  const auto fitting = std::find_if(kept.begin(), kept.end(),
      [&](const Version& one) { return one.info.version == *version && !one.info.removal; });
  return fitting == kept.end() ? nullptr : &*fitting;
}

std::optional<ObjectInfo> MemoryStore::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  demand_key(key);
  demand_abilities(properties_, options);
  demand_labels(options.labels);
  auto bytes = std::make_shared<const std::string>(all_of(content));
  const std::string digest = options.sha256.empty() ? sha256_of(content) : options.sha256;
  const std::lock_guard lock{mutex_};
  if (options.only_if_absent && find(key, {}) != nullptr) {
    return std::nullopt;
  }
  Versions& kept = objects_[key];
  if (!properties_.versioned) {
    kept.clear();
  }
  kept.push_back({.info = {.key = key,
                      .bytes = content.bytes(),
                      .sha256 = digest,
                      .modified = Timestamp::now(),
                      .version = next_version(),
                      .labels = options.labels},
      .bytes = std::move(bytes),
      .locked_until = options.locked_until});
  return kept.back().info;
}

ObjectInfo MemoryStore::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  demand_key(key);
  demand_versioned(version);
  Version found;
  {
    const std::lock_guard lock{mutex_};
    const Version* there = find(key, version);
    if (there == nullptr) {
      report_missing(properties_, key);
    }
    found = *there;
  }
  if (!found.bytes->empty()) {
    sink(*found.bytes);
  }
  return found.info;
}

std::vector<ObjectInfo> MemoryStore::list(const std::string& prefix) {
  demand_prefix(prefix);
  const std::lock_guard lock{mutex_};
  std::vector<ObjectInfo> found;
  for (auto it = objects_.lower_bound(prefix);
       it != objects_.end() && it->first.starts_with(prefix); ++it) {
    if (!it->second.back().info.removal) {
      found.push_back(it->second.back().info);
    }
  }
  return found;
}

std::optional<ObjectInfo> MemoryStore::stat(const std::string& key) {
  demand_key(key);
  const std::lock_guard lock{mutex_};
  const Version* there = find(key, {});
  return there == nullptr ? std::nullopt : std::optional{there->info};
}

void MemoryStore::remove(const std::string& key, const std::optional<std::string>& version) {
  demand_key(key);
  demand_versioned(version);
  const std::lock_guard lock{mutex_};
  const auto found = objects_.find(key);
  if (found == objects_.end()) {
    return;
  }
  Versions& kept = found->second;
  if (version.has_value()) {
    std::erase_if(kept, [&](const Version& one) {
      if (one.info.version != *version) {
        return false;
      }
      if (one.locked_until.has_value() && *one.locked_until > Timestamp::now()) {
        throw Error{ErrorCode::store_refused,
            fmt::format("the store {} keeps this version of {} locked", properties_.name, key),
            "Its lock ends at the instant that was given when it was put."};
      }
      return true;
    });
  } else if (!properties_.versioned) {
    kept.clear();
  } else if (!kept.back().info.removal) {
    kept.push_back({.info = {.key = key,
                        .modified = Timestamp::now(),
                        .version = next_version(),
                        .removal = true},
        .bytes = nullptr,
        .locked_until = {}});
  }
  if (kept.empty()) {
    objects_.erase(found);
  }
}

std::vector<ObjectInfo> MemoryStore::versions(const std::string& key) {
  demand_key(key);
  if (!properties_.versioned) {
    refuse_as_unable(properties_, "keep versions");
  }
  const std::lock_guard lock{mutex_};
  std::vector<ObjectInfo> found;
  if (const auto kept = objects_.find(key); kept != objects_.end()) {
    for (auto one = kept->second.rbegin(); one != kept->second.rend(); ++one) {
      found.push_back(one->info);
    }
  }
  return found;
}

}  // namespace pgrehearse
