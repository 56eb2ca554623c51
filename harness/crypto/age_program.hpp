// Starting the two programs of the package age, and saying clearly when they are not there.
#pragma once

#include <memory>
#include <string>

#include "harness/process/filter.hpp"

namespace pgrehearse {

/// Starts age or age-keygen. Throws Error{program_failed} naming the package when it is not there.
[[nodiscard]] std::unique_ptr<Filter> start_age(const FilterRequest& request);
/// Writes a small text to a program that was started with neither file, and reads what it makes of
/// it, up to a small size.
[[nodiscard]] std::string small_answer(Filter& program, std::string_view input);
/// For an end that is nobody's fault here: a signal, or a status it never has. What age itself said
/// is not repeated, because it may quote a key.
[[noreturn]] void report_broken(const std::string& program, const Completed& completed);

}  // namespace pgrehearse
