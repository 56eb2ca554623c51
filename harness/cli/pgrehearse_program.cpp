// The program: reads the command line, decides which verb, and turns errors into an exit status.
#include <cstdio>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/fixture.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/jobs.hpp"
#include "harness/cli/run_verb.hpp"
#include "harness/cli/settings.hpp"
#include "harness/cli/side_by_side.hpp"
#include "harness/cli/suites.hpp"
#include "harness/cli/verbs.hpp"

namespace pgrehearse {
namespace {

bool wants_colour(const Settings& settings) {
  const std::string colour = settings.text("colour");
  return colour == "always" || (colour == "auto" && isatty(STDOUT_FILENO) != 0);
}

// As they can be given once more to a process for one case.
std::vector<std::string> given_again(const Texts& flags) {
  std::vector<std::string> again;
  for (const auto& [name, value] : flags) {
    again.push_back(name == "keep" ? "--keep" : fmt::format("--{}={}", name, value));
  }
  return again;
}

RunRequest request_from(
    const Texts& flags, bool sabotages, const std::vector<std::string>& googletest) {
  Settings settings{flags, environment_here()};
  RunRequest request;
  request.subject = subject_file(settings.text("subject"));
  const Subject subject = load_subject(request.subject);
  settings.adopt(subject);
  request.engine = settings.text("engine");
  request.image = settings.text("image");
  request.report_dir = settings.text("report-dir");
  request.proof = settings.text("proof");
  request.whole_trial = sabotages && settings.text("scenario").empty() && googletest.empty();
  request.dialect =
      settings.text("junit-dialect") == "jenkins" ? JunitDialect::jenkins : JunitDialect::superset;
  request.colour = wants_colour(settings);
  request.live = isatty(STDOUT_FILENO) != 0;
  request.sabotages = sabotages;
  request.filter = filter_for(settings.text("scenario"), sabotages);
  request.gtest_arguments = googletest;
  request.flags = given_again(flags);
  request.writers = static_cast<int>(settings.number("writers", 1, 1000));
  request.scale = static_cast<int>(settings.number("scale", 1, 1'000'000));
  request.seed = settings.number("seed", 0, INT64_MAX);
  request.pooled = settings.text("pooler") == "pgbouncer";
  request.options.commits = settings.number("commits", 1, 100'000'000);
  request.options.keep = settings.flag("keep");
  request.jobs = jobs_for(settings.text("jobs"), sabotages, room_here());
  if (request.jobs > 1 && !can_be_split(request)) {
    if (settings.text("jobs") != "auto") {
      throw Error{ErrorCode::bad_config,
          "--jobs, --keep and options of GoogleTest other than its filter do not go together",
          "Leave --jobs out, or say --jobs 1."};
    }
    request.jobs = 1;
  }
  request.settings = settings.effective();
  for (const std::string& warning : settings.warnings()) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  return request;
}

/// The flags of `run` and `prove`: all of them texts, so that Settings alone decides what they
/// mean.
void add_run_flags(CLI::App& verb, Texts& flags) {
  for (const Option& option : options()) {
    const std::string name{option.name};
    std::string meaning = fmt::format("{} [{}]", option.meaning, variable_of(option.name));
    if (option.choices.starts_with("true ")) {
      verb.add_flag_callback(
          "--" + name, [&flags, name] { flags[name] = "true"; }, meaning);
    } else {
      verb.add_option_function<std::string>(
          "--" + name, [&flags, name](const std::string& value) { flags[name] = value; }, meaning);
    }
  }
}

int act(int argc, char** argv) {
  CLI::App app{
      "pgrehearse rehearses the recovery of a Postgres database, and proves that its backups come "
      "back."};
  app.name("pgrehearse");
  app.set_version_flag("--version", tool_version());
  app.footer(std::string{exit_status_help});
  // None is told apart below: CLI11 would miss a verb before it complains about a mistyped one.
  app.require_subcommand(0, 1);
  Texts flags;
  std::string run_id;
  std::string record;
  std::string form = "summary";
  std::string which = "drill";
  std::string every;
  std::string reports = "reports/out";
  std::string scenario;
  std::string image;
  CLI::App* run =
      app.add_subcommand("run", "Run drills and leave record.json, junit.xml and drill-record.md");
  CLI::App* prove =
      app.add_subcommand("prove", "Run the sabotages: drills broken on purpose that must go red");
  CLI::App* list = app.add_subcommand("list", "List scenarios, sabotages and their cases");
  CLI::App* swept = app.add_subcommand("sweep", "Remove what dead runs left");
  CLI::App* due =
      app.add_subcommand("due", "Fail when the last good evidence of a scenario is too old");
  CLI::App* render = app.add_subcommand("render", "Render a record.json again");
  CLI::App* doctor = app.add_subcommand("doctor", "Say what works on this machine");
  CLI::App* schema = app.add_subcommand("schema", "Print a JSON Schema");
  for (CLI::App* verb : app.get_subcommands({})) {
    verb->footer(std::string{exit_status_help});
  }
  for (CLI::App* verb : {run, prove}) {
    add_run_flags(*verb, flags);
    verb->allow_extras();
  }
  swept->add_option("--run", run_id, "This run, whether dead, kept or alive");
  due->add_option("--every", every, "How old it may be: 90d, 12h")->required();
  due->add_option("--reports", reports, "Folder with the reports of earlier runs, at any depth");
  due->add_option("--scenario", scenario, "This one only");
  render->add_option("RECORD", record, "A record.json")->required();
  render->add_option("--form", form, "junit, jenkins, markdown, runbook, kills or summary")
      ->check(CLI::IsMember({"junit", "jenkins", "markdown", "runbook", "kills", "summary"}));
  doctor->add_option("--image", image, "The Postgres image that drills would use");
  schema->add_option("WHICH", which, "drill (drill.yaml) or record (record.json)")
      ->check(CLI::IsMember({"drill", "record"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_met : exit_usage;
  }
  if (app.get_subcommands().empty()) {
    fmt::print(stderr, "A verb is required\nRun with --help for more information.\n");
    return exit_usage;
  }
  if (list->parsed()) {
    return list_scenarios();
  }
  if (swept->parsed()) {
    return sweep_leftovers(run_id);
  }
  if (due->parsed()) {
    return tell_what_is_due(reports, every, scenario);
  }
  if (render->parsed()) {
    return render_record(record, form);
  }
  if (doctor->parsed()) {
    return examine_host(image);
  }
  if (schema->parsed()) {
    return print_schema(which);
  }
  const CLI::App* verb = prove->parsed() ? prove : run;
  const RunRequest request = request_from(flags, prove->parsed(), verb->remaining());
  return request.jobs > 1 ? run_side_by_side(request) : run_drills(request);
}

/// GoogleTest's flags alone mean `run`: that is how ctest lists and runs the cases.
std::vector<char*> with_verb(int argc, char** argv, std::string& verb) {
  std::vector<char*> arguments{argv, argv + argc};
  if (argc > 1 && std::string_view{argv[1]}.starts_with("--gtest_")) {
    arguments.insert(arguments.begin() + 1, verb.data());
  }
  return arguments;
}

}  // namespace
}  // namespace pgrehearse

int main(int argc, char** argv) {
  std::string verb = "run";
  std::vector<char*> arguments = pgrehearse::with_verb(argc, argv, verb);
  try {
    return pgrehearse::act(static_cast<int>(arguments.size()), arguments.data());
  } catch (const pgrehearse::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    switch (error.code()) {
      case pgrehearse::ErrorCode::bad_config:
      case pgrehearse::ErrorCode::bad_value:
        return pgrehearse::exit_usage;
      case pgrehearse::ErrorCode::refused:
        return pgrehearse::exit_refused;
      default:
        return pgrehearse::exit_not_proven;
    }
  } catch (const std::exception&) {
    fmt::print(stderr, "error: internal: an exception that nobody expected\n");
    return pgrehearse::exit_not_proven;
  }
}
