#include "harness/drill/expectation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/base/time.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view form_hint =
    "Write true, false, a text in single quotes, or one of = != < <= > >= and then a number, a "
    "text in single "
    "quotes or the word baseline. In YAML the whole goes into double quotes: expect: \">= 10\".";

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// 0.digits * 10^exponent, without leading zeros; no digits at all is zero.
struct Decimal {
  bool negative = false;
  std::string digits = {};
  long exponent = 0;
};

std::optional<Decimal> decimal_of(std::string_view text) {
  Decimal number;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool fraction = false;
  bool any = false;
  for (; !text.empty() && (is_digit(text.front()) || (text.front() == '.' && !fraction));
       text.remove_prefix(1)) {
    if (text.front() == '.') {
      fraction = true;
      continue;
    }
    any = true;
    number.digits += text.front();
    number.exponent += fraction ? 0 : 1;
  }
  if (any && !text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(text.starts_with("e+") || text.starts_with("E+") ? 2 : 1);
    int exponent = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (problem != std::errc{}) {
      return std::nullopt;
    }
    number.exponent += exponent;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (!any || !text.empty()) {
    return std::nullopt;
  }
  const std::size_t first = std::min(number.digits.find_first_not_of('0'), number.digits.size());
  number.exponent -= static_cast<long>(first);
  number.digits.erase(0, first);
  number.digits.erase(number.digits.find_last_not_of('0') + 1);
  return number;
}

int sign_of(const Decimal& number) {
  return number.digits.empty() ? 0 : number.negative ? -1 : 1;
}

int sign_of(std::strong_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

// "2026-11-21" and what may follow it.
bool looks_iso(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-dd";
  return text.size() >= shape.size() &&
         std::equal(shape.begin(), shape.end(), text.begin(), [](char wanted, char letter) {
           return wanted == 'd' ? is_digit(letter) : wanted == letter;
         });
}

std::optional<Timestamp> instant_of(std::string_view text) {
  try {
    return Timestamp::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Below zero, zero, above zero; nothing when the two have no order.
std::optional<int> order_of(std::string_view left, std::string_view right) {
  if (const std::optional<int> numbers = compare_numbers(left, right)) {
    return numbers;
  }
  if (left == right) {
    return 0;
  }
  if (!looks_iso(left) || !looks_iso(right)) {
    return std::nullopt;
  }
  const std::optional<Timestamp> earlier = instant_of(left);
  const std::optional<Timestamp> later = instant_of(right);
  if (earlier.has_value() != later.has_value() && left.size() > 10 && right.size() > 10) {
    return std::nullopt;  // one has an offset, the other has not
  }
  return sign_of(earlier && later ? *earlier <=> *later : left <=> right);
}

bool allows(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::equal:
      return order == 0;
    case Comparison::not_equal:
      return order != 0;
    case Comparison::less:
      return order < 0;
    case Comparison::at_most:
      return order <= 0;
    case Comparison::more:
      return order > 0;
    case Comparison::at_least:
      return order >= 0;
  }
  return false;
}

Verdict verdict_of_truth(std::string_view wanted, std::string_view observed) {
  const bool yes = observed == "t" || observed == "true";
  const bool no = observed == "f" || observed == "false";
  if (!yes && !no) {
    return Verdict::unknown;
  }
  return yes == (wanted == "true") ? Verdict::met : Verdict::missed;
}

// The text between single quotes, doubled ones inside read as one.
std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
    return std::nullopt;
  }
  text = text.substr(1, text.size() - 2);
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'' && (++i >= text.size() || text[i] != '\'')) {
      return std::nullopt;
    }
    value += text[i];
  }
  return value;
}

}  // namespace

std::optional<int> compare_numbers(std::string_view left_text, std::string_view right_text) {
  const std::optional<Decimal> left = decimal_of(left_text);
  const std::optional<Decimal> right = decimal_of(right_text);
  if (!left || !right) {
    return std::nullopt;
  }
  const int sign = sign_of(*left);
  if (sign != sign_of(*right) || sign == 0) {
    return sign_of(sign <=> sign_of(*right));
  }
  const auto size = left->exponent != right->exponent ? left->exponent <=> right->exponent
                                                      : left->digits <=> right->digits;
  return sign * sign_of(size);
}

Verdict Expectation::holds(
    const std::optional<std::string>& observed, const std::optional<std::string>& baseline) const {
  if (!observed || (operand == Operand::baseline && !baseline)) {
    return Verdict::unknown;
  }
  if (operand == Operand::truth) {
    return verdict_of_truth(value, *observed);
  }
  const std::string& wanted = operand == Operand::baseline ? *baseline : value;
  const bool as_text = operand == Operand::text && !looks_iso(wanted);
  const std::optional<int> order = as_text ? (*observed == wanted ? std::optional{0} : std::nullopt)
                                           : order_of(*observed, wanted);
  if (order) {
    return allows(comparison, *order) ? Verdict::met : Verdict::missed;
  }
  // Two things without an order are at least not the same; but "abc" is no proof of "!= 0".
  if (comparison == Comparison::equal) {
    return Verdict::missed;
  }
  return comparison == Comparison::not_equal && operand != Operand::number ? Verdict::met
                                                                           : Verdict::unknown;
}

Expectation parse_expectation(std::string_view given) {
  const std::string_view text = trimmed(given);
  if (text == "true" || text == "false") {
    return {Comparison::equal, Operand::truth, std::string{text}};
  }
  if (const std::optional<std::string> exact = unquoted(text)) {
    return {Comparison::equal, Operand::text, *exact};
  }
  constexpr std::array<std::pair<std::string_view, Comparison>, 6> signs{
      {{"!=", Comparison::not_equal}, {"<=", Comparison::at_most}, {">=", Comparison::at_least},
          {"=", Comparison::equal}, {"<", Comparison::less}, {">", Comparison::more}}};
  for (const auto& [sign, comparison] : signs) {
    if (!text.starts_with(sign)) {
      continue;
    }
    const std::string_view rest = trimmed(text.substr(sign.size()));
    if (rest == "baseline") {
      return {comparison, Operand::baseline, {}};
    }
    if (decimal_of(rest)) {
      return {comparison, Operand::number, std::string{rest}};
    }
    const std::optional<std::string> quoted = unquoted(rest);
    const bool ordered = comparison != Comparison::equal && comparison != Comparison::not_equal;
    if (quoted && (!ordered || looks_iso(*quoted))) {
      return {comparison, Operand::text, *quoted};
    }
    break;
  }
  throw Error{ErrorCode::bad_value, "this is not an expectation", std::string{form_hint}};
}

}  // namespace pgrehearse
