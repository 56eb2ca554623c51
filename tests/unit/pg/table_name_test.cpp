#include "harness/pg/table_name.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(QuotedTable, KeepsCapitalsAndReservedWords) {
  EXPECT_EQ(quoted_table("public.Orders"), "\"public\".\"Orders\"");
  EXPECT_EQ(quoted_table("user"), "\"user\"");
}

}  // namespace
}  // namespace pgrehearse
