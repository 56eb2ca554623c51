#include "harness/store/s3_text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/store/http_date.hpp"

namespace pgrehearse {
namespace {

TEST(S3Text, EncodesEverythingThatSignaturesCount) {
  EXPECT_EQ(percent_encoded("wal/0a~_.-Z", true), "wal/0a~_.-Z");
  EXPECT_EQ(percent_encoded("wal/0", false), "wal%2F0");
  EXPECT_EQ(percent_encoded("a b+c%=&\n\xc3", true), "a%20b%2Bc%25%3D%26%0A%C3");
}

TEST(S3Text, SortsAndEncodesQueries) {
  EXPECT_EQ(s3_query_text({}), "");
  EXPECT_EQ(s3_query_text({{"uploads", ""}}), "?uploads=");
  EXPECT_EQ(s3_query_text({{"prefix", "a/b"}, {"list-type", "2"}, {"continuation-token", "x=="}}),
      "?continuation-token=x%3D%3D&list-type=2&prefix=a%2Fb");
}

TEST(S3Text, FindsElementsInTheOrderOfTheDocument) {
  const std::string xml =
      "<?xml version=\"1.0\"?><L xmlns=\"x\"><Version><Key>b</Key></Version><DeleteMarker>"
      "<Key>a "
      "&lt;&amp;&quot;&#x41;&#66;&apos;&gt;</Key></DeleteMarker><Empty/><Version></Version></L>";
  const auto found = xml_elements(xml, {"Version", "DeleteMarker", "Empty"});

  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].name, "Version");
  EXPECT_EQ(xml_text(found[0].inner, "Key"), "b");
  EXPECT_EQ(found[1].name, "DeleteMarker");
  EXPECT_EQ(xml_text(found[1].inner, "Key"), "a <&\"AB'>");
  EXPECT_EQ(found[2].name, "Empty");
  EXPECT_EQ(found[3].inner, "");
}

TEST(S3Text, SurvivesWhatIsNoXml) {
  for (const std::string text :
      {"", "<", "<Key", "<Key>", "<Key>x", "no xml", "<Key>&", "</Key>"}) {
    EXPECT_EQ(xml_text(text, "Key"), "") << text;
  }
  EXPECT_EQ(
      xml_text("<Key>&#99999999999; &; &unknown;</Key>", "Key"), "&#99999999999; &; &unknown;");
}

TEST(HttpDate, IsReadAsUtc) {
  EXPECT_EQ(instant_of_http("Sat, 21 Nov 2026 03:09:28 GMT").text(), "2026-11-21T03:09:28.000000Z");
  EXPECT_EQ(instant_of_http("Thu, 01 Jan 2026 00:00:00 GMT").text(), "2026-01-01T00:00:00.000000Z");
  for (const char* text : {"", "yesterday", "Sat, 21 Nov 2026 03:09:28 CET",
           "Sat, 21 Xxx 2026 03:09:28 GMT", "Sat, 99 Nov 2026 03:09:28 GMT"}) {
    EXPECT_EQ(instant_of_http(text), Timestamp{}) << text;
  }
}

}  // namespace
}  // namespace pgrehearse
