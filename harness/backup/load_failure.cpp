#include "harness/backup/load_failure.hpp"

#include <array>
#include <regex>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view toc_entry = "from TOC entry ";
constexpr std::string_view severity = "ERROR:  ";
// Of pg_restore itself, for a dump that was cut short: no server said it.
constexpr std::string_view cut_short = "could not read from input file: end of file";

// Names may be quoted; between the quotes of these messages Postgres puts names and nothing else.
constexpr std::array reasons{R"((function|procedure|aggregate) [^'"]* does not exist)",
    R"((relation|type|schema|role|extension|collation|operator class|text search \w+|language|)"
    R"(column|table|domain|foreign-data wrapper|server|tablespace|access method) "[^"]*" )"
    R"((of relation "[^"]*" )?does not exist)",
    R"(operator does not exist: .*)", R"(type [^'"]* does not exist)",
    R"(extension "[^"]*" is not available)", R"(extension "[^"]*" has no .*)",
    R"(could not access file "[^"]*": No such file or directory)",
    R"((new row|insert or update on table "[^"]*"|check constraint).*violates .*constraint "[^"]*")",
    R"(check constraint "[^"]*" of relation "[^"]*" is violated by some row)",
    R"(could not create unique index "[^"]*")", R"(no partition of relation "[^"]*" found for row)",
    R"(null value in column "[^"]*" of relation "[^"]*" violates not-null constraint)",
    R"(permission denied for .*)", R"(must be (superuser|owner) .*)",
    R"((relation|schema|type|function|role|database) "[^"]*" already exists)",
    R"(functions in (index|generation) expression must be marked IMMUTABLE)"};

// "3325; 1259 16400 INDEX public orders_label_idx postgres" -> "INDEX public orders_label_idx"
std::string object_of(const std::string& line) {
  static const std::regex entry{R"(from TOC entry \d+; \d+ \d+ (.*) \S+$)"};
  std::smatch found;
  return std::regex_search(line, found, entry) ? found[1].str() : std::string{};
}

std::string reason_of(const std::string& line) {
  const std::string said = line.substr(line.find(severity) + severity.size());
  for (const char* reason : reasons) {
    if (std::regex_match(said, std::regex{reason})) {
      return said;
    }
  }
  return {};
}

}  // namespace

std::string load_failure_in(std::string_view err) {
  std::string object;
  for (const std::string& line : lines_of(err)) {
    if (line.find(toc_entry) != std::string::npos) {
      object = object_of(line);
      continue;
    }
    const bool ends = line.ends_with(cut_short);
    if (ends || line.find(severity) != std::string::npos) {
      const std::string reason = ends ? std::string{cut_short} : reason_of(line);
      if (!object.empty() && !reason.empty()) {
        object += ": ";
      }
      return object.append(reason);
    }
  }
  return object;
}

}  // namespace pgrehearse
