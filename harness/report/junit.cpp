#include "harness/report/junit.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/report/junit_case.hpp"
#include "harness/report/xml_text.hpp"

namespace pgrehearse {
namespace {

// GitLab takes files under 30 MB, and libxml2 texts under 10 MB; record.json has it all.
constexpr std::size_t longest_text = 64U * 1024;
constexpr std::size_t longest_message = 1024;

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;  ///< cases with a failure, not failures: a case may have several
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;
};

double positive(double seconds) {
  return std::isfinite(seconds) ? std::max(seconds, 0.0) : 0.0;
}

Counts counts_of(const std::vector<JunitCase>& cases) {
  Counts counts;
  for (const JunitCase& test : cases) {
    ++counts.tests;
    counts.failures += test.failures.empty() ? 0U : 1U;
    counts.errors += test.errors.empty() ? 0U : 1U;
    counts.skipped += test.skipped.empty() ? 0U : 1U;
    counts.seconds += positive(test.seconds);
  }
  return counts;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, xml_attribute(at_most(value, longest_message)));
}

// "2026-11-21T03:09:28": the Ant schema, and consumers that follow it, take neither fraction nor
// zone.
std::string timestamp(std::string_view instant) {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (instant.size() < shape.size()) {
    return {};
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(instant[i])) != 0;
    if (shape[i] == 'd' ? !digit : instant[i] != shape[i]) {
      return {};
    }
  }
  return attribute("timestamp", instant.substr(0, shape.size()));
}

std::string properties(const std::vector<std::pair<std::string, std::string>>& facts,
    const std::vector<std::string>& attachments, std::string_view indent) {
  std::string xml;
  const auto add = [&](std::string_view name, std::string_view value) {
    xml += fmt::format(
        "{}  <property{}{}/>\n", indent, attribute("name", name), attribute("value", value));
  };
  for (const auto& [name, value] : facts) {
    add("drill." + name, value);
  }
  for (const std::string& path : attachments) {
    add("attachment", path);
  }
  return xml.empty() ? xml : fmt::format("{0}<properties>\n{1}{0}</properties>\n", indent, xml);
}

std::string element(std::string_view name, std::string_view text) {
  return text.empty()
             ? std::string{}
             : fmt::format("      <{0}>{1}</{0}>\n", name, xml_text(at_most(text, longest_text)));
}

std::string problem_element(std::string_view name, const JunitProblem& problem) {
  const std::string text = xml_text(at_most(problem.text, longest_text));
  const std::string start = fmt::format("      <{}{}{}", name,
      attribute("message", plain_line(problem.message)), attribute("type", problem.type));
  return text.empty() ? start + "/>\n" : fmt::format("{}>{}</{}>\n", start, text, name);
}

// "[[" and "]]" delimit what GitLab, Jenkins and Testmo look for in a console text; a value must
// not.
std::string bracket_safe(std::string_view raw) {
  std::string text;
  for (const char c : plain_text(raw)) {
    if (!text.empty() && (c == '[' || c == ']') && text.back() == c) {
      text += ' ';
    }
    text += c;
  }
  return text;
}

// GitLab, dorny and EnricoMi drop properties, so the same facts go into the console text.
std::string system_out(const JunitCase& test) {
  std::string text;
  for (const auto& [name, value] : test.facts) {
    text += fmt::format("{}={}\n", name, bracket_safe(plain_line(value)));
  }
  for (const auto& [name, value] : test.facts) {
    text += fmt::format("[[PROPERTY|{}={}]]\n", name, bracket_safe(plain_line(value)));
  }
  for (const std::string& path : test.attachments) {
    text += fmt::format("[[ATTACHMENT|{}]]\n", bracket_safe(plain_line(path)));
  }
  return text;
}

