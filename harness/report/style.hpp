// The style sheet of the HTML reports, inside the program. It is generated from reports/style.css.
#pragma once

#include <string_view>

namespace pgrehearse {

extern const std::string_view embedded_report_style;

}  // namespace pgrehearse
