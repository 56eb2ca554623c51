// Is it in service, is it really another server, and was the source's archive left alone?
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/drill/monitor.hpp"
#include "harness/drill/questions.hpp"

namespace pgrehearse {
namespace {

// A writer number that no client of the workload has.
constexpr int prober = 0;

void write_once(Session& writer, const Subject& subject) {
  writer.exec("BEGIN");
  for (const std::string& statement : subject.workload.sql) {
    writer.exec(filled(statement, prober, 1));
  }
  writer.exec(fmt::format(
      "INSERT INTO pgrehearse.commits VALUES ({}, 1, pg_catalog.pg_current_xact_id())", prober));
  writer.exec("COMMIT");
}

std::vector<Finding> ask_serving(Restored& restored, Source& source) {
  Finding finding{.check = "serving",
      .question = "is a write by the application's own way committed and read back?",
      .expected = "committed on one connection, read on another, not in recovery"};
  if (!restored.serving) {
    finding.verdict = Verdict::missed;
    finding.observed = restored.trouble;
    return {finding};
  }
  const ConnectionSpec application = source.application(restored.cluster);
  Session writer{application};
  const bool in_recovery = writer.value("SELECT pg_is_in_recovery()") != "f";
  try {
    write_once(writer, source.subject());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed) {
      throw;
    }
    finding.verdict = Verdict::missed;
    finding.observed = "the write was refused";
    finding.details.push_back(error.message());
    return {finding};
  }
  Session reader{application};
  const bool read_back =
      reader.value(
          fmt::format("SELECT count(*) FROM pgrehearse.commits WHERE writer = {}", prober)) == "1";
  const bool is_there =
      restored.cluster.connect(source.subject().database)
          .value(fmt::format(
              "SELECT count(*) FROM pgrehearse.commits WHERE writer = {}", prober)) == "1";
  finding.verdict = read_back && is_there && !in_recovery ? Verdict::met : Verdict::missed;
  finding.observed = !read_back  ? "committed, but another connection does not see it"
                     : !is_there ? "committed and read back, but on another server"
                                 : "committed and read back";
  if (finding.verdict == Verdict::met) {
    restored.service_back = SteadyTime::now();
  }
  return {finding};
}

std::vector<Finding> ask_own_server(Restored& restored, Source& source) {
  const std::string token = random_hex(16);
  const std::string database = source.subject().database;
  Session here = restored.cluster.connect(database);
  here.exec(fmt::format("INSERT INTO pgrehearse.sentinels VALUES ({})", literal(token)));
  if (!source.cluster().is_running()) {
    restored.own_token = token;
    return {{.check = "own-server",
        .question = "is the restored server another one than the source?",
        .expected = "a token written on it is not seen on the source",
        .observed = "the source is down: it cannot be the one that took the token",
        .verdict = Verdict::met}};
  }
  Session there = source.cluster().connect(database);
  const std::string seen = there.value(
      fmt::format("SELECT count(*) FROM pgrehearse.sentinels WHERE marker = {}", literal(token)));
  const bool own = seen == "0" && restored.cluster.instance().endpoint().port !=
                                      source.cluster().instance().endpoint().port;
  restored.own_token = own ? token : "";
  return {{.check = "own-server",
      .question = "is the restored server another one than the source?",
      .expected = "a token written on it is not seen on the source",
      .observed = own ? "not seen" : "the same server answers for both",
      .verdict = own ? Verdict::met : Verdict::missed}};
}

// What it holds before the restore's own first segment may be damaged: that is a scenario.
std::vector<Finding> ask_archive(
    const SurveyedArchive& now, const ArchiveBefore& before, const Restored& restored) {
  const std::map<std::string, std::string> was = listing_of(before.archive);
  ArchiveNeed need = before.need;
  need.system_identifier = restored.control ? restored.control->system_identifier : 0;
  Finding finding{.check = "source-archive",
      .question = "is the source's archive as it was before the restore?",
      .expected = fmt::format(
          "{} files unchanged; from {} on no gap, and nothing that was not archived by the source",
          was.size(), need.from.text())};
  for (const Notice& notice : changes_in(was, listing_of(now))) {
    finding.details.push_back(notice.relation + " " + notice.what);
  }
  for (const ArchiveFinding& wrong : audit_of(now, need)) {
    finding.details.push_back(text_of(wrong));
  }
  finding.observed = fmt::format("{} differences", finding.details.size());
  finding.verdict = was.empty()               ? Verdict::unknown
                    : finding.details.empty() ? Verdict::met
                                              : Verdict::missed;
  return {finding};
}

}  // namespace

Question is_serving(Source& source) {
  return {.check = "serving",
      .sentence = "is a write by the application's own way committed and read back?",
      .phase = "switch",
      .ask = [&source](Restored& restored) { return ask_serving(restored, source); }};
}

Question is_a_server_of_its_own(Source& source) {
  return {.check = "own-server",
      .sentence = "is the restored server another one than the source?",
      .ask = [&source](Restored& restored) { return ask_own_server(restored, source); }};
}

Question left_the_archive_alone(Source& source, ArchiveBefore before) {
  return {.check = "source-archive",
      .sentence = "is the source's archive as it was before the restore?",
      .ask = [&source, before = std::move(before)](Restored& restored) {
        return ask_archive(source.archive().survey(source.cluster().instance()), before, restored);
      }};
}

Question left_the_archive_alone(const Replica& replica) {
  return {.check = "source-archive",
      .sentence = "is the archive that arrived as it was before the restore?",
      .ask = [&replica](Restored& restored) {
        const Archive archive{replica.place.volumes.archive};
        return ask_archive(archive.survey(restored.cluster.instance()), replica.archive, restored);
      }};
}

Question shows_nothing_of(const Injury& injury, const Marker& marker, const std::string& database) {
  return {.check = "incident-undone",
      .sentence = "is the damage gone?",
      .ask = [&injury, &marker, database](Restored& restored) -> std::vector<Finding> {
        Session session = restored.cluster.connect(database);
        const bool marker_first = marker.position.lsn < injury.lsn;
        const bool gone = marker_first && session.value(injury.probe) != injury.after;
        return {{.check = "incident-undone",
            .question = "is the damage gone?",
            .expected = "a marker before the damage, and a probe that does not answer as on the "
                        "damaged source",
            .observed = gone           ? "the damage is not there"
                        : marker_first ? "the damage is there"
                                       : "the marker lies after the damage",
            .verdict = gone ? Verdict::met : Verdict::missed}};
      }};
}

}  // namespace pgrehearse
