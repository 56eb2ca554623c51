// How far a restore has to come, as the record tells it.
#pragma once

#include "harness/drill/marker.hpp"
#include "harness/drill/record.hpp"
#include "harness/drill/replica.hpp"

namespace pgrehearse {

/// What the source had published when the marker was set.
[[nodiscard]] HighWaterMarkRecord high_water_mark_of(const Marker& marker);

/// What had arrived of a source that is out of reach. Its archive must have been surveyed.
[[nodiscard]] HighWaterMarkRecord high_water_mark_of(const Replica& replica);

}  // namespace pgrehearse
