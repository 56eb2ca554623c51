#include "harness/report/html.hpp"

#include <cctype>
#include <limits>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/report/html_text.hpp"
#include "harness/report/html_timeline.hpp"
#include "harness/report/next_step.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

bool has(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

/// What a browser would take for markup: each tag with the names of its attributes. A quote that is
/// not closed, or a "<" that begins no tag, is reported as "broken".
std::set<std::string> tags_in(const std::string& html) {
  std::set<std::string> tags;
  const std::size_t body = html.find("</style>");
  for (std::size_t at = html.find('<', body); at != std::string::npos; at = html.find('<', at)) {
    std::string tag;
    char quote = 0;
    std::size_t end = at + 1;
    for (; end < html.size() && (quote != 0 || html[end] != '>'); ++end) {
      if (quote == 0) {
        tag += html[end];
      }
      quote = html[end] == '"' ? (quote == 0 ? '"' : '\0') : quote;
    }
    tags.insert(end < html.size() ? tag : "broken: " + html.substr(at, 80));
    at = end;
  }
  return tags;
}

/// The record with every text of its JSON replaced, but for the words of a fixed vocabulary.
template <typename Text>
RunRecord with_texts(const RunRecord& record, Text text) {
  const std::set<std::string> kept{"verdict", "status", "outcome", "begin", "end", "time", "unit",
      "clock", "level", "interrupted", "exit_status", "version"};
  const auto replace = [&](const auto& self, nlohmann::json& value,
                           const std::string& key) -> void {
    if (value == "rpo" || value == "rto") {
      return;
    }
    if (value.is_string() && !kept.contains(key)) {
      value = text();
    } else if (value.is_structured()) {
      for (auto& [name, member] : value.items()) {
        self(self, member, value.is_array() ? key : name);
      }
    }
  };
  nlohmann::json json = nlohmann::json::parse(to_json(record));
  replace(replace, json, "");
  return record_from_json(json.dump());
}

RunRecord trial() {
  RunRecord record = sample_record();
  for (DrillRecord& drill : record.drills) {
    drill.suite += "Sabotage";
    drill.on_trial = "content";
    drill.findings = {
        {.check = "sabotage", .observed = "missed: content", .verdict = drill.verdict}};
    drill.objectives.clear();
  }
  return record;
}

TEST(Html, SaysTheVerdictFirstInOneSentence) {
  const std::string text = render_html(sample_record());
  EXPECT_TRUE(has(text, "<title>MISSED: restore drill record 2026-11-21</title>"));
  EXPECT_LT(
      text.find("1 of 3 drills missed what was asked of it, 1 proved nothing."), text.find("<h2"));
  EXPECT_TRUE(has(render_html(empty_record()), "Nothing ran, so nothing is proven."));
  RunRecord met = sample_record();
  met.drills.resize(1);
  EXPECT_TRUE(has(render_html(met), "The drill met all that was asked of it"));
}

TEST(Html, StandsOnItsOwn) {
  for (const RunRecord& record : {sample_record(), hostile_record(), empty_record(), trial()}) {
    const std::string text = render_html(record);
    for (const char* fetched : {"<script", "src=", "url(", "@import", "http://", "https://"}) {
      EXPECT_FALSE(has(text, fetched)) << fetched;
    }
  }
}

TEST(Html, ShowsWhatAReaderLooksFor) {
  const std::string text = render_html(sample_record());
  for (const char* wanted :
      {"of at most 2 h", "1.75 s", "not achieved", "When it happened", "<svg class=\"timeline\"",
          "public.audit_log: 12 rows missing, 0 extra", "Why recovery ended", "end of archive",
          "on trial", "Not covered", "Source: ledger against restored rows, by commit timestamp",
          "Read the restored server's log", "Back up or ship WAL more often"}) {
    EXPECT_TRUE(has(text, wanted)) << wanted;
  }
}

TEST(Html, LeavesNoTextOfTheRecordUnescaped) {
  const std::vector<std::string> pieces{"\"", "'", "<", ">", "&", "<script>alert(1)</script>",
      "\" onload=\"x", "</style>", "<!--", "-->", "]]>", "</details>", "&lt;", "\n", "\t", "=",
      "<img src=x onerror=y>", "name", "Rows", "\xF0\x9F\x92\xA5", "\xC3\xA9", "{}", "%",
      "\x1b[31m", "\x7f"};
  std::set<std::string> known;
  for (const RunRecord& record : {sample_record(), hostile_record(), trial()}) {
    known.merge(tags_in(render_html(with_texts(record, [] { return std::string{"Plain"}; }))));
  }
  for (const std::string& tag : known) {
    EXPECT_FALSE(tag.starts_with("broken")) << tag;
  }
  std::mt19937 random{20261122};
  const auto hostile = [&] {
    std::string text;
    for (std::size_t i = random() % 6 + 1; i > 0; --i) {
      text += pieces[random() % pieces.size()];
    }
    return text;
  };
  for (int round = 0; round < 25; ++round) {
    for (const RunRecord& record : {sample_record(), hostile_record(), trial()}) {
      for (const std::string& tag : tags_in(render_html(with_texts(record, hostile)))) {
        EXPECT_TRUE(known.contains(tag)) << tag;
      }
    }
  }
}

TEST(Html, TheTagsOfATextThatIsNotEscapedAreNoticed) {
  EXPECT_TRUE(tags_in("</style><p>x<b onload=\"y\">").contains("b onload=\""));
  EXPECT_TRUE(tags_in("</style><p title=\"x>").contains("broken: <p title=\"x>"));
}

TEST(Html, TellsSabotagesThatSurvivedAtLengthAndTheOthersInATable) {
  const std::string text = render_html(trial());
  EXPECT_TRUE(has(text, "Kill score 1 of 3"));
  EXPECT_TRUE(has(text, "survived</span>"));
  EXPECT_TRUE(has(text, "id=\"drill-2\""));
  EXPECT_FALSE(has(text, "id=\"drill-1\""));
}

TEST(Html, ReadsCaseNamesAsSentences) {
  EXPECT_EQ(
      words_of_case("RowsDeletedWithoutWhereComeBack"), "Rows deleted without where come back");
  EXPECT_EQ(words_of_case("ACacheIsRebuilt"), "A cache is rebuilt");
  EXPECT_EQ(words_of_case("TheWALIsGone"), "The WAL is gone");
  EXPECT_EQ(words_of_case(""), "");
}

TEST(Html, TellsDurationsAsPeopleDo) {
  EXPECT_EQ(duration_words(0), "0 s");
  EXPECT_EQ(duration_words(0.0001), "under 1 ms");
  EXPECT_EQ(duration_words(0.492), "0.492 s");
  EXPECT_EQ(duration_words(2.0697), "2.07 s");
  EXPECT_EQ(duration_words(125), "2 min 5 s");
  EXPECT_EQ(duration_words(7200), "2 h");
  EXPECT_EQ(duration_words(200000), "2 d 7 h");
  EXPECT_EQ(duration_words(std::numeric_limits<double>::quiet_NaN()), "NOT MEASURED");
}

TEST(Html, TimelineTakesInstantsThatAreNoTimes) {
  DrillRecord drill;
  EXPECT_EQ(html_timeline(drill, 1), "");
  drill.chronicle = {{.name = "marker", .time = "never", .clock = "server"}};
  EXPECT_TRUE(has(html_timeline(drill, 1), "never"));
  drill.phases = {{"replay", std::numeric_limits<double>::infinity()}, {"verify", -1}};
  EXPECT_FALSE(has(html_timeline(drill, 1), "inf%"));
  EXPECT_FALSE(has(html_timeline(drill, 1), "nan"));
}

// docs/sabotages.md lists every check there is.
TEST(NextStep, IsKnownForEveryCheck) {
  std::size_t seen = 0;
  const std::string page = read_file(source_path("docs/sabotages.md"));
  for (std::size_t at = page.find("\n| `"); at != std::string::npos;
       at = page.find("\n| `", at + 1)) {
    const std::string check = page.substr(at + 4, page.find('`', at + 4) - at - 4);
    if (has(check, " ")) {
      continue;  // a group of checks
    }
    ++seen;
    EXPECT_TRUE(has_next_step(check)) << check;
    EXPECT_TRUE(next_step(check, Verdict::missed).ends_with("."));
    EXPECT_TRUE(has(next_step(check, Verdict::unknown), check));
  }
  EXPECT_GE(seen, 40U);
}

}  // namespace
}  // namespace pgrehearse
