// Does the team's own application work on the restored database?
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/drill/questions.hpp"
#include "harness/process/wait.hpp"
#include "harness/traffic/application.hpp"
#include "harness/traffic/health_report.hpp"

namespace pgrehearse {
namespace {

constexpr const char* ready_question = "is the application ready on the restored database?";

Application start(Run& run, Source& source, const Restored& restored) {
  const ApplicationSpec& spec = *run.subject.application;
  HookContext context = source.hook(source.cluster(), "application");
  context.connection = source.application(restored.cluster);
  context.heartbeats = source.heartbeats().folder();
  const std::filesystem::path folder = run.journal.folder() / run.next_name("application");
  run.journal.intend("directory", folder.string());
  return Application{{.program = {.argv = spec.command.argv,
                          .env = hook_environment(context),
                          .cwd = run.subject.folder,
                          .deadline = spec.command.deadline},
      .folder = folder,
      .page = spec.ready}};
}

bool is_ready(const HealthReport& report, const ApplicationSpec& spec) {
  return report.status == 200 &&
         (spec.migrations_current.empty() || report.migrations_current == true);
}

std::string text_of(const HealthReport& report, const ApplicationSpec& spec) {
  const std::string says = spec.migrations_current.empty() ? ""
                           : !report.migrations_current    ? ", and nothing of migrations"
                           : *report.migrations_current    ? ", migrations are current"
                                                           : ", migrations are not current";
  return fmt::format("it answered {}{}", report.status, says);
}

// An application that has just started may say "not yet" for a while.
Finding ask_ready(Application& application, const ApplicationSpec& spec) {
  HealthReport last;
  const auto not_ready = [&]() -> std::optional<std::string> {
    last = health_report_of(application.get(spec.ready), spec.migrations_current);
    return is_ready(last, spec) ? std::nullopt : std::optional{text_of(last, spec)};
  };
  try {
    wait_until("the application to be ready", spec.command.deadline, not_ready);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
  }
  return {.check = "application-ready",
      .question = ready_question,
      .expected = spec.migrations_current.empty()
                      ? std::string{"200"}
                      : fmt::format("200, and {} is true", spec.migrations_current),
      .observed = text_of(last, spec),
      .verdict = is_ready(last, spec) ? Verdict::met : Verdict::missed};
}

Finding ask_page(Application& application, const std::string& check, const std::string& question,
    const std::string& path) {
  const HttpAnswer answer = application.get(path);
  return {.check = check,
      .question = question,
      .expected = fmt::format("200 at {}", path),
      .observed = fmt::format("it answered {}", answer.status),
      .verdict = answer.status == 200 ? Verdict::met : Verdict::missed};
}

std::string with_token(std::string text, const std::string& token) {
  constexpr std::string_view place = "$token$";
  for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at)) {
    text.replace(at, place.size(), token);
  }
  return text;
}

// The next transaction that writes anything gets this number.
std::string next_transaction(Session& session) {
  return session.value("SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())");
}

Finding ask_write(Application& application, const ApplicationSpec& spec, Session& restored) {
  Finding finding{.check = "application-writes",
      .question = "is what the application writes committed there, and shown?",
      .expected = fmt::format("a text posted to {} is shown at {}", spec.write, spec.read),
      .verdict = Verdict::missed};
  const std::string token = "pgrehearse-" + random_hex(16);
  const auto shown = [&] {
    const HttpAnswer page = application.get(with_token(spec.read, token));
    return page.status == 200 && page.body.find(token) != std::string::npos;
  };
  if (shown()) {
    finding.observed = "the text is shown before it was written: the page repeats what it is asked";
    finding.verdict = Verdict::unknown;
    return finding;
  }
  const std::string before = next_transaction(restored);
  const HttpAnswer answer =
      application.post(with_token(spec.write, token), with_token(spec.body, token));
  if (answer.status < 200 || answer.status > 299) {
    finding.observed = fmt::format("the write was answered with {}", answer.status);
  } else if (!shown()) {
    finding.observed = "the write was accepted, and the text is not shown";
  } else if (next_transaction(restored) == before) {
    finding.observed = "the text is shown, but nothing was written on the restored server";
  } else {
    finding.observed = "it is shown";
    finding.verdict = Verdict::met;
  }
  return finding;
}

std::vector<Finding> ask_application(Run& run, Source& source, Restored& restored) {
  const ApplicationSpec& spec = *run.subject.application;
  Finding failed{.check = "application-ready",
      .question = ready_question,
      .expected = "it starts and answers",
      .verdict = Verdict::missed};
  if (!restored.serving) {
    failed.observed = restored.trouble;
    return {failed};
  }
  Session session = restored.cluster.connect(run.subject.database);
  try {
    Application application = start(run, source, restored);
    std::vector<Finding> findings{ask_ready(application, spec)};
    if (!spec.health.empty()) {
      findings.push_back(ask_page(application, "application-healthy",
          "does the application say that it lives?", spec.health));
    }
    if (!spec.backup.empty()) {
      findings.push_back(ask_page(application, "application-backups",
          "does the application say that its backups are young enough?", spec.backup));
    }
    if (!spec.write.empty()) {
      findings.push_back(ask_write(application, spec, session));
    }
    return findings;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::instance_failed) {
      throw;
    }
    failed.observed = error.message();
    failed.details.push_back(error.hint());
    return {failed};
  }
}

}  // namespace

Question has_a_ready_application(Run& run, Source& source) {
  return {.check = "application-ready",
      .sentence = ready_question,
      .phase = "switch",
      .ask = [&run, &source](
                 Restored& restored) { return ask_application(run, source, restored); }};
}

}  // namespace pgrehearse
