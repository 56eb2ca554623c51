#include "harness/store/rewrap.hpp"

#include <algorithm>
#include <optional>

#include "harness/store/seal_note.hpp"
#include "harness/store/sealed_object.hpp"

namespace pgrehearse {
namespace {

bool is_sealed_by(const ObjectInfo& found, const RingKey& key) {
  return sealing_key_of(found.labels) == key.id;
}

// Every sealing gives other bytes, so the digest tells one object from any other.
bool is_still(ObjectStore& inner, const ObjectInfo& seen) {
  const auto now = inner.stat(seen.key);
  return now.has_value() && now->sha256 == seen.sha256;
}

std::uint64_t versions_below(ObjectStore& inner, const std::string& key) {
  if (!inner.properties().versioned) {
    return 0;
  }
  const std::vector<ObjectInfo> kept = inner.versions(key);
  const auto objects =
      std::count_if(kept.begin(), kept.end(), [](const ObjectInfo& one) { return !one.removal; });
  return static_cast<std::uint64_t>(objects) - 1;
}

// Until it is sealed by the active key, or gone.
void reseal(ObjectStore& inner, const KeyRing& ring, const std::string& key, RewrapCounts& counts) {
  for (;;) {
    const auto seen = inner.stat(key);
    if (!seen.has_value()) {
      return;
    }
    if (is_sealed_by(*seen, ring.active())) {
      counts.current += 1;
      return;
    }
    const SealedObject object{inner, ring, key, {}};
    if (!is_still(inner, *seen)) {
      continue;
    }
    put_sealed(inner, ring, key, [&](const PieceSink& sink) { object.open(sink); },
        {.sha256 = object.info().sha256, .labels = object.info().labels});
    counts.resealed += 1;
    counts.older_versions += versions_below(inner, key);
    return;
  }
}

}  // namespace

RewrapCounts rewrap(ObjectStore& inner, const KeyRing& ring, const std::string& prefix) {
  RewrapCounts counts;
  for (const ObjectInfo& listed : inner.list(prefix)) {
    try {
      reseal(inner, ring, listed.key, counts);
    } catch (const Error& problem) {
      if (problem.code() != ErrorCode::key_refused && problem.code() != ErrorCode::object_damaged) {
        throw;
      }
      counts.kept.push_back({.key = listed.key, .code = problem.code()});
    }
  }
  return counts;
}

}  // namespace pgrehearse
