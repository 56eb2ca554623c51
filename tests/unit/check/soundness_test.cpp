#include "harness/check/soundness.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(Soundness, SaysNothingOfASoundCluster) {
  EXPECT_TRUE(ailments_in("").empty());
}

TEST(Soundness, NamesTheRelationAndWhatIsWrongWithIt) {
  const std::vector<Ailment> ailments = ailments_in(
      "heap table \"app.public.t\":\n"
      "    ERROR:  invalid page in block 0 of relation base/16384/16385\n"
      "btree index \"app.public.t_pkey\":\n"
      "    ERROR:  could not open file \"base/16384/16385\": No such file or directory\n");
  ASSERT_EQ(ailments.size(), 2U);
  EXPECT_EQ(ailments[0].relation, "app.public.t");
  EXPECT_EQ(ailments[0].what, "a page fails its checksum or its header is void");
  EXPECT_EQ(ailments[1].relation, "app.public.t_pkey");
  EXPECT_EQ(ailments[1].what, "its file is missing");
}

TEST(Soundness, TellsTheSameOnceAndRepeatsNoValue) {
  const std::vector<Ailment> ailments = ailments_in(
      "heap table \"app.public.t\", block 0, offset 1, attribute 2:\n"
      "    attribute with length 30 ends at offset 60 beyond total tuple length 40\n"
      "heap table \"app.public.t\", block 0, offset 2, attribute 2:\n"
      "    toasted value 16400 has toast pointer of a secret\n"
      "btree index \"app.public.t_v\":\n"
      "    ERROR:  heap tuple (0,1) from table \"t\" lacks matching index tuple within index\n"
      "    HINT:  Retrying verification using the function might help.\n");
  ASSERT_EQ(ailments.size(), 2U);
  EXPECT_EQ(ailments[0].what, "it is malformed");
  EXPECT_EQ(ailments[1].what, "a row is not in the index");
}

TEST(Soundness, KeepsANameWithQuotesWhole) {
  const std::vector<Ailment> ailments =
      ailments_in("heap table \"app.public.a\"b\":\n    ERROR:  invalid page in block 0\n");
  ASSERT_EQ(ailments.size(), 1U);
  EXPECT_EQ(ailments[0].relation, "app.public.a\"b");
}

}  // namespace
}  // namespace pgrehearse
