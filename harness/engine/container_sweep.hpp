// Finding and removing what carries our label, whichever container program holds it. Nothing
// without the label is ever touched.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/container_program.hpp"
#include "harness/engine/engine.hpp"

namespace pgrehearse {

/// Containers, volumes and networks with our label, in the order in which they can be removed, of
/// every container program that is installed and answers within 5 s.
[[nodiscard]] std::vector<Owned> find_owned_containers();
/// The same of one program, and of one run alone unless `run_id` is empty. Throws
/// Error{program_failed} when it does not answer: not knowing is not the same as nothing.
[[nodiscard]] std::vector<Owned> find_owned_containers(
    const ContainerProgram& program, const std::string& run_id);

/// Removes the thing of this kind, name and run wherever it is. True when it was removed, or every
/// installed program answers that it is not there.
bool remove_owned_container_thing(const Owned& owned);
/// The same with one program.
bool remove_owned_container_thing(const ContainerProgram& program, const Owned& owned);

}  // namespace pgrehearse
