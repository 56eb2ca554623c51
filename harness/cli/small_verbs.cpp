#include "harness/cli/small_verbs.hpp"

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "harness/base/text.hpp"
#include "harness/cli/verbs.hpp"

namespace pgrehearse {
namespace {

/// What the options of one verb were given.
struct Given {
  std::string first;
  std::string second;
  std::string third;
};

void add_due(CLI::App& app, VerbToRun& chosen) {
  CLI::App* due =
      app.add_subcommand("due", "Fail when the last good evidence of a scenario is too old");
  const auto given = std::make_shared<Given>();
  given->second = "reports/out";
  due->add_option("--every", given->first, "How old it may be: 90d, 12h")->required();
  due->add_option("--reports", given->second,
      "Folder with the reports of earlier runs, at any depth, or s3://bucket/key");
  due->add_option("--scenario", given->third, "This one only");
  due->callback([&chosen, given] {
    chosen = [given] { return tell_what_is_due(given->second, given->first, given->third); };
  });
}

void add_render(CLI::App& app, VerbToRun& chosen) {
  CLI::App* render = app.add_subcommand("render", "Render a record.json again");
  const auto given = std::make_shared<Given>();
  given->second = "summary";
  render->add_option("RECORD", given->first, "A record.json")->required();
  const std::vector<std::string> forms{
      "junit", "jenkins", "markdown", "html", "runbook", "kills", "prometheus", "otlp", "summary"};
  render->add_option("--form", given->second, joined(forms, ", "))->check(CLI::IsMember(forms));
  render->callback([&chosen, given] {
    chosen = [given] { return render_record(given->first, given->second); };
  });
}

}  // namespace

void add_small_verbs(CLI::App& app, VerbToRun& chosen) {
  CLI::App* list = app.add_subcommand("list", "List scenarios, sabotages and their cases");
  list->callback([&chosen] { chosen = list_scenarios; });

  CLI::App* swept = app.add_subcommand("sweep", "Remove what dead runs left");
  const auto run_id = std::make_shared<std::string>();
  swept->add_option("--run", *run_id, "This run, whether dead, kept or alive");
  swept->callback([&chosen, run_id] { chosen = [run_id] { return sweep_leftovers(*run_id); }; });

  add_due(app, chosen);
  add_render(app, chosen);

  CLI::App* doctor = app.add_subcommand("doctor", "Say what works on this machine");
  const auto host = std::make_shared<Given>();
  doctor->add_option("--image", host->first, "The Postgres image that drills would use");
  doctor->add_option("--subject", host->second, "The drill.yaml whose tools are looked for");
  doctor->callback(
      [&chosen, host] { chosen = [host] { return examine_host(host->first, host->second); }; });

  CLI::App* schema = app.add_subcommand("schema", "Print a JSON Schema");
  const auto which = std::make_shared<std::string>("drill");
  schema->add_option("WHICH", *which, "drill (drill.yaml) or record (record.json)")
      ->check(CLI::IsMember({"drill", "record"}));
  schema->callback([&chosen, which] { chosen = [which] { return print_schema(*which); }; });
}

}  // namespace pgrehearse
