// Small questions about text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

[[nodiscard]] std::string_view trimmed(std::string_view text);
/// The pieces between separators; an empty text has one empty piece.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// Lines without their ends; a final newline adds no empty line.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);
[[nodiscard]] std::string joined(std::span<const std::string> pieces, std::string_view separator);
/// The known word nearest to a mistyped one (edit distance at most a third of its length, or 2).
[[nodiscard]] std::optional<std::string> nearest(
    std::string_view mistyped, std::span<const std::string> known);

}  // namespace pgrehearse
