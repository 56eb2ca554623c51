#include "harness/check/baseline.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

Baseline sample() {
  return {.taken = Timestamp{Microseconds{1'700'000'000'000'000}},
      .server_version = "15.20",
      .system_identifier = "7710832015317798566",
      .database = "shop",
      .facts = {{FactKind::rows, "shop: table app.\"odd \\ name\"", "12"},
          {FactKind::roles, "password of anna", "0123456789abcdef"},
          {FactKind::roles, "password of bert", "none"}}};
}

TEST(BaselineFile, ComesBackAsItWasWritten) {
  const Baseline read = baseline_from_json(to_json(sample()));
  EXPECT_EQ(read.taken, sample().taken);
  EXPECT_EQ(read.database, "shop");
  EXPECT_EQ(read.system_identifier, sample().system_identifier);
  ASSERT_EQ(read.facts.size(), 3U);
  EXPECT_EQ(read.facts.front(), sample().facts.front());
}

TEST(BaselineFile, HoldsNothingOfAPasswordButThatThereIsOne) {
  const std::string text = to_json(sample());
  EXPECT_EQ(text.find("0123456789abcdef"), std::string::npos);
  const Facts facts = publishable(sample().facts);
  EXPECT_EQ(facts.at(1).value, "set");
  EXPECT_EQ(facts.at(2).value, "none");
}

TEST(BaselineFile, ThatIsNoneIsRefusedWithThePlace) {
  const auto place = [](const std::string& text) {
    try {
      static_cast<void>(baseline_from_json(text));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_value);
      return error.place();
    }
    return std::string{"read"};
  };
  EXPECT_EQ(place("not json"), "(root)");
  EXPECT_EQ(place("{}"), "baseline_version");
  EXPECT_EQ(place(R"({"baseline_version":4})"), "taken");
  const std::string head =
      R"({"baseline_version":4,"taken":"2026-01-01T00:00:00Z","server_version":"15","system_identifier":"1","database":"d","facts":)";
  EXPECT_EQ(place(head + "{}}"), "facts");
  EXPECT_EQ(place(head + R"([["rows","a"]]})"), "facts.0");
  EXPECT_EQ(place(head + R"([["rows","a","1"],["kinds","a","1"]]})"), "facts.1");
}

}  // namespace
}  // namespace pgrehearse
