#include "harness/drill/drill_store.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/store_mark.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/store/directory_store.hpp"

namespace pgrehearse {
namespace {

S3Config config_of(const S3Spec& spec, const Run& run) {
  const auto rotated = run.rotated_store_keys.find(spec.key_id_env);
  return {.endpoint = spec.endpoint,
      .bucket = spec.bucket,
      .prefix = spec.prefix,
      .region = spec.region,
      .ca_file = spec.ca_file,
      .credentials = rotated != run.rotated_store_keys.end()
                         ? rotated->second
                         : s3_credentials_from_environment(spec.key_id_env, spec.secret_env),
      .abilities = {.versioned = spec.versioned}};
}

}  // namespace

DrillStore::DrillStore(
    Run& run, const StoreSpec& spec, std::string name, const std::filesystem::path& folder)
    : run_(run), spec_(spec), name_(std::move(name)) {
  if (!spec_.s3) {
    store_ = std::make_unique<DirectoryStore>(folder);
    return;
  }
  shared_ = config_of(*spec_.s3, run_);
  if (const std::size_t swept = sweep_stores(*shared_); swept > 0) {
    run_.progress.note(fmt::format("removed what {} dead drills left in the bucket", swept));
  }
  open();
  mark_store(*shared_, run_.journal.run_id(), name_);
  run_.progress.note(fmt::format("{} is in {}", name_, store_->properties().name));
}

DrillStore::~DrillStore() {
  const RemovalScope removing;
  try {
    clear();
  } catch (const std::exception& problem) {
    run_.record.leftovers.push_back(
        fmt::format("objects below {} in bucket {}: {}", place_->prefix, place_->bucket,
            dynamic_cast<const Error*>(&problem) != nullptr
                ? dynamic_cast<const Error*>(&problem)->message()
                : "they could not be removed"));
  }
}

void DrillStore::open() {
  place_ = place_of(*shared_, run_.journal.run_id(), name_);
  auto s3 = std::make_unique<S3Store>(*place_);
  s3_ = s3.get();
  store_ = std::move(s3);
}

void DrillStore::clear() const {
  if (s3_ != nullptr) {
    s3_->clear();
    unmark_store(*shared_, run_.journal.run_id(), name_);
  }
}

void DrillStore::use(const S3Credentials& credentials) {
  shared_->credentials = credentials;
  run_.rotated_store_keys[spec_.s3->key_id_env] = credentials;
  open();
}

}  // namespace pgrehearse
