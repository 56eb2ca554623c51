// When region A comes back: is there one writer, what is given up, and does its old primary follow?
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/drill/objectives.hpp"
#include "harness/drill/questions_failover.hpp"
#include "harness/drill/reach.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

// A writer number that no client of the workload has.
constexpr int rival = -2;

constexpr Milliseconds rejoining_takes_at_most = Seconds{30};

struct Attempt {
  bool taken = false;
  std::string said = {};
};

// As a client would that does not want to hear of a fence: what it can lift itself it lifts. A
// commit that waits for a standby in vain is cancelled, and is then there all the same.
Attempt try_to_write(ConnectionSpec way) {
  way.connect_timeout = Seconds{5};
  try {
    Session session{way};
    session.exec("SET statement_timeout = '5s'; SET default_transaction_read_only = off");
    session.exec(
        fmt::format("INSERT INTO pgrehearse.commits SELECT {0}, coalesce(max(sequence), 0) + 1, "
                    "pg_catalog.pg_current_xact_id() FROM pgrehearse.commits WHERE writer = {0}",
            rival));
    return {.taken = true, .said = "took the write"};
  } catch (const QueryError& error) {
    return {.said = fmt::format("refused it with {}", error.sqlstate())};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection_lost) {
      throw;
    }
    return {.said = fmt::format("let nobody in: {}", error.message())};
  }
}

std::vector<Finding> ask_one_writer(const Restored& restored, const OldPrimary& old) {
  Finding finding{.check = "one-writer",
      .question = "does exactly one server take a client's write?",
      .expected =
          "the new primary takes it, and the old one, which runs and can be reached, does "
          "not"};
  if (!old.answers_inside()) {
    finding.observed = "the old primary does not run, so its fence is not on trial";
    return {finding};
  }
  if (!answers(restored.cluster.instance(), old.address(), an_answer_may_take)) {
    finding.observed = "the old primary cannot be reached, so its fence is not on trial";
    return {finding};
  }
  const Source& source = old.source();
  const Attempt here = try_to_write(source.application_past_the_pooler(restored.cluster));
  const Attempt there = try_to_write(source.application_past_the_pooler(old.cluster()));
  finding.observed = fmt::format("the new primary {}; the old primary {}", here.said, there.said);
  finding.verdict = here.taken && !there.taken ? Verdict::met : Verdict::missed;
  if (here.taken && there.taken) {
    finding.details.emplace_back("two servers take writes");
  }
  return {finding};
}

std::vector<Finding> ask_diverged(Restored& restored, const OldPrimary& old) {
  Finding finding{.check = "diverged",
      .question = "is what the new primary lacks what the old one had not sent, and no more?",
      .expected = "every commit of the clients is here, or behind the fork of the old primary"};
  if (!old.has_looked_back()) {
    finding.observed = "nobody has read the old primary's WAL behind the fork";
    return {finding};
  }
  std::set<Xid> behind;
  for (const WalCommit& commit : old.diverged()) {
    behind.insert(commit.xid);
  }
  std::set<std::pair<int, std::int64_t>> present;
  for (const RestoredCommit& commit : restored_commits(restored, old.source().subject().database)) {
    present.emplace(commit.writer, commit.sequence);
  }
  std::size_t given_up = 0;
  for (const LedgerEntry& entry : old.source().ledger().entries()) {
    const bool here = present.contains({entry.writer, entry.sequence});
    const bool diverged = entry.xid && behind.contains(*entry.xid);
    const bool acknowledged = entry.outcome == Outcome::acknowledged;
    given_up += diverged && acknowledged ? 1 : 0;
    const char* wrong = diverged && here                     ? "lies behind the fork, yet is here"
                        : acknowledged && !diverged && !here ? "is on neither side"
                                                             : nullptr;
    if (wrong != nullptr) {
      add_details(
          finding, {fmt::format("commit {} of writer {}", entry.sequence, entry.writer)}, wrong);
    }
  }
  finding.observed = fmt::format(
      "{} commits behind the fork are given up, {} of them acknowledged "
      "to clients; {}",
      old.diverged().size(), given_up,
      finding.details.empty() ? "all others are here" : finding.details.front());
  finding.verdict = finding.details.empty() ? Verdict::met : Verdict::missed;
  return {finding};
}

std::string written_token(Restored& restored, const std::string& database) {
  std::string token = random_hex(16);
  restored.cluster.connect(database).exec(
      fmt::format("INSERT INTO pgrehearse.sentinels VALUES ({})", literal(token)));
  return token;
}

// What speaks against "it follows the new primary"; nothing when it does.
std::optional<std::string> objection(Restored& restored, const OldPrimary& old,
    const std::string& database, const std::string& token) {
  Session primary = restored.cluster.connect();
  const Row sender = primary
                         .exec(
                             "SELECT coalesce((SELECT state FROM pg_stat_replication WHERE "
                             "application_name = " +
                             literal(old.name()) +
                             "), 'not connected'), system_identifier, "
                             "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))"
                             "::bit(32)::int FROM pg_control_system()")
                         .front();
  if (sender[0] != "streaming") {
    return fmt::format("for the new primary it is {}{}{}", sender[0].value_or("nothing"),
        old.trouble().empty() ? "" : "; ", old.trouble());
  }
  Session standby = old.cluster().connect(database);
  const Row receiver =
      standby
          .exec(fmt::format("SELECT pg_is_in_recovery(), system_identifier, (SELECT received_tli "
                            "FROM pg_stat_wal_receiver), (SELECT count(*) FROM "
                            "pgrehearse.sentinels WHERE marker = {}) FROM pg_control_system()",
              literal(token)))
          .front();
  if (receiver[0] != "t") {
    return "it is no standby";
  }
  if (receiver[1] != sender[1]) {
    return "it is another cluster";
  }
  if (receiver[2] != sender[2]) {
    return fmt::format("it receives timeline {}, the new primary writes {}",
        receiver[2].value_or("none"), sender[2].value_or("none"));
  }
  return receiver[3] == "1" ? std::nullopt
                            : std::optional<std::string>{"a token written there is not read on it"};
}

std::vector<Finding> ask_rejoined(Restored& restored, const OldPrimary& old) {
  Finding finding{.check = "rejoined",
      .question = "has the old primary come back as the new one's standby?",
      .expected =
          "it streams, on the new timeline, of the same cluster, and reads what is written"};
  const std::string database = old.source().subject().database;
  const std::string token = written_token(restored, database);
  std::optional<std::string> wrong;
  try {
    wait_until("the old primary to follow", rejoining_takes_at_most, [&] {
      try {
        wrong = objection(restored, old, database, token);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::connection_lost) {
          throw;
        }
        wrong = error.message();
      }
      return wrong;
    });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
  }
  finding.observed = wrong.value_or("it does");
  finding.verdict = wrong ? Verdict::missed : Verdict::met;
  return {finding};
}

}  // namespace

Question is_the_only_writer(const OldPrimary& old) {
  return {.check = "one-writer",
      .sentence = "does exactly one server take a client's write?",
      .ask = [&old](Restored& restored) { return ask_one_writer(restored, old); }};
}

Question lacks_only_what_had_diverged(const OldPrimary& old) {
  return {.check = "diverged",
      .sentence = "is what the new primary lacks what the old one had not sent, and no more?",
      .ask = [&old](Restored& restored) { return ask_diverged(restored, old); }};
}

Question has_as_its_standby(const OldPrimary& old) {
  return {.check = "rejoined",
      .sentence = "has the old primary come back as the new one's standby?",
      .ask = [&old](Restored& restored) { return ask_rejoined(restored, old); }};
}

}  // namespace pgrehearse
