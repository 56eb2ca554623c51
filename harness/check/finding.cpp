#include "harness/check/finding.hpp"

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr std::size_t details_shown = 20;

}  // namespace

void add_details(Finding& finding, const std::vector<std::string>& names, std::string_view what) {
  for (const std::string& name : names) {
    if (finding.details.size() == details_shown) {
      finding.details.emplace_back("and more");
    }
    if (finding.details.size() > details_shown) {
      return;
    }
    finding.details.push_back(fmt::format("{} {}", name, what));
  }
}

}  // namespace pgrehearse
