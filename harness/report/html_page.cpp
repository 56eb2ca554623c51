#include "harness/report/html_page.hpp"

#include <string_view>

#include <fmt/format.h>

#include "harness/report/html_text.hpp"
#include "harness/report/style.hpp"

namespace pgrehearse {
namespace {

// A tick in a circle, a question in a square, a cross in an octagon: told apart without colour.
constexpr std::string_view shapes =
    R"(<svg class="shapes" width="0" height="0" aria-hidden="true" focusable="false">
<symbol id="shape-met" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="ground"/><path d="M4.5 8.4 7 10.8l4.6-5.4" class="mark"/></symbol>
<symbol id="shape-unknown" viewBox="0 0 16 16"><rect x=".8" y=".8" width="14.4" height="14.4" rx="2.5" class="ground"/><path d="M5.4 5.9c.2-3.3 5.3-3 5.2-.2-.1 1.9-2.6 2-2.6 3.9M8 12.4v.1" class="mark"/></symbol>
<symbol id="shape-missed" viewBox="0 0 16 16"><path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z" class="ground"/><path d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6" class="mark"/></symbol>
</svg>)";

}  // namespace

std::string html_page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
      "name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
      "content=\"no-referrer\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src "
      "'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>{}</title>\n<link rel=\"icon\" "
      "href=\"data:,\">\n<style>\n{}</style>\n</head>\n<body>\n{}\n{}</body>\n</html>\n",
      html_text(title), embedded_report_style, shapes, body);
}

}  // namespace pgrehearse
