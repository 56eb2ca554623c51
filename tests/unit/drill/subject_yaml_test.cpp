#include "harness/drill/subject_yaml.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

std::string refusal_of(const std::string& text) {
  try {
    static_cast<void>(parse_yaml(text, "drill.yaml"));
    return "nothing";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(ParseYaml, KeepsTextsAndLines) {
  const YamlNode root = parse_yaml("a: no\nb:\n  - 010\n  - \"x\"\n", "drill.yaml");
  EXPECT_EQ(root.find("a")->text, "no");
  EXPECT_EQ(root.find("b")->items.at(0).text, "010");
  EXPECT_FALSE(root.find("b")->items.at(0).quoted);
  EXPECT_TRUE(root.find("b")->items.at(1).quoted);
  EXPECT_EQ(root.find("b")->items.at(1).line, 4);
  EXPECT_EQ(root.find("c"), nullptr);
}

TEST(ParseYaml, FindsTheLineOfAPointer) {
  const YamlNode root = parse_yaml("a: 1\nb:\n  - c: 1\n    d: 2\n", "drill.yaml");
  EXPECT_EQ(line_of(root, "/b/0/d"), 4);
  EXPECT_EQ(line_of(root, "/b"), 2);
  EXPECT_EQ(line_of(root, "/b/7"), 2);
  EXPECT_EQ(line_of(root, ""), 1);
}

TEST(ParseYaml, RefusesAQuoteThatNobodyCloses) {
  EXPECT_NE(refusal_of("a: 'x\nb: 1\n").find("illegal EOF in scalar"), std::string::npos);
  EXPECT_NE(refusal_of("a: \"x\nb: 1\n  \n").find("illegal EOF in scalar"), std::string::npos);
  EXPECT_EQ(refusal_of("a: 'x'\nb: 1\n\n"), "nothing");
}

TEST(ParseYaml, PutsAliasesIn) {
  const YamlNode root = parse_yaml("a: &x {k: v}\nb: *x\n", "drill.yaml");
  ASSERT_NE(root.find("b"), nullptr);
  EXPECT_EQ(root.find("b")->find("k")->text, "v");
}

TEST(ParseYaml, RefusesAliasesThatGrowWithoutBound) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1) + ",";
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 9; ++n) {
      text += last;
    }
    text += "x]\n";
  }
  EXPECT_NE(refusal_of(text).find("once its aliases are put in"), std::string::npos);
}

TEST(ParseYaml, RefusesAnAliasInsideItself) {
  EXPECT_NE(refusal_of("a: &x [*x]\n").find("inside the value it names"), std::string::npos);
}

TEST(ParseYaml, RefusesDepthAndSize) {
  EXPECT_NE(
      refusal_of("a: " + std::string(70, '[') + std::string(70, ']')).find("nested more than"),
      std::string::npos);
  EXPECT_NE(refusal_of("a: " + std::string(5000, '[')).find("bad-config"), std::string::npos);
  EXPECT_NE(refusal_of("a: " + std::string(300'000, 'x')).find("larger than"), std::string::npos);
}

TEST(ParseYaml, RefusesKeysThatAreNotTexts) {
  EXPECT_NE(refusal_of("{a: b}: c\n").find("a key is not a text"), std::string::npos);
  EXPECT_NE(refusal_of("? [a]\n: c\n").find("a key is not a text"), std::string::npos);
  EXPECT_NE(refusal_of("~: c\n").find("a key is not a text"), std::string::npos);
}

TEST(ParseYaml, NeverRepeatsWhatTheFileSays) {
  for (const std::string text :
      {"a: *CANARY\n", "a: \"\\qCANARY\n", "a: [CANARY\n", "a: !<CANARY\n", "%YAML CANARY\n---\n",
          "\"CANARY x\": 1\n\"CANARY x\": 2\n", "a: 'CANARY\n"}) {
    const std::string said = refusal_of(text);
    EXPECT_NE(said, "nothing") << text;
    EXPECT_EQ(said.find("CANARY"), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace pgrehearse
