// The object stores under the contract.
#include "tests/contract/object_store_contract.hpp"

#include <memory>

#include "harness/store/directory_store.hpp"
#include "harness/store/memory_store.hpp"

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

}  // namespace
}  // namespace pgrehearse
