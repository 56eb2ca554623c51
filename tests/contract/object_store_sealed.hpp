// A sealed store over any other, for the contract and for what only sealed stores promise.
#pragma once

#include "tests/contract/object_store_contract.hpp"

namespace pgrehearse {

/// The same implementation under a SealedStore with a key of its own. Skips where that one skips.
[[nodiscard]] StoreUnderTest sealed_over(const StoreUnderTest& inner);

}  // namespace pgrehearse
