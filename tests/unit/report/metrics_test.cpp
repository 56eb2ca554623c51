#include "harness/report/metrics.hpp"

#include <regex>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/text.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

bool has(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

TEST(Metrics, SayWhatTheRecordSays) {
  const std::string text = render_prometheus(sample_record());
  EXPECT_TRUE(has(text,
      "pgrehearse_drill_rto_seconds{scenario=\"accidental-delete\",case=\""
      "AccidentalDelete.RowsComeBackAsTheyWereJustBeforeTheMistake\",engine=\""
      "docker\"} 9\n"));
  EXPECT_TRUE(has(text, "phase=\"replay\"} 2.1\n"));
  EXPECT_TRUE(has(text, "pgrehearse_run_exit_status 1\n"));
  EXPECT_TRUE(has(text, "# TYPE pgrehearse_drill_met gauge\n"));
}

TEST(Metrics, HaveNoSampleOfWhatWasNotMeasured) {
  const std::string text = render_prometheus(sample_record());
  EXPECT_FALSE(has(text, "pgrehearse_drill_rto_seconds{scenario=\"corruption\""));
  EXPECT_FALSE(has(text, "nan"));
}

TEST(Metrics, FollowTheTextFormatWhateverTheNamesHold) {
  const std::regex line{
      R"re((# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [-+0-9.e]+))re"};
  for (const RunRecord& record : {sample_record(), hostile_record(), empty_record()}) {
    for (const std::string& one : lines_of(render_prometheus(record))) {
      EXPECT_TRUE(std::regex_match(one, line)) << one;
    }
  }
}

TEST(Metrics, AreTheSameForOpenTelemetry) {
  const auto json = nlohmann::json::parse(render_otlp(sample_record()));
  const auto& metrics = json.at("resourceMetrics").at(0).at("scopeMetrics").at(0).at("metrics");
  std::size_t samples = 0;
  for (const auto& metric : metrics) {
    for (const auto& point : metric.at("gauge").at("dataPoints")) {
      EXPECT_EQ(point.at("timeUnixNano"), "1795230598900000000");
      EXPECT_TRUE(point.at("asDouble").is_number());
      ++samples;
    }
  }
  std::size_t lines = 0;
  for (const std::string& line : lines_of(render_prometheus(sample_record()))) {
    lines += line.starts_with('#') ? 0U : 1U;
  }
  EXPECT_EQ(samples, lines);
}

}  // namespace
}  // namespace pgrehearse
