// Files of variables that stand beside a project, as its own programs read them: ".env".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

struct EnvironmentLine {
  std::string name;
  std::string value;     ///< without its quotes; it may be a secret
  std::size_t line = 0;  ///< from 1
};

/// The assignments in the order of their lines: NAME=value, also after "export ", in single or
/// double quotes, and before a comment. What is none is passed over; nothing is expanded.
[[nodiscard]] std::vector<EnvironmentLine> environment_lines(std::string_view text);

}  // namespace pgrehearse
