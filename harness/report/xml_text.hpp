// Any bytes to text that a reader, a terminal and an XML 1.0 parser can take. Findings quote
// servers and programs, and those write colours, control characters and broken UTF-8 on their worst
// day.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgrehearse {

/// Valid UTF-8 of characters that XML 1.0 allows (W3C XML 1.0, production 2), for every rendering:
/// - whole ANSI sequences (CSI, OSC) vanish; "\r\n" and a lone "\r" become "\n";
/// - other control characters (C0, DEL, C1) and the bidirectional overrides that can reorder a line
/// stay
///   readable as "\x1b" or "\u202e";
/// - broken UTF-8, surrogates, U+FFFE and U+FFFF become U+FFFD.
[[nodiscard]] std::string plain_text(std::string_view raw);

/// plain_text on a single line: newlines and tabs become spaces.
[[nodiscard]] std::string plain_line(std::string_view raw);

/// plain_text as the content of an element.
[[nodiscard]] std::string xml_text(std::string_view raw);

/// plain_text as the value of an attribute in double quotes. Newlines and tabs are written as
/// character references, or a parser would make them spaces (XML 1.0, section 3.3.3).
[[nodiscard]] std::string xml_attribute(std::string_view raw);

/// XML whose characters beyond ASCII are written as references. Some readers guess the encoding of
/// a file instead of reading its declaration, and refuse what they guessed.
[[nodiscard]] std::string ascii_xml(std::string_view xml);

/// The text itself, or its first bytes up to a whole character and a remark how much is missing. A
/// libxml2 parser refuses single texts over 10 MB.
[[nodiscard]] std::string at_most(std::string_view text, std::size_t bytes);

}  // namespace pgrehearse
