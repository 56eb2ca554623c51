// Postgres refuses to run as root, and should: so a root harness hands its servers to another
// account.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "harness/process/program.hpp"

namespace pgrehearse {

/// The account that owns data directories: when the harness is root $PGREHEARSE_LOCAL_USER, else
/// `postgres`, else `nobody`; nothing (the harness' own) when it is not. Throws Error{bad_config}
/// when $PGREHEARSE_LOCAL_USER names no account or root, Error{engine_missing} when there is none
/// at all.
[[nodiscard]] std::optional<Account> local_account();

/// A new folder of mode 0700 that belongs to the account. Its parent must exist and it must not:
/// what is there already is not ours. Throws Error{io}.
void make_folder_for(const std::filesystem::path& path, const std::optional<Account>& account);

/// Writes a file of mode 0600 that belongs to the account, into a folder of the account's. Appears
/// whole or not at all. It is put together beside that folder, where the account cannot write: a
/// link that it planted is replaced, never followed. Throws Error{io}.
void write_file_for(const std::filesystem::path& path, std::string_view content,
    const std::optional<Account>& account);

}  // namespace pgrehearse
