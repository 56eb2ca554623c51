// The questions of a failover, in the order of the story: does the standby stream, is region A
// gone, did the promotion give up nothing, is there one writer, and has the old primary come back
// as a standby? What is captured by reference must outlive the question.
#pragma once

#include "harness/drill/old_primary.hpp"
#include "harness/drill/question.hpp"
#include "harness/drill/regions.hpp"
#include "harness/drill/standby.hpp"

namespace pgrehearse {

/// standby-streams: the source sends its WAL to this standby, and what is written on the one is
/// read on the other. Every copy of a cluster has its system identifier, so that proves nothing.
[[nodiscard]] Question streams_from(Source& source, const Standby& standby);
/// region-cut-off: neither server nor store of region A answers the standby or the clients.
[[nodiscard]] Question sees_nothing_of_region_a(
    const Source& source, const Standby& standby, Regions& regions);
/// recovery-ending: before the promotion all that was received was replayed, and just there the
/// timeline after the source's begins.
[[nodiscard]] Question took_over_with_all_that_it_received(const Standby& standby);
/// server-log, of a server that was a standby: no warning or error but those of the link that
/// broke.
[[nodiscard]] Question has_a_clean_log_but_for_the_lost_link();
/// one-writer: of two running servers that clients can reach exactly one takes a client's write,
/// and it is the restored one. Tried with real commits by the application's role; what a client can
/// lift itself is no fence. Unknown while the old primary does not run, or cannot be reached.
[[nodiscard]] Question is_the_only_writer(const OldPrimary& old);
/// diverged: every commit that the restored server lacks lies behind the fork in the old primary's
/// WAL, and none of those is there.
[[nodiscard]] Question lacks_only_what_had_diverged(const OldPrimary& old);
/// rejoined: the old primary streams from the restored server, on its timeline, is the same
/// cluster, and reads what is written there.
[[nodiscard]] Question has_as_its_standby(const OldPrimary& old);

}  // namespace pgrehearse
