#include "harness/check/image_drift.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

Fact of_extensions(const std::string& name, const std::string& value) {
  return {FactKind::extensions, "app: " + name, value};
}
Fact of_schema(const std::string& name, const std::string& value) {
  return {FactKind::schema, "app: " + name, value};
}

TEST(ImageDrift, IsAnotherVersionOfAnExtensionAndItsMembers) {
  const Facts now{of_extensions("extension hstore", "(1.8,public,t)"),
      of_extensions("members of hstore", "(60,b)")};
  EXPECT_EQ(image_drift({of_extensions("extension hstore", "(1.7,public,t)"),
                            of_extensions("members of hstore", "(59,a)")},
                now),
      now);
}

TEST(ImageDrift, IsNotWhatDiffersOtherwise) {
  EXPECT_TRUE(image_drift(
      {of_extensions("extension hstore", "(1.8,public,t)"),
          of_extensions("members of hstore", "(60,a)"), of_extensions("library hstore", "loads")},
      {of_extensions("extension hstore", "(1.8,other,t)"),
          of_extensions("members of hstore", "(60,b)"),
          of_extensions("library hstore", "does not load")})
                  .empty());
  EXPECT_TRUE(image_drift({of_extensions("extension hstore", "(1.7,public,t)")},
      {of_extensions("extension hstore", "(1.8,other,t)")})
                  .empty());
  EXPECT_TRUE(image_drift({}, {of_extensions("extension hstore", "(1.8,public,t)")}).empty());
}

TEST(ImageDrift, IsAnotherVersionOfACollationsLibraryAndNotAnotherLocale) {
  const Facts now{of_schema("collation c", "(c,t,6,de,de,2.40,2.40)")};
  EXPECT_EQ(image_drift({of_schema("collation c", "(c,t,6,de,de,2.36,2.36)")}, now), now);
  EXPECT_TRUE(image_drift({of_schema("collation c", "(c,t,6,fr,fr,2.36,2.36)")}, now).empty());
  EXPECT_TRUE(image_drift({of_schema("table t", "(a,b,1,1)")}, {of_schema("table t", "(a,b,2,2)")})
                  .empty());
}

}  // namespace
}  // namespace pgrehearse
