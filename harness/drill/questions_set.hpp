// exact-set with a ledger of the caller's choice: for the trial of what the clients' own list is
// worth.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/ledger.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/question.hpp"

namespace pgrehearse {

/// As holds_exactly_the_commits_before(marker, source) with these entries for the clients' ledger.
/// The marker must outlive the question.
[[nodiscard]] Question holds_exactly_the_commits_before(
    const Marker& marker, std::vector<LedgerEntry> ledger, const std::string& database);

}  // namespace pgrehearse
