#include "harness/runbook/program_options.hpp"

#include <algorithm>

namespace pgrehearse {
namespace {

void read_long(const std::string& word, std::size_t& at, const std::vector<std::string>& arguments,
    const OptionShape& shape, std::vector<GivenOption>& options) {
  const std::size_t equals = std::min(word.find('='), word.size());
  const std::string name = word.substr(2, equals - 2);
  for (const auto& [known, letter] : shape.names) {
    if (name != known) {
      continue;
    }
    const bool takes = shape.letters.find(letter) != std::string_view::npos;
    std::string value = equals < word.size() ? word.substr(equals + 1) : std::string{};
    if (takes && equals == word.size() && at + 1 < arguments.size()) {
      value = arguments[++at];
    }
    options.push_back({letter, value});
  }
}

void read_letters(const std::string& word, std::size_t& at,
    const std::vector<std::string>& arguments, const OptionShape& shape,
    std::vector<GivenOption>& options) {
  for (std::size_t place = 1; place < word.size(); ++place) {
    const char letter = word[place];
    if (shape.letters.find(letter) == std::string_view::npos) {
      options.push_back({letter, {}});
      continue;
    }
    std::string value = word.substr(place + 1);
    if (value.empty() && at + 1 < arguments.size()) {
      value = arguments[++at];
    }
    options.push_back({letter, value});
    return;
  }
}

}  // namespace

// https://www.postgresql.org/docs/15/app-psql.html
const OptionShape& options_of_psql() {
  static const OptionShape shape{"cdfhpUvFPRTLo",
      {{"command", 'c'}, {"dbname", 'd'}, {"file", 'f'}, {"host", 'h'}, {"port", 'p'},
          {"username", 'U'}, {"set", 'v'}, {"variable", 'v'}, {"no-psqlrc", 'X'}, {"list", 'l'},
          {"version", 'V'}, {"help", '?'}, {"output", 'o'}, {"log-file", 'L'}}};
  return shape;
}

// https://www.postgresql.org/docs/15/app-pgrestore.html
const OptionShape& options_of_pg_restore() {
  static const OptionShape shape{
      "dfFhIjLnNpPStTU", {{"dbname", 'd'}, {"exit-on-error", 'e'}, {"single-transaction", '1'},
                             {"list", 'l'}, {"file", 'f'}, {"format", 'F'}, {"host", 'h'},
                             {"port", 'p'}, {"username", 'U'}, {"jobs", 'j'}}};
  return shape;
}

std::vector<GivenOption> options_in(
    const std::vector<std::string>& arguments, const OptionShape& shape) {
  std::vector<GivenOption> options;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    if (word == "--") {
      break;
    }
    if (word.starts_with("--")) {
      read_long(word, at, arguments, shape, options);
    } else if (word.starts_with('-') && word.size() > 1) {
      read_letters(word, at, arguments, shape, options);
    }
  }
  return options;
}

std::vector<std::string> values_of(const std::vector<GivenOption>& options, char letter) {
  std::vector<std::string> values;
  for (const GivenOption& option : options) {
    if (option.letter == letter) {
      values.push_back(option.value);
    }
  }
  return values;
}

bool has_option(const std::vector<GivenOption>& options, char letter) {
  return !values_of(options, letter).empty();
}

}  // namespace pgrehearse
