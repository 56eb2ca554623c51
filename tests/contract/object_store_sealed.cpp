#include "tests/contract/object_store_sealed.hpp"

#include <memory>
#include <utility>

#include "harness/crypto/key_ring.hpp"
#include "harness/store/sealed_store.hpp"

namespace pgrehearse {
namespace {

// What the sealed store stands on, in the order in which it may go.
struct SealedGround {
  OpenStore inner;
  KeyRing ring;
};

}  // namespace

StoreUnderTest sealed_over(const StoreUnderTest& inner) {
  const auto open_empty = [inner] {
    auto ground = std::make_shared<SealedGround>(
        SealedGround{inner.open_empty(), KeyRing::with("test-key", AgeKey::generate())});
    OpenStore open{.ground = ground,
        .store = std::make_unique<SealedStore>(*ground->inner.store, ground->ring)};
    if (ground->inner.stranger != nullptr) {
      open.stranger = std::make_unique<SealedStore>(*ground->inner.stranger, ground->ring);
    }
    return open;
  };
  return {.name = "sealed_" + inner.name,
      .open_empty = open_empty,
      .why_not = inner.why_not,
      .holds_all_in_memory = inner.holds_all_in_memory};
}

}  // namespace pgrehearse
