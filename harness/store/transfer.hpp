// Gets objects out of a store, proven: bytes are handed on only when their size and SHA-256 digest
// are those that were recorded when the object was put.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Reads an object into `sink` and then proves that it was the one that had been put. Until this
/// returns the bytes are unproven: use nothing of them.
ObjectInfo read_proven(ObjectStore& store, const std::string& key,
    const std::optional<std::string>& version, const PieceSink& sink);

/// The object's bytes. For small things: above `most_bytes` throws Error{bad_value}.
[[nodiscard]] std::string get_bytes(ObjectStore& store, const std::string& key,
    const std::optional<std::string>& version = {}, std::uint64_t most_bytes = 64UL << 20U);

/// Writes the object to a file, mode 0600, which appears whole and proven or not at all; what was
/// there before stays then. Constant memory. Throws Error{object_missing}, Error{object_damaged}.
ObjectInfo get_file(ObjectStore& store, const std::string& key, const std::filesystem::path& to,
    const std::optional<std::string>& version = {});

/// Likewise of an object that other programs put, which recorded no digest: it has the size that
/// the store announces. Where it has a digest of ours, it is proven.
ObjectInfo get_foreign_file(
    ObjectStore& store, const std::string& key, const std::filesystem::path& to);

/// Throws the Error{store_refused} of a store that was asked for what it does not promise.
[[noreturn]] void refuse_as_unable(const StoreProperties& store, std::string_view ability);
/// Refuses what `options` ask of a store that does not promise it.
void demand_abilities(const StoreProperties& store, const PutOptions& options);
[[noreturn]] void report_missing(const StoreProperties& store, const std::string& key);
[[noreturn]] void report_damaged(
    const StoreProperties& store, const std::string& key, std::string_view how);

}  // namespace pgrehearse
