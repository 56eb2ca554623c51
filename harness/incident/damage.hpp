// Damage below SQL: what storage does to the files of a server that is down.
#pragma once

#include <cstdint>
#include <string>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

enum class Blow {
  flip_in_a_row,   ///< the lowest bit of the last byte of a living row in the first page
  flip_in_a_page,  ///< the same bit wherever it falls in the second page: a btree's first leaf
  remove,
  none,  ///< for the trial of the drill: damage that never happened
};

/// What to do to which file. The file is found through SQL while the server is still sound, so
/// nothing here knows the subject's tables.
struct Damage {
  std::string name;    ///< "heap-page"
  std::string title;   ///< "a bit flips in a heap page of the largest table"
  std::string victim;  ///< SQL: one row, the relation's name and its file below the data directory
  Blow blow = Blow::remove;
};

/// Hits a value, nothing that Postgres keeps beside the values: without checksums the page looks
/// sound.
[[nodiscard]] Damage flipped_heap_page();
/// In an entry of the first leaf page of the largest btree index of that table.
[[nodiscard]] Damage flipped_index_page();
[[nodiscard]] Damage missing_relation_file();
[[nodiscard]] Damage lost_control_file();

struct Victim {
  std::string relation;     ///< "bookings.public.events", or what the file is for
  std::string file;         ///< below the data directory
  std::int64_t offset = 0;  ///< of the byte to hit
};

/// Throws Error{query_failed} when the database has nothing of the kind.
[[nodiscard]] Victim victim_of(Session& session, const Damage& damage);
/// The server must be down. Throws Error{program_failed}.
void strike(const Cluster& cluster, const Damage& damage, const Victim& victim);

/// Flips a bit of a WAL segment, far enough from its beginning to lie in records, not in what a
/// look at its header would check. The path is inside the instance.
void flip_in_the_records(Instance& instance, const std::string& segment);
/// The same in the middle of any file: an encrypted or compressed one has no records to hit.
void flip_in_the_middle(Instance& instance, const std::string& file);
/// Keeps the first half of a file: what a full disk or a broken connection leaves.
void cut_in_half(Instance& instance, const std::string& file);
/// Of a backup set: the largest of its files. Left out are catalogues that tools keep twice, and
/// WAL, whose middle may be padding that nobody reads.
[[nodiscard]] std::string largest_file_of(Instance& instance, const std::string& folder);

}  // namespace pgrehearse
