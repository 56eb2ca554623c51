#include "harness/drill/drill.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/check/log_scrub.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/objectives.hpp"
#include "harness/drill/questions.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {

std::string Run::next_name(const std::string& kind) {
  return fmt::format("{}-{}", kind, ++names_given);
}

HookContext Run::hook(
    const std::string& scenario, const std::string& phase, const ConnectionSpec& connection) const {
  HookContext context;
  context.run_id = journal.run_id();
  context.phase = phase;
  context.connection = connection;
  context.artifacts = artifacts;
  context.scale = subject.scale;
  context.seed_number = subject.seed_number;
  context.scenario = scenario;
  return context;
}

Drill::Drill(Run& run, DrillRecord& record, std::string scenario, FindingSink sink)
    : run_(run), record_(record), sink_(std::move(sink)), chronicle_(record) {
  record_.scenario = std::move(scenario);
  record_.subject = run.subject.name;
  record_.begin = Timestamp::now().text();
  record_.facts["scale"] = fmt::format("{}", run.subject.scale);
  record_.facts["seed"] = fmt::format("{}", run.subject.seed_number);
  run_.progress.drill_begins(record_.scenario, record_.test);
  run_.changed();
}

Drill::~Drill() {
  if (archive_listing_.valid()) {
    archive_listing_.wait();  // it looks at an instance
  }
  collect_logs();
  try {
    if (run_.options.keep && !instances_.empty()) {
      keep_last_instance();
    }
    instances_.clear();
    record_.end = Timestamp::now().text();
    record_.seconds = seconds_of(SteadyTime::now() - begin_);
    run_.changed();
  } catch (const std::exception&) {
    // The reports could not be written: what is on disk says "not finished", and the run ends red.
    record_.status = "crashed";
  }
}

// The password goes into a file that only this account can read, and that is removed with the run.
void Drill::keep_last_instance() {
  run_.engine.keep();
  const Endpoint endpoint = instances_.back()->endpoint();
  const std::filesystem::path password_file = run_.journal.folder() / "pgpass";
  write_file(password_file,
      fmt::format("{}:{}:*:postgres:{}\n", endpoint.host, endpoint.port,
          run_.engine.superuser_password().reveal()),
      0600);
  run_.progress.note(fmt::format("kept: PGPASSFILE={} psql -h {} -p {} -U postgres {}",
      password_file.string(), endpoint.host, endpoint.port, run_.subject.database));
  run_.progress.note(
      fmt::format("remove it with: pgrehearse sweep --run {}", run_.journal.run_id()));
}

HookContext Drill::hook(Cluster& cluster, const std::string& phase) const {
  return run_.hook(record_.scenario, phase, cluster.connection(run_.subject.database));
}

std::size_t Drill::begin_step(const std::string& title) {
  throw_if_interrupted();
  run_.progress.step_begins(title);
  step_begin_ = SteadyTime::now();
  record_.steps.push_back(
      {.title = title, .begin = Timestamp::now().text(), .seconds = 0, .outcome = "under way"});
  run_.changed();
  return record_.steps.size() - 1;
}

void Drill::end_step(std::size_t number) {
  StepRecord& step = record_.steps.at(number);
  const auto took = SteadyTime::now() - step_begin_;
  step.seconds = seconds_of(took);
  step.outcome = "done";
  run_.progress.step_ends(step.title, took, false);
  run_.changed();
}

void Drill::fail_step(std::size_t number, const std::exception& error, Here here) {
  StepRecord& step = record_.steps.at(number);
  const auto took = SteadyTime::now() - step_begin_;
  const auto* known = dynamic_cast<const Error*>(&error);
  step.seconds = seconds_of(took);
  step.outcome = "failed";
  step.error = known != nullptr
                   ? fmt::format("{}{}{}: {}", known->place(), known->place().empty() ? "" : ": ",
                         name_of(known->code()), known->message())
                   : std::string{"an exception of a library"};
  record_.error = step.error;
  record_.error_line = here.line;
  if (known != nullptr && known->code() == ErrorCode::interrupted) {
    record_.status = "interrupted";
  }
  run_.progress.step_ends(step.title, took, true);
  run_.progress.note(step.error);
  if (known != nullptr && !known->hint().empty()) {
    run_.progress.note("HINT: " + known->hint());
  }
  run_.changed();
}

