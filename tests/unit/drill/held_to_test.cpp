// What a backup is held to of its baseline: not less than it can carry, and not more.
#include <gtest/gtest.h>

#include "harness/drill/questions_own_backup.hpp"

namespace pgrehearse {
namespace {

Subject shop() {
  Subject subject{.name = "shop", .database = "shop"};
  subject.artifact = ArtifactSpec{};
  return subject;
}

const Fact rows{FactKind::rows, "shop: table app.orders", "200"};
const Fact content{FactKind::content, "shop: table app.orders", "digest"};
const Fact position{FactKind::sequences, "shop: sequence app.orders_id_seq", "200"};
const Fact elsewhere{FactKind::rows, "postgres: table public.notes", "3"};
const Fact role{FactKind::roles, "role shop_owner", "login"};
const Fact password{FactKind::roles, "password of postgres", "digest"};
const Fact setting{FactKind::server, "setting work_mem", "4MB"};
const Fact version{FactKind::server, "version", "15"};
const Facts everything{rows, content, position, elsewhere, role, password, setting, version};

std::vector<std::string> names_of(const Facts& facts) {
  std::vector<std::string> names;
  for (const Fact& fact : facts) {
    names.push_back(std::string{name_of(fact.kind)} + " " + fact.name);
  }
  return names;
}

std::vector<std::string> names_held(bool dump, const Subject& subject) {
  const HeldTo held = held_to(everything, everything, dump, subject);
  EXPECT_EQ(names_of(held.expected), names_of(held.observed));
  return names_of(held.expected);
}

TEST(HeldToItsBaseline, AClusterIsWithAllButItsConfiguration) {
  EXPECT_EQ(names_held(false, shop()),
      names_of({rows, content, position, elsewhere, role, password, version}));
}

TEST(HeldToItsBaseline, ADumpIsWithItsDatabase) {
  Subject subject = shop();
  EXPECT_EQ(names_held(true, subject), names_of({rows, content, position}));
  subject.artifact->globals = "globals.sql";
  EXPECT_EQ(names_held(true, subject), names_of({rows, content, position, role}));
  subject.artifact->owners = false;
  EXPECT_EQ(names_held(true, subject), names_of({rows, content, position}));
}

TEST(HeldToItsBaseline, RowsThatALoadMakesAnewAreNot) {
  const HeldTo held = held_to(everything, everything, true, shop(), {rows.name});
  EXPECT_EQ(names_of(held.expected), names_of({position}));
}

TEST(HeldToItsBaseline, WithDriftARowCountIsPutAsExpectedOnlyWhenItIsNear) {
  Subject subject = shop();
  subject.artifact->drift = 10;
  EXPECT_EQ(names_held(true, subject), names_of({rows})) << "contents and positions move";
  const auto expects = [&](const std::string& observed) {
    return held_to({rows}, {{FactKind::rows, rows.name, observed}}, true, subject)
        .expected.front()
        .value;
  };
  EXPECT_EQ(expects("180"), "180");
  EXPECT_EQ(expects("220"), "220");
  EXPECT_EQ(expects("179"), "200");
  EXPECT_EQ(expects("221"), "200");
  EXPECT_EQ(expects("many"), "200");
  // What is not there at all is not near.
  const HeldTo lost = held_to({rows}, {}, true, subject);
  EXPECT_EQ(lost.expected.size(), 1U);
  EXPECT_TRUE(lost.observed.empty());
  subject.artifact->drift = 0;
  EXPECT_EQ(expects("199"), "200");
}

}  // namespace
}  // namespace pgrehearse
