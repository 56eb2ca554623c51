// Removes what a retention lets go: sets first, then WAL that nothing needs any more.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/backup/retention.hpp"
#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// Names only.
struct Removal {
  std::string kind;  ///< "set" or "archived file"
  std::string name;
};
/// "expired set full-3"
[[nodiscard]] std::string text_of(const Removal& removal);

/// Told of each removal just before it is done, so that none goes unlogged.
using RemovalLog = std::function<void(const Removal&)>;
/// Removes one set by its id; afterwards its tool does not list it.
using SetRemover = std::function<void(const std::string& id)>;

/// A set of pg_basebackup in this volume. The manifest goes first: what is removed halfway is no
/// set. Throws Error{program_failed}.
void remove_base_backup(Instance& instance, const std::string& volume, const std::string& id);

/// Sets that need others go before those, WAL goes last: stopped halfway, all that is left can be
/// restored. Throws what `remove` throws, and Error{program_failed}.
void expire(const Retention& retention, Instance& instance, const std::string& archive_volume,
    const SetRemover& remove, const RemovalLog& log);

}  // namespace pgrehearse
