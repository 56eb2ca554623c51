// The object stores under the contract.
#include "tests/contract/object_store_contract.hpp"

#include <memory>

#include "harness/store/directory_store.hpp"
#include "harness/store/failing_store.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/regional_store.hpp"
#include "tests/contract/object_store_s3.hpp"
#include "tests/contract/object_store_sealed.hpp"

namespace pgrehearse {
namespace {

StoreUnderTest directory() {
  return {.name = "directory", .open_empty = [] {
            auto ground = std::make_shared<TempDir>("pgrehearse-directory-store");
            return OpenStore{.ground = ground,
                .store = std::make_unique<DirectoryStore>(ground->path() / "store")};
          }};
}

StoreUnderTest memory(const std::string& name, MemoryStore::Kind kind) {
  return {.name = name,
      .open_empty = [kind] { return OpenStore{.store = std::make_unique<MemoryStore>(kind)}; },
      .holds_all_in_memory = true};
}

INSTANTIATE_TEST_SUITE_P(Files, ObjectStoreContract, testing::Values(directory()), suffix_of);
INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract,
    testing::Values(
        memory("able", MemoryStore::Kind::able), memory("plain", MemoryStore::Kind::plain)),
    suffix_of);
// Without a fault a decorator is a store like any other.
StoreUnderTest failing() {
  return {.name = "failing",
      .open_empty =
          [] {
            auto ground = std::make_shared<MemoryStore>();
            return OpenStore{.ground = ground, .store = std::make_unique<FailingStore>(*ground)};
          },
      .holds_all_in_memory = true};
}

StoreUnderTest regional() {
  struct Regions {
    MemoryStore primary;
    MemoryStore replica;
  };
  return {.name = "regional",
      .open_empty =
          [] {
            auto ground = std::make_shared<Regions>();
            return OpenStore{.ground = ground,
                .store = std::make_unique<RegionalStore>(
                    ground->primary, ground->replica, Milliseconds{1})};
          },
      .holds_all_in_memory = true};
}

INSTANTIATE_TEST_SUITE_P(
    Decorators, ObjectStoreContract, testing::Values(failing(), regional()), suffix_of);

// s3rver walks folders in an order of its own: from the second page on it leaves out a key that is
// a folder as well. So its lists get one page, and long ones are radosgw's to prove.
StoreUnderTest s3rver() {
  constexpr unsigned all_keys = 1000;
  return s3_server("s3rver", {.replaces_at_once = false, .checks_signatures = false}, all_keys);
}

StoreUnderTest radosgw() {
  return s3_server("radosgw", {.versioned = true, .locks_objects = true}, 3);
}

// In a bucket that others use, too, below a prefix.
StoreUnderTest below_a_prefix() {
  return s3_server("radosgw", {.versioned = true, .locks_objects = true}, 3, "team/drills");
}

INSTANTIATE_TEST_SUITE_P(Servers, ObjectStoreContract,
    testing::Values(s3rver(), radosgw(), below_a_prefix()), suffix_of);

INSTANTIATE_TEST_SUITE_P(Sealed, ObjectStoreContract,
    testing::Values(sealed_over(directory()), sealed_over(memory("able", MemoryStore::Kind::able)),
        sealed_over(memory("plain", MemoryStore::Kind::plain)), sealed_over(regional()),
        sealed_over(s3rver()), sealed_over(radosgw())),
    suffix_of);

}  // namespace
}  // namespace pgrehearse
