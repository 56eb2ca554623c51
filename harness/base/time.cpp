#include "harness/base/time.hpp"

#include <array>
#include <charconv>
#include <ctime>
#include <optional>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;

// Reads digits off the front of a text, remembering whether every expected piece was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) {
      good_ = false;
      return 0;
    }
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + count, value);
    good_ = good_ && code == std::errc{} && end == rest_.data() + count && rest_.front() != '-';
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char expected) {
    if (rest_.empty() || rest_.front() != expected) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  void need(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
      good_ = false;
      return;
    }
    rest_.remove_prefix(1);
  }
  std::int64_t fraction() {
    std::int64_t value = 0;
    int seen = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (seen < 6) {
        value = value * 10 + (rest_.front() - '0');
      }
      ++seen;
      rest_.remove_prefix(1);
    }
    good_ = good_ && seen > 0;
    for (int missing = seen; missing < 6; ++missing) {
      value *= 10;
    }
    return value;
  }
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// Seconds east of UTC, or nothing when the text carries no offset.
std::optional<int> offset_of(Scanner& scan) {
  if (scan.take('Z')) {
    return 0;
  }
  const int sign = scan.peek() == '-' ? -1 : 1;
  if (!scan.take('+') && !scan.take('-')) {
    return std::nullopt;
  }
  const int hours = scan.digits(2);
  scan.take(':');
  const int minutes = scan.peek() == '\0' ? 0 : scan.digits(2);
  return sign * (hours * 3600 + minutes * 60);
}

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec spec{};
  clock_gettime(clock, &spec);
  return std::chrono::seconds{spec.tv_sec} + std::chrono::nanoseconds{spec.tv_nsec};
}

std::tm utc_fields(Timestamp when, std::int64_t& micros) {
  const std::int64_t total = when.since_epoch().count();
  std::int64_t seconds = total / micros_per_second;
  micros = total % micros_per_second;
  if (micros < 0) {
    micros += micros_per_second;
    --seconds;
  }
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm fields{};
  gmtime_r(&whole, &fields);
  return fields;
}

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}}};

}  // namespace

Timestamp Timestamp::parse(std::string_view text) {
  Scanner scan{text};
  std::tm fields{};
  fields.tm_year = scan.digits(4) - 1900;
  scan.need("-");
  fields.tm_mon = scan.digits(2) - 1;
  scan.need("-");
  fields.tm_mday = scan.digits(2);
  scan.need(" T");
  fields.tm_hour = scan.digits(2);
  scan.need(":");
  fields.tm_min = scan.digits(2);
  scan.need(":");
  fields.tm_sec = scan.digits(2);
  const std::int64_t micros = scan.take('.') ? scan.fraction() : 0;
  scan.take(' ');
  const std::optional<int> offset = offset_of(scan);
  const bool in_range = fields.tm_mon >= 0 && fields.tm_mon < 12 && fields.tm_mday >= 1 &&
                        fields.tm_mday <= 31 && fields.tm_hour < 24 && fields.tm_min < 60 &&
                        fields.tm_sec < 61;
  if (!offset.has_value() || !scan.done() || !in_range) {
    throw Error{ErrorCode::bad_value,
        fmt::format("'{}' is not a timestamp with an explicit offset from UTC", text),
        "Write it as 2026-11-21T03:09:28.123456Z. Without an offset a server reads it in its own "
        "zone."};
  }
  const std::int64_t seconds = timegm(&fields) - *offset;
  return Timestamp{Microseconds{seconds * micros_per_second + micros}};
}

Timestamp Timestamp::now() {
  return Timestamp{std::chrono::duration_cast<Microseconds>(read_clock(CLOCK_REALTIME))};
}

std::string Timestamp::text() const {
  std::int64_t micros = 0;
  const std::tm fields = utc_fields(*this, micros);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", fields.tm_year + 1900,
      fields.tm_mon + 1, fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec, micros);
}

std::string Timestamp::compact() const {
  std::int64_t micros = 0;
  const std::tm fields = utc_fields(*this, micros);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", fields.tm_year + 1900, fields.tm_mon + 1,
      fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec);
}

SteadyTime SteadyTime::now() {
  SteadyTime reading;
  reading.since_boot_ = read_clock(CLOCK_BOOTTIME);
  return reading;
}

Milliseconds parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit_text{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  for (const Unit& unit : units) {
    if (code == std::errc{} && number >= 0 && unit_text == unit.name &&
        number <= INT64_MAX / unit.milliseconds) {
      return Milliseconds{number * unit.milliseconds};
    }
  }
  throw Error{ErrorCode::bad_value, fmt::format("'{}' is not a duration", text),
      "Write a whole number and its unit: 250ms, 90s, 15min, 4h or 1d."};
}

std::string text_of(Milliseconds duration) {
  for (const Unit& unit : units) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return fmt::format("{}{}", duration.count() / unit.milliseconds, unit.name);
    }
  }
  return "0s";
}

std::string readable(std::chrono::nanoseconds duration) {
  const double seconds = seconds_of(duration);
  if (seconds < 60) {
    return seconds < 0.1 ? fmt::format("{:.1f} ms", seconds * 1000)
                         : fmt::format("{:.2f} s", seconds);
  }
  const auto whole = std::chrono::duration_cast<Seconds>(duration).count();
  if (whole < 3600) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace pgrehearse
