#include "harness/report/markdown.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "harness/report/markdown_drill.hpp"
#include "harness/report/markdown_text.hpp"
#include "harness/report/reading.hpp"
#include "harness/report/scope.hpp"

namespace pgrehearse {
namespace {

std::ptrdiff_t drills_with(const RunRecord& record, Verdict verdict) {
  return std::count_if(record.drills.begin(), record.drills.end(),
      [&](const DrillRecord& drill) { return verdict_of(drill) == verdict; });
}

std::string head_of(const RunRecord& record) {
  std::string text = fmt::format("# {}: restore drill record\n\n", headline_of(verdict_of(record)));
  if (record.drills.empty()) {
    text += "Nothing ran, so nothing is proven.\n";
  } else {
    text += fmt::format("{} drills: {} met, {} missed, {} not proven.\n", record.drills.size(),
        drills_with(record, Verdict::met), drills_with(record, Verdict::missed),
        drills_with(record, Verdict::unknown));
  }
  if (!record.interrupted.empty()) {
    text += fmt::format("\n**The run was interrupted by {}.**\n", md_text(record.interrupted));
  }
  if (!record.leftovers.empty()) {
    text += fmt::format("\n**{} things could not be removed** and must be removed by hand:\n\n",
        record.leftovers.size());
    for (const std::string& leftover : record.leftovers) {
      text += "- " + md_code(leftover) + "\n";
    }
  }
  return text;
}

std::string drills_table(const RunRecord& record) {
  std::vector<std::vector<std::string>> rows;
  const auto seconds = [](const Reading& reading) {
    return reading.kind == ReadingKind::measured ? number_text(reading.seconds) + " s"
                                                 : std::string{words_for(reading.kind)};
  };
  for (const DrillRecord& drill : record.drills) {
    rows.push_back({std::string{headline_of(verdict_of(drill))}, md_cell(drill.scenario),
        md_cell(drill.suite + "." + drill.test), md_cell(drill.status),
        seconds(reading_of(drill, "rto")), seconds(reading_of(drill, "rpo")),
        drill.ledger.has_value() ? std::to_string(drill.ledger->lost)
                                 : std::string{words_for(ReadingKind::not_measured)}});
  }
  return md_table({"Verdict", "Scenario", "Case", "Status", "RTO achieved", "RPO achieved",
                      "Acknowledged commits lost"},
      rows);
}

std::string run_table(const RunRecord& record) {
  const std::string ended = record.end.empty() ? "not ended" : md_cell(record.end);
  const std::string status =
      record.exit_status < 0 ? "none yet: the run goes on" : std::to_string(record.exit_status);
  return md_table({"Run", "", "Source"},
      {{"Run id", md_code(record.run_id), "this program"},
          {"Program", md_cell("pgrehearse " + record.tool_version), "this program"},
          {"Begin (UTC)", md_cell(record.begin), "clock of this host"},
          {"End (UTC)", ended, "clock of this host"}, {"Host", md_cell(record.host), "this host"},
          {"Engine", md_cell(record.engine), md_cell(record.engine_reason)},
          {"Server", md_cell(record.server_version), "the server"},
          {"Exit status", status, "0 met, 1 missed, 2 not proven, 3 leftovers, 128+n signal n"}});
}

}  // namespace

std::string render_markdown(const RunRecord& record) {
  std::string text = head_of(record);
  if (!record.drills.empty()) {
    text += "\n" + drills_table(record);
  }
  text += "\n" + run_table(record) + "\n## Scope\n\n";
  for (const std::string& sentence : scope_of(record)) {
    text += "- " + md_text(sentence) + "\n";
  }
  for (const DrillRecord& drill : record.drills) {
    text += "\n" + markdown_of_drill(record, drill);
  }
  std::vector<std::vector<std::string>> settings;
  for (const SettingRecord& setting : record.settings) {
    settings.push_back({md_cell(setting.name), md_code(setting.value), md_cell(setting.source)});
  }
  return text + "\n## Settings\n\n" + md_table({"Setting", "Value", "Source"}, settings);
}

}  // namespace pgrehearse
