#include "harness/drill/subject_schema.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/drill/subject.hpp"

namespace pgrehearse {
namespace {

std::string refusal_of(const std::string& text, const std::string& schema) {
  try {
    const YamlNode root = conform(parse_yaml(text, "drill.yaml"), schema, "drill.yaml");
    validate(root, schema, "drill.yaml");
    return "nothing";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Validate, KnowsKeywordsThatConformDoesNot) {
  const std::string schema = R"({"type": "object", "properties": {
      "a": {"type": "string"}, "b": {"type": "string", "enum": ["x"]}},
      "not": {"required": ["a", "b"]}})";
  EXPECT_EQ(refusal_of("a: 1\n", schema), "nothing");
  EXPECT_NE(refusal_of("a: 1\nb: x\n", schema).find("does not fit the schema"), std::string::npos);
  EXPECT_TRUE(refusal_of("a: 1\n\nb: y\n", schema).starts_with("drill.yaml:"));
}

TEST(Validate, HoldsTheShippedSchemaToItsOwnRules) {
  const std::string both = "name: x\nseed:\n  sql: SELECT 1\n  command: echo\n";
  EXPECT_NE(
      refusal_of(both, drill_schema()).find("the value at /seed does not fit"), std::string::npos)
      << refusal_of(both, drill_schema());
  EXPECT_NE(refusal_of("name: x\nmigrate: {deadline: 1s}\n", drill_schema()).find("/migrate"),
      std::string::npos);
}

TEST(Conform, MakesNumbersAndTruthsOfTexts) {
  const std::string schema = R"({"type": "object", "properties": {"n": {"type": "integer"},
      "t": {"type": "boolean"}, "s": {"type": "string"}}, "additionalProperties": false})";
  const YamlNode root =
      conform(parse_yaml("n: -7\nt: true\ns: no\n", "drill.yaml"), schema, "drill.yaml");
  EXPECT_EQ(root.find("n")->number, -7);
  EXPECT_TRUE(root.find("t")->truth);
  EXPECT_EQ(root.find("s")->text, "no");
  EXPECT_NE(refusal_of("t: yes\n", schema).find("must be true or false"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
