// The JSON form, its reader and the shipped schema must agree on what a record is.
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {
namespace {

using nlohmann::json;

std::string file(const std::string& path) {
  return read_file(std::filesystem::path{PGREHEARSE_SOURCE_DIR} / path);
}

json sample() {
  return json::parse(file("reports/samples/record.json"));
}

class RecordSchema {
 public:
  RecordSchema() {
    const json text = json::parse(file("reports/schema/record.schema.json"));
    valijson::SchemaParser{}.populateSchema(valijson::adapters::NlohmannJsonAdapter{text}, schema_);
  }
  bool takes(const json& record) const {
    valijson::Validator validator;
    return validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter{record}, nullptr);
  }

 private:
  valijson::Schema schema_;
};

// The key path of the complaint; nothing when the record was read.
std::optional<std::string> complaint_about(const json& record) {
  try {
    static_cast<void>(record_from_json(record.dump()));
    return std::nullopt;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_value);
    return error.place();
  }
}

// Pointers to every value of a document, the root's "" included.
void collect(
    const json& value, const json::json_pointer& at, std::vector<json::json_pointer>& all) {
  all.push_back(at);
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      collect(member, at / key, all);
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      collect(value[i], at / i, all);
    }
  }
}

std::vector<json::json_pointer> pointers_into(const json& value) {
  std::vector<json::json_pointer> all;
  collect(value, json::json_pointer{}, all);
  return all;
}

bool holds_free_names(const json::json_pointer& at) {
  return !at.empty() && at.back() == "facts";
}

TEST(RecordJson, ReadsBackExactlyWhatItWrote) {
  for (const char* path : {"reports/samples/record.json", "tests/golden/data/hostile.record.json",
           "tests/golden/data/empty.record.json"}) {
    const std::string written = to_json(record_from_json(file(path)));
    EXPECT_EQ(to_json(record_from_json(written)), written) << path;
    EXPECT_EQ(json::parse(written), json::parse(file(path))) << path;
  }
}

TEST(RecordJson, WritesWhatTheSchemaTakes) {
  const RecordSchema schema;
  for (const char* path : {"reports/samples/record.json", "tests/golden/data/hostile.record.json",
           "tests/golden/data/empty.record.json"}) {
    EXPECT_TRUE(schema.takes(json::parse(file(path)))) << path;
  }
  DrillRecord drill;
  drill.findings.resize(1);
  drill.findings.front().check = "content";
  const RunRecord bare{.run_id = "r", .tool_version = {}, .begin = {}, .drills = {drill}};
  EXPECT_TRUE(schema.takes(json::parse(to_json(bare))));
}

TEST(RecordJson, RefusesAnUnknownKeyInEveryObject) {
  const RecordSchema schema;
  const json original = sample();
  int objects = 0;
  for (const json::json_pointer& at : pointers_into(original)) {
    if (!original[at].is_object() || holds_free_names(at)) {
      continue;
    }
    json record = original;
    record[at]["row_value"] = "alice@example.org";
    EXPECT_FALSE(schema.takes(record)) << at;
    EXPECT_EQ(complaint_about(record), (at / "row_value").to_string());
    ++objects;
  }
  EXPECT_GT(objects, 50);
}

TEST(RecordJson, RefusesEveryMissingKeyAndEveryWrongType) {
  const RecordSchema schema;
  const json original = sample();
  for (const json::json_pointer& at : pointers_into(original)) {
    if (at.empty() || holds_free_names(at.parent_pointer())) {
      continue;
    }
    json record = original;
    record[at] = json{{"surprise", true}};
    if (!holds_free_names(at)) {
      EXPECT_FALSE(schema.takes(record)) << at;
      ASSERT_TRUE(complaint_about(record).has_value()) << at;
      EXPECT_EQ(complaint_about(record)->rfind(at.to_string(), 0), 0U) << at;
    }
    if (original[at.parent_pointer()].is_object() && at.back() != "high_water_mark") {
      record = original;
      record[at.parent_pointer()].erase(at.back());
      EXPECT_FALSE(schema.takes(record)) << at;
      EXPECT_EQ(complaint_about(record), at.to_string());
    }
  }
}

// Evidence is kept for years: what a later version added may be missing.
TEST(RecordJson, ReadsARecordOfBeforeThereWasAHighWaterMark) {
  json record = sample();
  ASSERT_EQ(record["drills"][0].erase("high_water_mark"), 1U);
  EXPECT_TRUE(RecordSchema{}.takes(record));
  EXPECT_FALSE(record_from_json(record.dump()).drills[0].high_water_mark.has_value());
}

TEST(RecordJson, RefusesWordsAndNumbersOutsideTheirRange) {
  const std::vector<std::pair<std::string, json>> wrong{{"/version", 2}, {"/version", "1"},
      {"/exit_status", -2}, {"/interrupted", "SIGUSR1"}, {"/drills/0/status", "green"},
      {"/drills/0/verdict", "passed"}, {"/drills/0/line", -1}, {"/drills/0/line", 1.5},
      {"/drills/0/line", 1e30}, {"/drills/0/objectives/0/name", "mttr"},
      {"/drills/0/objectives/0/realized/unit", "minutes"}, {"/drills/0/ledger/lost", -1}};
  const RecordSchema schema;
  for (const auto& [at, value] : wrong) {
    json record = sample();
    record[json::json_pointer{at}] = value;
    EXPECT_FALSE(schema.takes(record) && value != 1e30) << at;
    EXPECT_EQ(complaint_about(record), at);
  }
}

TEST(RecordJson, RefusesTextThatIsNoJson) {
  for (const char* text : {"", "{", "[]", "null", "{\"version\":1}"}) {
    EXPECT_THROW(static_cast<void>(record_from_json(text)), Error) << text;
  }
}

TEST(RecordJson, WritesBrokenUtf8AsReplacementCharacters) {
  const RunRecord record{.run_id = "r\xff", .tool_version = {}, .begin = {}};
  EXPECT_EQ(record_from_json(to_json(record)).run_id, "r\xEF\xBF\xBD");
}

TEST(RecordJson, NeverTakesNotANumberForAMeasurement) {
  RunRecord record = record_from_json(file("reports/samples/record.json"));
  record.drills[0].objectives[0].realized.value = std::numeric_limits<double>::quiet_NaN();
  const RunRecord read = record_from_json(to_json(record));
  EXPECT_FALSE(read.drills[0].objectives[0].realized.value.has_value());
  record.drills[0].seconds = std::numeric_limits<double>::infinity();
  EXPECT_THROW(static_cast<void>(to_json(record)), Error);
}

}  // namespace
}  // namespace pgrehearse
