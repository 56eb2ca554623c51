// The small verbs: each prints to standard output and returns the exit status.
#pragma once

#include <filesystem>
#include <string>

namespace pgrehearse {

/// Every scenario and sabotage with its cases.
[[nodiscard]] int list_scenarios();
/// Removes what dead runs left; with a run id, that run whether it was kept or not.
[[nodiscard]] int sweep_leftovers(const std::string& run_id);
/// Renders a record.json in one of the forms that the help names.
[[nodiscard]] int render_record(const std::filesystem::path& record, const std::string& form);
/// What works on this machine, and what to do where something does not: 0 when an engine does and
/// nothing is missing that drills of this subject (as for run) need.
[[nodiscard]] int examine_host(const std::string& image, const std::string& subject);
/// How old the last good evidence of each scenario below `reports` is (of one, when named), against
/// a duration ("90d"): 1 when one is older, 2 when one has none. Throws Error{bad_value} for a text
/// that is no duration, Error{bad_config} for an unknown scenario, Error{io} without the folder.
[[nodiscard]] int tell_what_is_due(
    const std::string& reports, const std::string& every, const std::string& scenario);
/// Prints the JSON Schema of "drill" (drill.yaml) or "record" (record.json).
[[nodiscard]] int print_schema(const std::string& which);

}  // namespace pgrehearse
