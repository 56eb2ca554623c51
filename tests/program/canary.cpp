#include "tests/program/canary.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/random.hpp"

namespace pgrehearse {
namespace {

// The letters of base64 that these bytes alone decide, with `before` bytes (0 to 2) in front of
// them.
std::string base64_inside(std::string_view text, std::size_t before) {
  const std::string encoded = base64_text(std::string(before, '\0') + std::string{text});
  const std::size_t first = (before * 8 + 5) / 6;
  const std::size_t last = (before + text.size()) * 8 / 6;
  return encoded.substr(first, last - first);
}

std::string lower_case(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lowered;
}

// The halves are letters that no percent-, JSON- or XML-encoding touches, so their plain form is
// found in those as well.
std::vector<std::string> forms_of(std::string_view half) {
  std::vector<std::string> forms{std::string{half}, hexadecimal(half)};
  for (std::size_t before = 0; before < 3; ++before) {
    std::string inside = base64_inside(half, before);
    forms.push_back(inside);
    std::replace(inside.begin(), inside.end(), '+', '-');
    std::replace(inside.begin(), inside.end(), '/', '_');
    forms.push_back(inside);
  }
  return forms;
}

}  // namespace

std::string hexadecimal(std::string_view text) {
  std::string encoded;
  for (const char letter : text) {
    encoded += fmt::format("{:02x}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

std::string base64_text(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char letter : text) {
    bits = (bits << 8U | static_cast<unsigned char>(letter)) & 0xFFFFU;
    for (held += 8; held >= 6; held -= 6) {
      encoded += letters[bits >> (held - 6) & 63U];
    }
  }
  if (held > 0) {
    encoded += letters[bits << (6 - held) & 63U];
  }
  return encoded;
}

std::string CanaryCage::plant(const std::string& place) {
  const std::string first = random_hex(8);
  const std::string second = random_hex(8);
  std::vector<std::string>& forms = planted_[place];
  for (const std::string& half : {first, second}) {
    const std::vector<std::string> more = forms_of(half);
    forms.insert(forms.end(), more.begin(), more.end());
  }
  return first + "&<%+ \"" + second;
}

void CanaryCage::add(const std::string& place, const std::string& secret) {
  planted_[place] = forms_of(secret);
}

std::vector<std::string> CanaryCage::seen_in(std::string_view text) const {
  // Without line ends and blanks, because encoders break lines; in lower case for hexadecimal
  // digits.
  std::string joined_up{text};
  std::erase_if(joined_up, [](unsigned char letter) { return std::isspace(letter) != 0; });
  const std::string lowered = lower_case(joined_up);
  std::vector<std::string> places;
  for (const auto& [place, forms] : planted_) {
    const bool seen = std::any_of(forms.begin(), forms.end(), [&](const std::string& form) {
      return joined_up.find(form) != std::string::npos || lowered.find(form) != std::string::npos;
    });
    if (seen) {
      places.push_back(place);
    }
  }
  return places;
}

}  // namespace pgrehearse
