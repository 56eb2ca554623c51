// Text that Markdown must not take for markup, and tables that no cell can break.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

/// plain_text of any bytes for running text and list items: one line, all markup of GitHub's
/// Markdown escaped, HTML included.
[[nodiscard]] std::string md_text(std::string_view raw);
/// The same for a table cell, where newlines become <br>; a dash when there is nothing.
[[nodiscard]] std::string md_cell(std::string_view raw);
/// As `code`; one line, and in a table the pipes are escaped too.
[[nodiscard]] std::string md_code(std::string_view raw);

/// A table, or the words "None recorded." when it has no rows. Cells are Markdown already.
[[nodiscard]] std::string md_table(
    const std::vector<std::string>& heads, const std::vector<std::vector<std::string>>& rows);

}  // namespace pgrehearse
