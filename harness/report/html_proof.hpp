// What is known about the drill itself: which broken drills it noticed.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Of a run of `prove`: each check and the sabotages that it had to notice, with what became of
/// them. Of any other run: the proof that its record carries, or that there is none.
[[nodiscard]] std::string html_proof(const RunRecord& record);

}  // namespace pgrehearse
