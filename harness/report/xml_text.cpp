#include "harness/report/xml_text.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

// The first character of a text that is not empty; anything ill-formed is one invalid byte (RFC
// 3629).
Character first_of(std::string_view text) {
  const std::uint8_t lead = byte_at(text, 0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) {
    return {};
  }
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = byte_at(text, i);
    if ((next & 0xC0U) != 0x80U) {
      return {};
    }
    code = (code << 6U) | (next & 0x3FU);
  }
  const bool too_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (too_long || surrogate || code > 0x10FFFF) {
    return {};
  }
  return {code, length, true};
}

// Bytes of the whole ANSI sequence (ECMA-48: CSI, OSC) a text begins with; 0 when there is none.
std::size_t ansi_bytes(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x1b') {
    return 0;
  }
  if (text[1] == '[') {
    std::size_t at = 2;
    while (byte_at(text, at) >= 0x20 && byte_at(text, at) <= 0x3F) {
      ++at;
    }
    return byte_at(text, at) >= 0x40 && byte_at(text, at) <= 0x7E ? at + 1 : 0;
  }
  if (text[1] == ']') {
    const std::size_t end = text.find_first_of("\x07\x1b\n", 2);
    if (end != std::string_view::npos && text[end] == '\x07') {
      return end + 1;
    }
    if (end != std::string_view::npos && text[end] == '\x1b' && byte_at(text, end + 1) == '\\') {
      return end + 2;
    }
  }
  return 0;
}

bool reorders_a_line(std::uint32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::string shown(const Character& character, std::string_view bytes) {
  const std::uint32_t code = character.code;
  if (!character.valid || code == 0xFFFE || code == 0xFFFF) {
    return std::string{replacement};
  }
  if (code < 0x20 || code == 0x7F) {
    return fmt::format("\\x{:02x}", code);
  }
  if ((code >= 0x80 && code < 0xA0) || reorders_a_line(code)) {
    return fmt::format("\\u{:04x}", code);
  }
  return std::string{bytes};
}

std::string escaped(std::string_view raw, bool attribute) {
  std::string text;
  for (const char c : plain_text(raw)) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\n':
        text += attribute ? "&#10;" : "\n";
        break;
      case '\t':
        text += attribute ? "&#9;" : "\t";
        break;
      default:
        text += c;
    }
  }
  return text;
}

}  // namespace

std::string plain_text(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  while (!raw.empty()) {
    if (const std::size_t ansi = ansi_bytes(raw); ansi > 0) {
      raw.remove_prefix(ansi);
      continue;
    }
    if (raw.front() == '\r') {
      text += byte_at(raw, 1) == '\n' ? "" : "\n";
      raw.remove_prefix(1);
      continue;
    }
    if (raw.front() == '\n' || raw.front() == '\t') {
      text += raw.front();
      raw.remove_prefix(1);
      continue;
    }
    const Character character = first_of(raw);
    text += shown(character, raw.substr(0, character.bytes));
    raw.remove_prefix(character.bytes);
  }
  return text;
}

std::string plain_line(std::string_view raw) {
  std::string line = plain_text(raw);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

std::string xml_text(std::string_view raw) {
  return escaped(raw, false);
}

std::string xml_attribute(std::string_view raw) {
  return escaped(raw, true);
}

std::string ascii_xml(std::string_view xml) {
  std::string text;
  text.reserve(xml.size());
  while (!xml.empty()) {
    const Character character = first_of(xml);
    text += character.valid && character.bytes > 1 ? fmt::format("&#x{:x};", character.code)
                                                   : std::string{xml.substr(0, character.bytes)};
    xml.remove_prefix(character.bytes);
  }
  return text;
}

std::string at_most(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) {
    return std::string{text};
  }
  std::size_t end = bytes;
  while (end > 0 && (byte_at(text, end) & 0xC0U) == 0x80U) {
    --end;
  }
  return fmt::format("{} [{} bytes more: see record.json]", text.substr(0, end), text.size() - end);
}

}  // namespace pgrehearse
