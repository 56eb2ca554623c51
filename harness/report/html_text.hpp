// Any text as HTML that it cannot break, and the few small parts that every page here is made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/verdict.hpp"

namespace pgrehearse {

/// plain_line of any bytes as the content of an element or the value of a quoted attribute.
[[nodiscard]] std::string html_text(std::string_view raw);
/// The same as `code`; a dash when there is nothing.
[[nodiscard]] std::string html_code(std::string_view raw);
/// A name of a program as `code`, with places where a narrow screen may break it.
[[nodiscard]] std::string html_name(std::string_view raw);

/// "RowsDeletedWithoutWhereComeBack" -> "Rows deleted without where come back". Raw text.
[[nodiscard]] std::string words_of_case(std::string_view name);
/// For people: "0 s", "1.56 s", "2 min 5 s", "4 h", "3 d 2 h". Raw text; NOT MEASURED when not
/// finite.
[[nodiscard]] std::string duration_words(double seconds);

/// The verdict as a shape and a word, so that colour is never its only carrier.
[[nodiscard]] std::string html_verdict(Verdict verdict);
/// The same shape with other words, "killed" for instance. `words` is raw text.
[[nodiscard]] std::string html_badge(Verdict shape, std::string_view words);
/// "met", "unknown" or "missed": the class of whatever shows it.
[[nodiscard]] std::string_view html_class(Verdict verdict);

/// Cells are HTML already. On a narrow screen each row becomes a card that repeats its heads. The
/// first cell of a row names it.
struct HtmlTable {
  std::string caption;  ///< raw text
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows = {};
};
/// The words "None recorded." when it has no rows.
[[nodiscard]] std::string html_table(const HtmlTable& table);

/// A list of names and values, both HTML already.
[[nodiscard]] std::string html_pairs(const std::vector<std::vector<std::string>>& pairs);

}  // namespace pgrehearse
