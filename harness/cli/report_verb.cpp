#include "harness/cli/report_verb.hpp"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/cli/exit_status.hpp"
#include "harness/report/history.hpp"
#include "harness/report/history_text.hpp"

namespace pgrehearse {
namespace {

struct Given {
  std::string reports = "reports/out";
  std::string form = "markdown";
  std::size_t last = 10;
};

int tell_history(const Given& given) {
  const History history = history_in(given.reports, given.last);
  fmt::print("{}", given.form == "html" ? history_as_html(history) : history_as_markdown(history));
  if (!history.unread.empty()) {
    fmt::print(stderr, "warning: {} of another version or no records at all, the first: {}\n",
        history.unread.size(), history.unread.front().string());
  }
  return history.cases.empty() ? exit_not_proven : exit_met;
}

}  // namespace

void add_report_verb(CLI::App& app, VerbToRun& chosen) {
  CLI::App* report =
      app.add_subcommand("report", "Show the trends of earlier runs, and what became slower");
  const auto given = std::make_shared<Given>();
  report->add_option(
      "--reports", given->reports, "Folder with the reports of earlier runs, at any depth");
  report->add_option("--form", given->form, "markdown or html")
      ->check(CLI::IsMember({"markdown", "html"}));
  report->add_option("--last", given->last, "How many runs before the newest it is compared with")
      ->check(CLI::Range(5, 1000));
  report->callback([&chosen, given] { chosen = [given] { return tell_history(*given); }; });
}

}  // namespace pgrehearse
