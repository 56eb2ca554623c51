#include "harness/base/kebab_case.hpp"

#include <cctype>

namespace pgrehearse {

std::string kebab_case(std::string_view camel) {
  std::string name;
  for (const char letter : camel) {
    if (std::isupper(static_cast<unsigned char>(letter)) != 0 && !name.empty()) {
      name += '-';
    }
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return name;
}

}  // namespace pgrehearse
