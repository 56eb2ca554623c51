// The options of one call of a Postgres program, as getopt_long reads them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgrehearse {

/// Which options take a value: letters, and long names with the letter they mean.
struct OptionShape {
  std::string_view letters;
  std::vector<std::pair<std::string_view, char>> names;  ///< those without a value, too
};

[[nodiscard]] const OptionShape& options_of_psql();
[[nodiscard]] const OptionShape& options_of_pg_restore();

struct GivenOption {
  char letter = '\0';
  std::string value = {};
};

/// In order. Long names that the shape does not know are left out.
[[nodiscard]] std::vector<GivenOption> options_in(
    const std::vector<std::string>& arguments, const OptionShape& shape);
[[nodiscard]] std::vector<std::string> values_of(
    const std::vector<GivenOption>& options, char letter);
[[nodiscard]] bool has_option(const std::vector<GivenOption>& options, char letter);

}  // namespace pgrehearse