std::unique_ptr<Source> Drill::start_source(DataChecksums checksums, const SourcePlace& place) {
  const std::string name = run_.next_name("source");
  const DrillVolumes volumes{name + "-archive", name + "-backups"};
  run_.engine.create_volume(volumes.archive);
  run_.engine.create_volume(volumes.backups);
  instances_.push_back(run_.engine.create({.name = name,
      .initialised = true,
      .volumes = {{volumes.archive, false}, {volumes.backups, false}},
      .network = place.network}));
  return std::make_unique<Source>(
      run_, record_, *instances_.back(), volumes, checksums, place, [this](const Finding& finding) {
        file(finding, {record_.file.c_str(), record_.line});
      });
}

Injury Drill::inject(Source& source, const Incident& incident, Here here) {
  Session session = source.cluster().connect(run_.subject.database);
  const Injury injury = pgrehearse::inject(session, incident);
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "incident",
      .time = injury.when.text(),
      .clock = "server",
      .lsn = injury.lsn.text()});
  file({.check = "incident-happened",
           .question = "can the loss be seen on the source?",
           .expected = "the probe's answer changed by " + incident.title,
           .observed = injury.visible() ? "it changed" : "it did not change",
           .verdict = injury.visible() ? Verdict::met : Verdict::missed},
      here);
  return injury;
}

void Drill::file(Finding finding, Here here) {
  if (!release_.empty()) {
    finding.question = fmt::format("{}: {}", release_, finding.question);
  }
  record_.findings.push_back(finding);
  record_.finding_lines.push_back(here.line);
  if (finding.verdict != Verdict::met) {
    run_.progress.note(
        fmt::format("{} {}: {}", finding.check, name_of(finding.verdict), finding.observed));
  }
  if (sink_) {
    sink_(finding, here);
  }
}

void Drill::expect(Restored& restored, const Question& question, Here here) {
  const std::size_t number = begin_step("Ask: " + question.sentence);
  chronicle_.begin_phase(question.phase);
  try {
    const std::vector<Finding> findings = answers_to(question, restored);
    for (const Finding& finding : findings) {
      file(finding, here);
    }
    end_step(number);
  } catch (const std::exception& error) {
    fail_step(number, error, here);
    throw;
  }
}

void Drill::expect_ready_application(Restored& restored, Source& source, Here here) {
  if (run_.subject.application) {
    expect(restored, has_a_ready_application(run_, source), here);
  }
}

void Drill::expect_objectives_met(
    Restored& restored, Source& source, const Marker& marker, const Injury& injury, Here here) {
  chronicle_.begin_phase("switch");
  const std::chrono::nanoseconds recovery_time = chronicle_.stop();
  if (restored.service_back) {
    chronicle_.note_now("service back");
  }
  measure_loss(record_, restored, source, marker, injury, run_.subject.database);
  for (const Finding& finding : judge_objectives(record_, run_.subject, restored, recovery_time)) {
    file(finding, here);
  }
}

void Drill::collect_logs() noexcept {
  for (const std::unique_ptr<Instance>& instance : instances_) {
    try {
      const RemovalScope uninterrupted;
      Cluster cluster{*instance, Secret{}};
      const std::string log = scrubbed_log(cluster.log());
      const std::string name = instance->name() + ".server.log";
      write_file(run_.artifacts / name, log);
      record_.evidence.push_back({name, sha256_hex(log), static_cast<std::int64_t>(log.size())});
    } catch (const std::exception&) {
      try {
        record_.warnings.push_back(
            "the server log of " + instance->name() + " could not be collected");
      } catch (const std::exception&) {
        // out of memory while giving up: nothing more can be said
      }
    }
  }
}

}  // namespace pgrehearse
