#include "harness/store/s3_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

bool is_unreserved(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         (byte >= '0' && byte <= '9') || std::string_view{"-._~"}.find(byte) != std::string::npos;
}

struct Entity {
  std::string_view name;
  char byte;
};
constexpr std::array<Entity, 5> entities{
    {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};

// What stands between '&' and ';'. Keys are ASCII, so a number above that stands for nothing here.
std::string resolved(std::string_view entity) {
  for (const Entity& known : entities) {
    if (entity == known.name) {
      return std::string(1, known.byte);
    }
  }
  if (entity.starts_with('#')) {
    const bool hexadecimal = entity.size() > 1 && (entity[1] == 'x' || entity[1] == 'X');
    const std::string_view digits = entity.substr(hexadecimal ? 2 : 1);
    int code = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), code, hexadecimal ? 16 : 10);
    if (code > 0 && code < 128) {
      return std::string(1, static_cast<char>(code));
    }
  }
  return fmt::format("&{};", entity);
}

std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t begin = text.find('&');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(';', begin);
    if (end == std::string_view::npos) {
      return plain.append(text);
    }
    plain += text.substr(0, begin);
    plain += resolved(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
  return plain;
}

}  // namespace

std::string percent_encoded(std::string_view text, bool keep_slashes) {
  std::string encoded;
  for (const char byte : text) {
    if (is_unreserved(byte) || (keep_slashes && byte == '/')) {
      encoded += byte;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return encoded;
}

std::string s3_query_text(const S3Query& query) {
  S3Query encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encoded(name, false), percent_encoded(value, false));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += fmt::format("{}{}={}", text.empty() ? "?" : "&", name, value);
  }
  return text;
}

std::vector<XmlElement> xml_elements(std::string_view xml, const std::vector<std::string>& names) {
  std::vector<XmlElement> found;
  std::size_t from = 0;
  while ((from = xml.find('<', from)) != std::string_view::npos) {
    const std::size_t end = xml.find('>', from);
    if (end == std::string_view::npos) {
      break;
    }
    const std::string_view tag = xml.substr(from + 1, end - from - 1);
    const std::string name{tag.substr(0, tag.find_first_of(" /"))};
    from = end + 1;
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      continue;
    }
    if (tag.ends_with('/')) {
      found.push_back({name, {}});
      continue;
    }
    const std::size_t close = xml.find(fmt::format("</{}>", name), from);
    if (close == std::string_view::npos) {
      break;
    }
    found.push_back({name, xml.substr(from, close - from)});
    from = close;
  }
  return found;
}

std::string xml_text(std::string_view xml, const std::string& name) {
  const std::vector<XmlElement> found = xml_elements(xml, {name});
  return found.empty() ? "" : unescaped(found.front().inner);
}

}  // namespace pgrehearse
