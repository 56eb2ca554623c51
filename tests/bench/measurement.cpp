#include "tests/bench/measurement.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {

double median(std::vector<double> values) {
  if (values.empty()) {
    throw Error{ErrorCode::internal, "there is no median of no values"};
  }
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string all_of(const std::vector<double>& values) {
  std::vector<std::string> texts;
  texts.reserve(values.size());
  for (const double value : values) {
    texts.push_back(fmt::format("{:.2f}", value));
  }
  return fmt::format("{:.2f} ({})", median(values), joined(texts, " "));
}

double seconds_since(SteadyTime begin) {
  return seconds_of(SteadyTime::now() - begin);
}

Arguments::Arguments(int count, char** values) {
  for (int i = 1; i < count; ++i) {
    const std::string word = values[i];
    const std::size_t equals = word.find('=');
    words_.push_back(word.substr(0, equals));
    if (equals != std::string::npos) {
      words_.push_back(word.substr(equals + 1));
    }
  }
}

std::string Arguments::text(std::string_view name, std::string_view otherwise) {
  const auto found = std::find(words_.begin(), words_.end(), name);
  if (found == words_.end()) {
    return std::string{otherwise};
  }
  if (found + 1 == words_.end()) {
    throw Error{ErrorCode::bad_config, fmt::format("{} needs a value", name)};
  }
  std::string value = *(found + 1);
  words_.erase(found, found + 2);
  return value;
}

std::vector<int> Arguments::numbers(std::string_view name, std::string_view otherwise) {
  std::vector<int> numbers;
  for (const std::string& piece : split(text(name, otherwise), ',')) {
    int number = 0;
    const char* const end = piece.data() + piece.size();
    if (std::from_chars(piece.data(), end, number).ptr != end || number < 1) {
      throw Error{
          ErrorCode::bad_config, fmt::format("{} takes numbers from 1 up, not '{}'", name, piece)};
    }
    numbers.push_back(number);
  }
  return numbers;
}

void Arguments::demand_nothing_left() const {
  if (!words_.empty()) {
    throw Error{ErrorCode::bad_config, fmt::format("there is no option '{}'", words_.front()),
        "tests/bench/README.md lists them."};
  }
}

int run_bench(int count, char** values, int (*bench)(Arguments)) {
  try {
    catch_interrupts();
    return bench({count, values});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  return interrupted_by() ? 128 + *interrupted_by() : 2;
}

}  // namespace pgrehearse
