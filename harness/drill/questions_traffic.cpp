// Does the application's way lead to the restored server, and to no other?
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

// A writer number that no client of the workload has.
constexpr int intruder = -1;

// How long an application waits for a connection before it gives up.
constexpr Milliseconds patience{5'000};

bool has_token(Session& session, const std::string& token) {
  return session.value(fmt::format(
             "SELECT count(*) FROM pgrehearse.sentinels WHERE marker = {}", literal(token))) == "1";
}

std::vector<Finding> ask_traffic(Restored& restored, const Source& source) {
  Finding finding{.check = "traffic-switched",
      .question = "does the application's way lead to the restored server?",
      .expected = fmt::format("a token that only the restored server has is read {}",
          source.pooler() == nullptr ? std::string{"as the application, there is no pooler"}
                                     : "through " + source.pooler()->version())};
  if (!restored.serving) {
    finding.verdict = Verdict::missed;
    finding.observed = restored.trouble;
    return {finding};
  }
  if (restored.own_token.empty()) {
    finding.observed = "there is no token that only the restored server has";
    return {finding};
  }
  Session there = restored.cluster.connect(source.subject().database);
  if (!has_token(there, restored.own_token)) {
    finding.observed = "the token is gone from the restored server";
    return {finding};
  }
  ConnectionSpec application = source.application(restored.cluster);
  application.connect_timeout = patience;
  finding.verdict = Verdict::missed;
  try {
    Session session{application};
    const bool read = has_token(session, restored.own_token);
    finding.observed = read ? "it is read" : "another server answers, which has it not";
    finding.verdict = read ? Verdict::met : Verdict::missed;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection_lost) {
      throw;
    }
    // The restored server has just answered, so this is no dead server but a way that leads astray.
    finding.observed = error.message();
  }
  if (source.pooler() == nullptr) {
    return {finding};
  }
  const std::uint16_t port = restored.cluster.instance().endpoint().port;
  for (const Endpoint& endpoint : source.pooler()->open_connections()) {
    if (endpoint.port != port) {
      finding.verdict = Verdict::missed;
      finding.details.push_back(
          fmt::format("the pooler has a connection to port {} open", endpoint.port));
    }
  }
  return {finding};
}

// A refusal, and not a failure of something else: read-only, or no privilege.
bool refuses(const QueryError& error) {
  return error.sqlstate() == "25006" || error.sqlstate() == "42501";
}

std::vector<Finding> ask_fence(const Restored& restored, const Source& source) {
  Finding finding{.check = "old-server-fenced",
      .question = "is the old server closed to the application?",
      .expected = "a write past the pooler, with the application's own password, is not taken"};
  ConnectionSpec way = source.application_past_the_pooler(source.cluster());
  way.connect_timeout = Seconds{2};
  std::string answer;
  try {
    Session session{way};
    session.exec(fmt::format(
        "INSERT INTO pgrehearse.commits VALUES ({}, 1, pg_catalog.pg_current_xact_id())",
        intruder));
    // A drill in which nothing took over leaves the old server as it is, and is red for that.
    finding.verdict = restored.serving ? Verdict::missed : Verdict::unknown;
    finding.observed = "the old server took the write";
    return {finding};
  } catch (const QueryError& error) {
    if (!refuses(error)) {
      throw;
    }
    answer = error.message();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::connection_lost) {
      throw;
    }
    answer = error.message();
  }
  finding.verdict = Verdict::met;
  finding.observed = fmt::format("{}; before the switch it {}", answer,
      source.answered_before_the_fence().value_or(false) ? "answered" : "did not answer either");
  return {finding};
}

}  // namespace

Question has_the_traffic(Source& source) {
  return {.check = "traffic-switched",
      .sentence = "does the application's way lead to the restored server?",
      .phase = "switch",
      .ask = [&source](Restored& restored) { return ask_traffic(restored, source); }};
}

Question keeps_clients_off_the_old_server(Source& source) {
  return {.check = "old-server-fenced",
      .sentence = "is the old server closed to the application?",
      .phase = "switch",
      .ask = [&source](Restored& restored) { return ask_fence(restored, source); }};
}

}  // namespace pgrehearse
