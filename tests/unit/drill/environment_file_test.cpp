#include "harness/drill/environment_file.hpp"

#include <map>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/production_guard.hpp"

namespace pgrehearse {
namespace {

TEST(EnvironmentFile, IsReadAsPrograms) {
  const auto lines = environment_lines(
      "\xEF\xBB\xBF"
      "A=1\n"
      "# B=2\n"
      "\n"
      "export C=\"3 # still\" # no more\r\n"
      "  D = 4 # why\n"
      "E='5'\n"
      "F=pass#word\n"
      "exported=6\n"
      "a sentence\n"
      "G=\n"
      "H=\"unclosed");
  std::map<std::string, std::string> values;
  for (const EnvironmentLine& line : lines) {
    values[line.name] = line.value;
  }
  EXPECT_EQ(values,
      (std::map<std::string, std::string>{{"A", "1"}, {"C", "3 # still"}, {"D", "4"}, {"E", "5"},
          {"F", "pass#word"}, {"exported", "6"}, {"G", ""}, {"H", "unclosed"}}));
  EXPECT_EQ(lines.at(1).line, 4U);
}

/// What the guard says of a file with this text; empty when it lets it be.
std::string refusal_of(const std::string& text) {
  const TempDir folder{"pgrehearse-test"};
  write_file(folder.path() / ".env", text);
  try {
    demand_no_production(folder.path() / ".env");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::refused);
    return error.place() + ": " + error.message();
  }
  return {};
}

TEST(EnvironmentFile, ThatSaysProductionIsRefusedWithItsLine) {
  for (const std::string_view name : production_names().variables) {
    EXPECT_NE(refusal_of(std::string{name} + "=prod").find(name), std::string::npos) << name;
  }
  for (const char* line : {"APP_ENV=production", "APP_ENV=\"prod\"", "export APP_ENV='live'",
           "  APP_ENV = PROD # since May", "APP_ENV=eu-prod\r"}) {
    const std::string said = refusal_of("DB_PASSWORD=sesame\n" + std::string{line} + "\n");
    EXPECT_NE(said.find(".env:2: APP_ENV says"), std::string::npos) << line << ": " << said;
    EXPECT_EQ(said.find("sesame"), std::string::npos);
  }
}

TEST(EnvironmentFile, ThatSaysAnythingElseIsLetBe) {
  for (const char* text : {"", "APP_ENV=staging", "# APP_ENV=prod", "APP_ENV=test # not prod",
           "APP_NAME=production", "APP_ENV", "APP_ENV=''", "APP_ENV=preprod"}) {
    EXPECT_EQ(refusal_of(text), "") << text;
  }
  EXPECT_NO_THROW(demand_no_production(std::filesystem::path{"/nowhere/.env"}));
}

}  // namespace
}  // namespace pgrehearse
