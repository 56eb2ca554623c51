// The small verbs: each prints to standard output and returns the exit status.
#pragma once

#include <filesystem>
#include <string>

namespace pgrehearse {

/// Every scenario and sabotage with its cases.
[[nodiscard]] int list_scenarios();
/// Removes what dead runs left; with a run id, that run whether it was kept or not.
[[nodiscard]] int sweep_leftovers(const std::string& run_id);
/// Renders a record.json as "junit", "jenkins", "markdown" or "summary".
[[nodiscard]] int render_record(const std::filesystem::path& record, const std::string& form);
/// What works on this machine, and what to do where something does not.
[[nodiscard]] int examine_host(const std::string& image);
/// Prints the JSON Schema of "drill" (drill.yaml) or "record" (record.json).
[[nodiscard]] int print_schema(const std::string& which);

}  // namespace pgrehearse
