// Before and at the promotion: does the standby stream, is region A gone, was anything left out?
#include "harness/drill/questions_failover.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/drill/reach.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds arrival_takes_at_most = Seconds{10};

bool arrives(const Restored& standby, const std::string& database, const std::string& token) {
  try {
    wait_until("a token to arrive at the standby", arrival_takes_at_most,
        [&]() -> std::optional<std::string> {
          Session session = standby.cluster.connect(database);
          return session.value(
                     fmt::format("SELECT count(*) FROM pgrehearse.sentinels WHERE marker = {}",
                         literal(token))) == "1"
                     ? std::nullopt
                     : std::optional<std::string>{"it is not there"};
        });
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
    return false;
  }
}

std::vector<Finding> ask_streams(Restored& restored, Source& source, const Standby& standby) {
  Finding finding{.check = "standby-streams",
      .question = "does region B's standby get what is written in region A?",
      .expected = fmt::format(
          "the source sends to '{}', and a token written there is read here", standby.name())};
  Session primary = source.cluster().connect(source.subject().database);
  const std::string state = primary.value(
      "SELECT coalesce((SELECT state || ', ' || sync_state FROM pg_stat_replication WHERE "
      "application_name = " +
      literal(standby.name()) + "), 'no connection')");
  const std::string token = random_hex(16);
  primary.exec(fmt::format("INSERT INTO pgrehearse.sentinels VALUES ({})", literal(token)));
  const bool there = arrives(restored, source.subject().database, token);
  const bool follows = restored.cluster.connect().value("SELECT pg_is_in_recovery()") == "t";
  finding.observed = fmt::format("{}; the token {}{}", state, there ? "is read" : "does not arrive",
      follows ? "" : "; it is no standby");
  finding.verdict =
      there && follows && state.starts_with("streaming") ? Verdict::met : Verdict::missed;
  return {finding};
}

std::vector<Finding> ask_cut_off(
    const Restored& restored, const Source& source, const Standby& standby, Regions& regions) {
  std::vector<std::string> signs;
  if (answers(restored.cluster.instance(), standby.link().primary)) {
    signs.emplace_back("the server of region A answers region B over the link");
  }
  try {
    ConnectionSpec way = source.cluster().connection();
    way.connect_timeout = Seconds{2};
    const Session session{way};
    signs.emplace_back("the server of region A answers its clients");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection_lost) {
      throw;
    }
  }
  try {
    static_cast<void>(regions.store_a().list(""));
    signs.emplace_back("the store of region A answers");
  } catch (const Error&) {
    // As it should be.
  }
  return {{.check = "region-cut-off",
      .question = "is region A gone before its standby is promoted?",
      .expected = "neither its server nor its store answers, whoever asks",
      .observed = !signs.empty() ? signs.front()
                  : !standby.link().name.empty()
                      ? "nothing answers, and the link is cut"
                      : "nothing answers; this engine cannot separate networks",
      .verdict = signs.empty() ? Verdict::met : Verdict::missed,
      .details = signs}};
}

std::vector<std::string> objections_to(Restored& restored, const Standby& standby) {
  const Takeover& takeover = standby.takeover();
  const auto expected = TimelineId{static_cast<std::uint32_t>(standby.received().set.timeline) + 1};
  std::vector<std::string> objections;
  const auto must = [&](bool agrees, std::string otherwise) {
    if (!agrees) {
      objections.push_back(std::move(otherwise));
    }
  };
  must(takeover.nothing_whole_left,
      fmt::format("standby: {} received, but only {} replayed before it was promoted",
          takeover.received.text(), takeover.replayed.text()));
  must(restored.serving, "server: " + restored.trouble);
  must(takeover.fork == takeover.replayed,
      fmt::format("history: the new timeline begins at {}", takeover.fork.text()));
  must(restored.ending.outcome == RecoveryOutcome::end_of_archive,
      fmt::format("log: recovery ended by '{}'", name_of(restored.ending.outcome)));
  must(restored.ending.new_timeline == expected,
      "log: the new timeline is not the one after the source's");
  must(restored.control && restored.control->intact && restored.control->state == "in production" &&
           restored.control->system_identifier == standby.system_identifier(),
      "control data: not the source's cluster in production");
  if (restored.serving) {
    const std::string written = restored.cluster.connect().value(
        "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)");
    must(written == fmt::format("{:08X}", static_cast<std::uint32_t>(expected)),
        "timeline: the server writes WAL of another timeline");
  }
  return objections;
}

std::vector<Finding> ask_takeover(Restored& restored, const Standby& standby) {
  const std::vector<std::string> objections = objections_to(restored, standby);
  return {{.check = "recovery-ending",
      .question = "was the standby promoted with all that it had received, and just there?",
      .expected = fmt::format("{} received and replayed, then the timeline after {}",
          standby.takeover().received.text(),
          static_cast<std::uint32_t>(standby.received().set.timeline)),
      .observed =
          objections.empty()
              ? fmt::format("promoted at {}{}; standby, history, log and control data agree",
                    standby.takeover().fork.text(),
                    standby.takeover().received == standby.takeover().replayed
                        ? ""
                        : ", the rest is the beginning of a record")
              : objections.front(),
      .verdict = objections.empty() ? Verdict::met : Verdict::missed,
      .details = objections}};
}

// What a standby must say when its primary is gone.
bool tells_of_the_lost_link(const std::string& line) {
  constexpr std::array<std::string_view, 4> told{"FATAL: the link to the primary broke",
      "FATAL: the primary cannot be reached", "FATAL: terminating walreceiver process",
      "FATAL: terminating connection"};
  return std::any_of(
      told.begin(), told.end(), [&](std::string_view begin) { return line.starts_with(begin); });
}

}  // namespace

Question streams_from(Source& source, const Standby& standby) {
  return {.check = "standby-streams",
      .sentence = "does region B's standby get what is written in region A?",
      .ask = [&](Restored& restored) { return ask_streams(restored, source, standby); }};
}

Question sees_nothing_of_region_a(const Source& source, const Standby& standby, Regions& regions) {
  return {.check = "region-cut-off",
      .sentence = "is region A gone before its standby is promoted?",
      .phase = "decide",
      .ask = [&](Restored& restored) { return ask_cut_off(restored, source, standby, regions); }};
}

Question took_over_with_all_that_it_received(const Standby& standby) {
  return {.check = "recovery-ending",
      .sentence = "was the standby promoted with all that it had received, and just there?",
      .ask = [&standby](Restored& restored) { return ask_takeover(restored, standby); }};
}

Question has_a_clean_log_but_for_the_lost_link() {
  return {.check = "server-log",
      .sentence = "does the promoted server's log complain of nothing but the lost link?",
      .ask = [](Restored& restored) -> std::vector<Finding> {
        std::vector<std::string> lines =
            recovery_ending_of(restored.cluster.log()).unexpected_lines;
        const auto of_the_link = std::erase_if(lines, tells_of_the_lost_link);
        return {{.check = "server-log",
            .question = "does the promoted server's log complain of nothing but the lost link?",
            .expected = "no other WARNING, ERROR, FATAL or PANIC line",
            .observed =
                fmt::format("{} kinds of others, {} of the link", lines.size(), of_the_link),
            .verdict = lines.empty() ? Verdict::met : Verdict::missed,
            .details = lines}};
      }};
}

}  // namespace pgrehearse