std::string case_element(const JunitCase& test, JunitDialect dialect) {
  const bool superset = dialect == JunitDialect::superset;
  std::string start = fmt::format("    <testcase{}{} time=\"{:.3f}\"", attribute("name", test.name),
      attribute("classname", "drill." + test.suite), positive(test.seconds));
  if (superset && !test.file.empty()) {
    start += attribute("file", test.file);
    start += test.line > 0 ? fmt::format(" line=\"{}\"", test.line) : "";
  }
  std::string body = superset ? properties(test.facts, test.attachments, "      ") : "";
  for (const JunitProblem& failure : test.failures) {
    body += problem_element("failure", failure);
  }
  for (const JunitProblem& error : test.errors) {
    body += problem_element("error", error);
  }
  for (const JunitProblem& skip : test.skipped) {
    body += problem_element("skipped", skip);
  }
  body += element("system-out", system_out(test)) +
          element("system-err", bracket_safe(test.system_err));
  return body.empty() ? start + "/>\n" : start + ">\n" + body + "    </testcase>\n";
}

// Facts of the run, the same in every suite: there is no place for them on the root.
std::vector<std::pair<std::string, std::string>> facts_of(const RunRecord& record) {
  std::vector<std::pair<std::string, std::string>> facts{{"run_id", record.run_id},
      {"tool_version", record.tool_version}, {"engine", record.engine},
      {"server_version", record.server_version}, {"host", record.host}};
  for (const SettingRecord& setting : record.settings) {
    facts.emplace_back(
        "setting." + setting.name, fmt::format("{} ({})", setting.value, setting.source));
  }
  return facts;
}

std::string count_attributes(const Counts& counts) {
  return fmt::format(
      " tests=\"{}\" failures=\"{}\" errors=\"{}\"", counts.tests, counts.failures, counts.errors);
}

std::string suite_element(const RunRecord& record, const std::vector<JunitCase>& cases,
    std::size_t id, JunitDialect dialect) {
  const Counts counts = counts_of(cases);
  const std::string begin = timestamp(cases.front().begin);
  // The word the Ant schema gives for a host that is not told: a record holds no host name.
  std::string xml = fmt::format(
      "  <testsuite{} id=\"{}\" package=\"drill\" hostname=\"localhost\"{} skipped=\"{}\" "
      "time=\"{:.3f}\"{}>\n",
      attribute("name", cases.front().suite), id, count_attributes(counts), counts.skipped,
      counts.seconds, begin.empty() ? timestamp(record.begin) : begin);
  xml += properties(facts_of(record), {}, "    ");
  for (const JunitCase& test : cases) {
    xml += case_element(test, dialect);
  }
  return xml + "  </testsuite>\n";
}

// In the order in which the suites first appear.
std::vector<std::vector<JunitCase>> by_suite(const std::vector<JunitCase>& cases) {
  std::vector<std::vector<JunitCase>> suites;
  for (const JunitCase& test : cases) {
    const auto found = std::find_if(suites.begin(), suites.end(),
        [&](const auto& suite) { return suite.front().suite == test.suite; });
    if (found == suites.end()) {
      suites.push_back({test});
    } else {
      found->push_back(test);
    }
  }
  return suites;
}

}  // namespace

std::filesystem::path evidence_folder(const std::filesystem::path& folder, JunitDialect dialect,
    const std::vector<std::filesystem::path>& projects) {
  const std::filesystem::path place = folder.lexically_normal();
  if (dialect == JunitDialect::superset) {
    for (const std::filesystem::path& project : projects) {
      const std::filesystem::path way = place.lexically_relative(project.lexically_normal());
      if (!way.empty() && *way.begin() != "..") {
        return way;
      }
    }
  }
  return place;
}

std::string render_junit(const RunRecord& record, const JunitForm& form) {
  const std::vector<JunitCase> cases = junit_cases_of(record, form.evidence);
  const Counts counts = counts_of(cases);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pgrehearse\"{} "
      "time=\"{:.3f}\"",
      count_attributes(counts), counts.seconds);
  if (form.dialect == JunitDialect::superset) {
    xml += fmt::format(" skipped=\"{}\"{}", counts.skipped, timestamp(record.begin));
  }
  xml += ">\n";
  const std::vector<std::vector<JunitCase>> suites = by_suite(cases);
  for (std::size_t id = 0; id < suites.size(); ++id) {
    xml += suite_element(record, suites[id], id, form.dialect);
  }
  return ascii_xml(xml) + "</testsuites>\n";
}

}  // namespace pgrehearse
