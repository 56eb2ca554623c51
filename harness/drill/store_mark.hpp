// Whose objects these are, told in the bucket itself: no other place is left of a run whose host is
// gone. What a killed drill left there is removed by the next one that finds its mark.
//
// Below a prefix: <run>/<store>/<key> for the objects of one store of one drill, and beside them
// <run>/owner-<store>/mark, put before the first and removed after the last.
#pragma once

#include <cstddef>
#include <string>

#include "harness/base/time.hpp"
#include "harness/store/s3_store.hpp"

namespace pgrehearse {

/// The same place, below the prefix that all drills share: one store of one run.
[[nodiscard]] S3Config place_of(
    const S3Config& shared, const std::string& run_id, const std::string& store);
/// Puts the mark of this process.
void mark_store(const S3Config& shared, const std::string& run_id, const std::string& store);
void unmark_store(const S3Config& shared, const std::string& run_id, const std::string& store);

/// "boot-id:pid:start-ticks pid:[4026531836]": the last word names the processes that can see it.
[[nodiscard]] std::string mark_of_this_process();
/// Whether whoever put this mark is over: dead for certain, or too old to be a drill.
[[nodiscard]] bool is_over(const std::string& mark, Timestamp put, Timestamp now);

/// Removes what drills left below the prefix of `shared` that are over: those whose process is
/// dead, where it was one of this host that this process could see, and all whose mark is a day
/// old, for no drill lasts that long. Nothing without a mark is touched. Returns how many stores
/// that were.
std::size_t sweep_stores(const S3Config& shared);

}  // namespace pgrehearse
