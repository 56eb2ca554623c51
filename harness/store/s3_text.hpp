// The texts that S3 speaks in: addresses that are signed as they are spelled, and small XML.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgrehearse {

using S3Query = std::vector<std::pair<std::string, std::string>>;

/// Everything but letters, digits and "-._~" as %XX (RFC 3986, upper case); '/' too unless it is
/// kept. A server that checks signatures refuses any other spelling.
[[nodiscard]] std::string percent_encoded(std::string_view text, bool keep_slashes);
/// "?a=1&b=": encoded, and sorted as signature version 4 wants it; empty for no query.
[[nodiscard]] std::string s3_query_text(const S3Query& query);

/// An element's name and what stands between its tags.
struct XmlElement {
  std::string name;
  std::string_view inner;
};
/// Elements of these names in the order of the document. They must not nest in each other: true for
/// all answers of S3, which is all that this reads.
[[nodiscard]] std::vector<XmlElement> xml_elements(
    std::string_view xml, const std::vector<std::string>& names);
/// The text of the first element of this name, entities resolved; empty when there is none.
[[nodiscard]] std::string xml_text(std::string_view xml, const std::string& name);

}  // namespace pgrehearse
