#include "harness/cli/report_verb.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/time.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/stored_history.hpp"
#include "harness/report/history.hpp"
#include "harness/report/history_text.hpp"
#include "harness/report/old_reports.hpp"
#include "harness/store/s3_location.hpp"

namespace pgrehearse {
namespace {

struct Given {
  std::string reports = "reports/out";
  std::string form = "markdown";
  std::size_t last = 10;
};

int tell_history(const Given& given) {
  const ReportsHere here{given.reports};
  const History history = history_in(here.folder(), given.last);
  fmt::print("{}", given.form == "html" ? history_as_html(history) : history_as_markdown(history));
  if (!history.unread.empty()) {
    fmt::print(stderr, "warning: {} of another version or no records at all, the first: {}\n",
        history.unread.size(), here.name_of(history.unread.front()));
  }
  return history.cases.empty() ? exit_not_proven : exit_met;
}

struct Age {
  std::string reports = "reports/out";
  std::string older_than;
  bool really = false;
};

int forget(const Age& age) {
  if (is_s3_location(age.reports)) {
    throw Error{ErrorCode::refused, "what a bucket keeps is not removed from here",
        "Give the bucket a rule that expires objects below that place, later than the oldest "
        "evidence that 'due' may need.",
        "--reports"};
  }
  const Milliseconds kept_for = parse_duration(age.older_than);
  const OldReports old = old_reports_in(age.reports, Timestamp::now() + -Microseconds{kept_for});
  for (const std::string& kept : old.kept) {
    fmt::print("kept     {}\n", kept);
  }
  for (const std::filesystem::path& folder : old.to_delete) {
    fmt::print("{:<8} {}\n", age.really ? "deleted" : "old", folder.string());
  }
  if (age.really) {
    delete_reports(old);
  } else if (!old.to_delete.empty()) {
    fmt::print("Nothing was deleted. --delete does that.\n");
  }
  return exit_met;
}

void add_forget(CLI::App& app, VerbToRun& chosen) {
  CLI::App* verb = app.add_subcommand("forget", "List reports that are too old, or delete them");
  const auto age = std::make_shared<Age>();
  verb->add_option("--reports", age->reports, "Folder with the reports of earlier runs");
  verb->add_option("--older-than", age->older_than, "How long reports are kept: 400d")->required();
  verb->add_flag("--delete", age->really, "Delete them, but never the last good evidence");
  verb->callback([&chosen, age] { chosen = [age] { return forget(*age); }; });
}

}  // namespace

void add_report_verb(CLI::App& app, VerbToRun& chosen) {
  CLI::App* report =
      app.add_subcommand("report", "Show the trends of earlier runs, and what became slower");
  const auto given = std::make_shared<Given>();
  report->add_option("--reports", given->reports,
      "Folder with the reports of earlier runs, at any depth, or s3://bucket/key");
  report->add_option("--form", given->form, "markdown or html")
      ->check(CLI::IsMember({"markdown", "html"}));
  report->add_option("--last", given->last, "How many runs before the newest it is compared with")
      ->check(CLI::Range(5, 1000));
  report->callback([&chosen, given] { chosen = [given] { return tell_history(*given); }; });
  add_forget(app, chosen);
}

}  // namespace pgrehearse
