// What somebody can do to backups who may write to the store, and has no key.
#pragma once

#include <string>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Changes one byte in the middle of the object and puts it back under the same labels, with the
/// digest that fits: to the store nothing is wrong. Throws Error{object_missing}.
void tamper_with(ObjectStore& store, const std::string& key);

}  // namespace pgrehearse
