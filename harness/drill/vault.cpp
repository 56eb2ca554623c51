#include "harness/drill/vault.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/rewrap.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

Vault::Vault(Run& run) : folder_(run.journal.folder() / run.next_name("vault")) {
  run.journal.intend("directory", folder_.string());
  make_private_directory(folder_ / "spool");
  stored_ = std::make_unique<DirectoryStore>(folder_ / "store");
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
  sealed_ = std::make_unique<SealedStore>(*stored_, *keys_);
  off_site_ = std::make_unique<OffSite>(*sealed_, folder_ / "spool");
}

void Vault::set_aside(const BackupSet& set) {
  DirectoryStore aside{folder_ / "set-aside"};
  for (const std::string& key : OffSite::keys_of(set)) {
    aside.put(key, Content::of_file(stored_->content_of(key)),
        {.labels = stored_->stat(key).value_or(ObjectInfo{}).labels});
    stored_->remove(key, {});
  }
}

std::size_t Vault::rotate_key() {
  const std::string before = keys_->active().id;
  KeyRing both = keys_->rotated_to(fmt::format("escrow-{}", ++keys_made_), AgeKey::generate());
  const RewrapCounts counts = rewrap(*stored_, both);
  if (!counts.kept.empty()) {
    throw Error{ErrorCode::key_refused,
        fmt::format("{} objects of the vault could not be sealed anew", counts.kept.size()),
        "The old key stays in use until none needs it."};
  }
  use(both.revoking(before));
  return counts.resealed;
}

}  // namespace pgrehearse
