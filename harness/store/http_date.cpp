#include "harness/store/http_date.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 12> months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

Timestamp instant_of_http(const std::string& text) {
  const std::vector<std::string> words = split(trimmed(text), ' ');
  if (words.size() != 6 || words[5] != "GMT") {
    return {};
  }
  for (std::size_t month = 0; month < months.size(); ++month) {
    if (words[2] == months.at(month)) {
      try {
        return Timestamp::parse(
            fmt::format("{}-{:02}-{} {}+00", words[3], month + 1, words[1], words[4]));
      } catch (const Error&) {
        return {};
      }
    }
  }
  return {};
}

}  // namespace pgrehearse
