// The history of many runs, to be read.
#pragma once

#include <string>

#include "harness/report/history.hpp"

namespace pgrehearse {

/// What has become slower, by phase; then each case with its newest times beside the usual ones.
[[nodiscard]] std::string history_as_markdown(const History& history);
/// The same as a page, with a small picture of each trend. Nothing fetched, no script.
[[nodiscard]] std::string history_as_html(const History& history);

}  // namespace pgrehearse
