#include "harness/drill/vault.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/store_access.hpp"
#include "harness/process/wait.hpp"
#include "harness/store/directory_store.hpp"
#include "harness/store/new_file.hpp"
#include "harness/store/rewrap.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

namespace {

// Large providers carry a change of keys to all their servers within seconds, not at once.
constexpr Milliseconds stores_learn_within = Seconds{10};

bool accepts(ObjectStore& store) {
  try {
    static_cast<void>(store.list("base/"));
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::store_refused) {
      throw;
    }
    return false;
  }
}

}  // namespace

Vault::Vault(Run& run) : run_(run), folder_(run.journal.folder() / run.next_name("vault")) {
  run.journal.intend("directory", folder_.string());
  make_private_directory(folder_ / "spool");
  stored_ = std::make_unique<DrillStore>(
      run, run.subject.stores.vault, folder_.filename().string(), folder_ / "store");
  use(KeyRing::with(fmt::format("escrow-{}", ++keys_made_), AgeKey::generate()));
}

Vault::~Vault() {
  std::error_code ignored;  // what stays is in the journal: the sweeper finds it
  fs::remove_all(folder_, ignored);
}

void Vault::use(KeyRing keys) {
  off_site_.reset();
  sealed_.reset();
  keys_ = std::make_unique<KeyRing>(std::move(keys));
  sealed_ = std::make_unique<SealedStore>(stored_->store(), *keys_);
  off_site_ = std::make_unique<OffSite>(*sealed_, folder_ / "spool");
}

void Vault::set_aside(const BackupSet& set) {
  DirectoryStore aside{folder_ / "set-aside"};
  ObjectStore& stored = stored_->store();
  for (const std::string& key : OffSite::keys_of(set)) {
    // Not proven, and that is the point: it is kept as it lies there.
    const std::filesystem::path copy = folder_ / "spool" / "object";
    NewFile file{copy};
    const ObjectInfo info = stored.read(key, {}, [&](std::string_view piece) { file.add(piece); });
    file.keep();
    aside.put(key, Content::of_file(copy), {.labels = info.labels});
    fs::remove(copy);
    stored.remove(key, {});
  }
}

std::size_t Vault::rotate_key() {
  const std::string before = keys_->active().id;
  KeyRing both = keys_->rotated_to(fmt::format("escrow-{}", ++keys_made_), AgeKey::generate());
  const RewrapCounts counts = rewrap(stored_->store(), both);
  if (!counts.kept.empty()) {
    throw Error{ErrorCode::key_refused,
        fmt::format("{} objects of the vault could not be sealed anew", counts.kept.size()),
        "The old key stays in use until none needs it."};
  }
  use(both.revoking(before));
  return counts.resealed;
}

std::optional<StoreKeyRotation> Vault::rotate_store_key() {
  if (!stored_->bucket()) {
    return std::nullopt;
  }
  const StoreSpec& spec = run_.subject.stores.vault;
  StoreKeyRotation rotation{
      .before = *stored_->bucket(), .objects = digests_of(stored_->store()), .rotated = false};
  if (!spec.rotate) {
    return rotation;
  }
  stored_->use(new_store_key(*spec.rotate, run_.subject, rotation.before, run_.journal.run_id()));
  use(KeyRing{*keys_});
  rotation.rotated = true;
  S3Store with_old{rotation.before};
  const SteadyTime until = SteadyTime::now() + stores_learn_within;
  wait_until("the store to learn of its new key", stores_learn_within + Seconds{10},
      [&]() -> std::optional<std::string> {
        const bool known = accepts(stored_->store()) && !accepts(with_old);
        return known || SteadyTime::now() > until ? std::nullopt
                                                  : std::optional<std::string>{"not yet"};
      });
  return rotation;
}

}  // namespace pgrehearse
