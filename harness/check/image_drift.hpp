// What an image brings in another version than the one that a baseline was taken on.
#pragma once

#include <vector>

#include "harness/check/fact.hpp"

namespace pgrehearse {

/// Those facts of `now` that differ from `then` by a version alone: an extension of another version
/// in the same schema, the members of such a one, a collation whose library has another version.
/// Anything else that differs there (a library that does not load, another schema, another locale)
/// is no drift.
[[nodiscard]] Facts image_drift(const Facts& then, const Facts& now);

}  // namespace pgrehearse
