// The program: reads the command line, decides which verb, and turns errors into an exit status.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/cli/baseline_verb.hpp"
#include "harness/cli/bundle_verb.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/explain.hpp"
#include "harness/cli/fixture.hpp"
#include "harness/cli/gate.hpp"
#include "harness/cli/help_verbs.hpp"
#include "harness/cli/host.hpp"
#include "harness/cli/init_verb.hpp"
#include "harness/cli/jobs.hpp"
#include "harness/cli/lint_verb.hpp"
#include "harness/cli/plan.hpp"
#include "harness/cli/proof.hpp"
#include "harness/cli/report_verb.hpp"
#include "harness/cli/run_verb.hpp"
#include "harness/cli/selection.hpp"
#include "harness/cli/settings.hpp"
#include "harness/cli/side_by_side.hpp"
#include "harness/cli/small_verbs.hpp"
#include "harness/cli/stored_history.hpp"
#include "harness/cli/suites.hpp"
#include "harness/cli/tool_trials.hpp"
#include "harness/gtest/known_traps.hpp"

namespace pgrehearse {
namespace {

bool wants_colour(const Settings& settings, bool terminal) {
  const std::string colour = settings.text("colour");
  return colour == "always" || (colour == "auto" && terminal);
}

// As they can be given once more to a process for one case.
std::vector<std::string> given_again(const Texts& flags) {
  std::vector<std::string> again;
  for (const auto& [name, value] : flags) {
    const bool bare = name == "keep" || name == "affected";
    again.push_back(bare ? "--" + name : fmt::format("--{}={}", name, value));
  }
  return again;
}

std::string filter_of(const Settings& settings, bool sabotages) {
  const std::string only = settings.text("only");
  const std::string scenario = settings.text("scenario");
  if (only.empty()) {
    return filter_for(scenario, sabotages);
  }
  if (!sabotages) {
    throw Error{ErrorCode::bad_config, "--only picks sabotages, and run runs none",
        "Say prove, or pick scenarios with --scenario and their cases with --gtest_filter."};
  }
  return joined(cases_named(only, suites_for(scenario, sabotages), known_traps()), ":");
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
  request.base = settings.text("base");
  request.only_affected = settings.flag("affected");
  request.report_dir = settings.text("report-dir");
  request.proof = settings.text("proof");
  if (!request.proof.empty()) {
    static_cast<void>(trial_in(request.proof));  // before anything begins
  }
  request.whole_trial = sabotages && settings.text("scenario").empty() &&
                        settings.text("only").empty() && googletest.empty();
  request.dialect =
      settings.text("junit-dialect") == "jenkins" ? JunitDialect::jenkins : JunitDialect::superset;
  request.notify_on = settings.text("notify-on");
  request.history = history_place(settings.text("history"));
  request.metrics_file = settings.text("metrics-file");
  request.json = settings.text("format") == "json";
  request.live = isatty(fileno(request.told())) != 0;
  request.colour = wants_colour(settings, request.live);
  static_cast<void>(settings.duration("follow-up-within"));
  request.is_part = std::getenv("PGREHEARSE_PART_OF_A_RUN") != nullptr;
  request.sabotages = sabotages;
  request.filter = filter_of(settings, sabotages);
  request.gtest_arguments = googletest;
  if (!sabotages) {
    request.leave_out = subject.leave_out;
  }
  request.flags = given_again(flags);
  request.tool = settings.text("tool");
  request.writers = static_cast<int>(settings.number("writers", 1, 1000));
  request.scale = static_cast<int>(settings.number("scale", 1, 1'000'000));
  request.seed = settings.number("seed", 0, INT64_MAX);
  request.pooled = settings.text("pooler") == "pgbouncer";
  request.options.commits = settings.number("commits", 1, 100'000'000);
  request.options.keep = settings.flag("keep");
  request.options.keep_golden = settings.text("keep-golden");
  request.jobs = settings.text("jobs") == "auto"
                     ? jobs_that_fit(sabotages, room_here())
                     : static_cast<int>(settings.number("jobs", 1, most_jobs));
  // One drill would revoke the key that another one holds.
  const bool rotates_a_key = subject.stores.vault.rotate.has_value();
  if (request.jobs > 1 && rotates_a_key && settings.text("jobs") != "auto") {
    throw Error{ErrorCode::bad_config,
        "drills that rotate the key of a store go one after the other",
        "Leave --jobs out, or say --jobs 1.", request.subject.string() + ": stores.vault.rotate"};
  }
  if (request.jobs > 1 && (rotates_a_key || !can_be_split(request))) {
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

// Each backup tool that is named.
std::vector<std::string> tools_in(const Texts& flags) {
  Settings settings{flags, environment_here()};
  settings.adopt(load_subject(subject_file(settings.text("subject"))));
  std::vector<std::string> tools;
  for (const std::string& name : split(settings.text("tool"), ',')) {
    tools.emplace_back(trimmed(name));
  }
  return tools;
}

int prove_each_tool(const Texts& flags, const std::vector<std::string>& tools,
    const std::vector<std::string>& googletest) {
  std::vector<RunRequest> requests;
  for (const std::string& tool : tools) {
    Texts own = flags;
    own["tool"] = tool;
    requests.push_back(request_from(own, true, googletest));
    RunRequest& request = requests.back();
    if (only_lists(request)) {
      return run_drills(request);  // the same of every tool
    }
    if (!can_be_split(request)) {
      throw Error{ErrorCode::bad_config,
          "several tools go neither with --keep nor with options of GoogleTest but its filter",
          "Name one tool."};
    }
    static_cast<void>(
        subject_of(request));  // a tool that there is not is said before anything runs
    if (!request.report_dir.empty()) {
      request.report_dir /= tool;
    }
  }
  return prove_tools(requests);
}

/// The flags of `run` and `prove`: all of them texts, so that Settings alone decides what they
/// mean.
void add_run_flags(CLI::App& verb, const std::shared_ptr<Texts>& flags) {
  for (const Option& option : options()) {
    const std::string name{option.name};
    std::string meaning = fmt::format("{} [{}]", option.meaning, variable_of(option.name));
    if (option.choices.starts_with("true ")) {
      verb.add_flag_callback(
          "--" + name, [flags, name] { (*flags)[name] = "true"; }, meaning);
    } else {
      verb.add_option_function<std::string>(
          "--" + name, [flags, name](const std::string& value) { (*flags)[name] = value; },
          meaning);
    }
  }
}

int explain(const RunRequest& request) {
  fmt::print("{}", explanation(request));
  return exit_met;
}

/// What `run`, `prove`, `plan` and `explain` are given; it lives until the verb that was asked for
/// has ended.
void add_drill_verbs(CLI::App& app, VerbToRun& chosen) {
  const auto add = [&](const char* name, const char* meaning, bool sabotages,
                       int (*act_on)(const RunRequest&)) {
    CLI::App* verb = app.add_subcommand(name, meaning);
    const auto flags = std::make_shared<Texts>();
    add_run_flags(*verb, flags);
    verb->allow_extras();
    verb->callback([&chosen, verb, flags, sabotages, act_on] {
      chosen = [verb, flags, sabotages, act_on] {
        if (const std::vector<std::string> tools = tools_in(*flags);
            sabotages && tools.size() > 1) {
          return prove_each_tool(*flags, tools, verb->remaining());
        }
        return act_on(request_from(*flags, sabotages, verb->remaining()));
      };
    });
  };
  add("run", "Run drills and leave record.json, junit.xml, drill-record.md and report.html", false,
      run_as_asked);
  add("prove", "Run the sabotages: drills broken on purpose that must go red", true, run_as_asked);
  add("gate", "Run the new migrations on a restored backup of a git ref, and drill the result",
      false, run_gate);
  add("plan", "Say what a run with these options would do, and touch nothing", false, plan_run);
  add("explain", "Print every value in force and who gave it", false, explain);
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
  VerbToRun chosen;
  add_drill_verbs(app, chosen);
  add_init_verb(app, chosen);
  add_small_verbs(app, chosen);
  add_baseline_verb(app, chosen);
  add_lint_verb(app, chosen);
  add_bundle_verbs(app, chosen);
  add_report_verb(app, chosen);
  add_help_verbs(app, chosen);
  for (CLI::App* verb : app.get_subcommands({})) {
    verb->footer(std::string{exit_status_help});
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_met : exit_usage;
  }
  if (!chosen) {
    fmt::print(stderr, "A verb is required\nRun with --help for more information.\n");
    return exit_usage;
  }
  return chosen();
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
