#include "harness/report/annotations.hpp"

#include <cstddef>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "harness/report/reading.hpp"
#include "harness/report/verdict_sentence.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_of_a_step = 10;
constexpr std::size_t most_sentences = 3;
constexpr std::size_t longest_message = 1024;

// As GitHub's own toolkit writes them: "%" first, and in properties what separates them, too.
std::string escaped(std::string_view raw, std::string_view separators) {
  std::string text;
  for (const char c : raw) {
    if (c == '%' || c == '\r' || c == '\n' || separators.find(c) != std::string_view::npos) {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text;
}

std::string property(std::string_view name, std::string_view value) {
  return fmt::format("{}={}", name, escaped(plain_line(value), ":,"));
}

std::string command(const std::string& properties, std::string_view message) {
  return fmt::format(
      "::error {}::{}\n", properties, escaped(at_most(plain_text(message), longest_message), {}));
}

// Where the first thing was asked that was answered so; else where the drill is.
int line_of(const DrillRecord& drill, Verdict verdict) {
  for (std::size_t i = 0; i < drill.findings.size(); ++i) {
    if (drill.findings[i].verdict == verdict) {
      return line_of_finding(drill, i);
    }
  }
  return drill.error_line > 0 ? drill.error_line : drill.line;
}

std::vector<std::string> sentences_about(const DrillRecord& drill, Verdict verdict) {
  std::vector<std::string> sentences;
  for (const Finding& finding : drill.findings) {
    if (finding.verdict == verdict) {
      sentences.push_back(sentence_of(finding));
    }
  }
  for (const ObjectiveRecord& objective : untold_objectives(drill)) {
    if (objective.verdict == verdict) {
      sentences.push_back(sentence_of(drill, objective));
    }
  }
  return sentences;
}

// "file=scenarios/corruption.cpp,line=47,", and nothing where no file of this folder is to blame.
std::string place_of(const DrillRecord& drill, const fs::path& subject) {
  std::error_code ignored;
  if (!drill.file.empty() && (subject.empty() || fs::exists(drill.file, ignored))) {
    const int line = line_of(drill, verdict_of(drill));
    return property("file", drill.file) + (line > 0 ? fmt::format(",line={},", line) : ",");
  }
  const std::string of_the_team = fs::relative(subject, ignored).string();
  const bool is_here = !of_the_team.empty() && !of_the_team.starts_with("..");
  return is_here ? property("file", of_the_team) + "," : "";
}

std::string annotation_of(const DrillRecord& drill, const fs::path& subject) {
  const Verdict verdict = verdict_of(drill);
  std::string message = verdict_sentence(drill);
  if (drill.status == "skipped") {
    message = "It was skipped: " + drill.skip_reason;
  }
  const std::vector<std::string> sentences = sentences_about(drill, verdict);
  for (std::size_t i = 0; i < sentences.size() && i < most_sentences; ++i) {
    message += "\n" + sentences[i];
  }
  return command(place_of(drill, subject) +
                     property("title",
                         fmt::format("{}.{}: {}", drill.suite, drill.test, headline_of(verdict))),
      message);
}

}  // namespace

std::string render_annotations(const RunRecord& record, const fs::path& subject) {
  std::vector<std::string> red;
  for (const Verdict verdict : {Verdict::missed, Verdict::unknown}) {
    for (const DrillRecord& drill : record.drills) {
      if (drill.status != "not applicable" && verdict_of(drill) == verdict) {
        red.push_back(annotation_of(drill, subject));
      }
    }
  }
  if (exit_status_of(record) != 0 && (red.empty() || !record.leftovers.empty())) {
    red.push_back(command(property("title", "Restore drill"), verdict_sentence(record)));
  }
  if (red.size() > most_of_a_step) {
    const std::size_t rest = red.size() - (most_of_a_step - 1);
    red.resize(most_of_a_step - 1);
    red.push_back(command(property("title", "Restore drills"),
        fmt::format("{} more are not green: see drill-record.md", rest)));
  }
  std::string text;
  for (const std::string& one : red) {
    text += one;
  }
  return text;
}

}  // namespace pgrehearse
