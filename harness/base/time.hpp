// Two clocks that are never mixed: instants (of a server, in UTC) and steady readings (of this
// host).
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgrehearse {

using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

/// An instant, microseconds since 1970-01-01 UTC, as Postgres resolves them. Comes from a server's
/// clock_timestamp(), or from this host's clock where the record says so. Not an identifier: equal
/// stamps of different commits are common (1 % under load).
class Timestamp {
 public:
  Timestamp() = default;
  constexpr explicit Timestamp(Microseconds since_epoch) : since_epoch_(since_epoch) {}

  /// "2026-11-21 03:09:28.123456+00" or with a T, a Z, or an offset of hours and minutes. A text
  /// without an explicit offset is refused: throws Error{bad_value}.
  [[nodiscard]] static Timestamp parse(std::string_view text);
  /// This host's CLOCK_REALTIME.
  [[nodiscard]] static Timestamp now();

  [[nodiscard]] constexpr Microseconds since_epoch() const { return since_epoch_; }
  /// "2026-11-21T03:09:28.123456Z": always UTC, always six digits.
  [[nodiscard]] std::string text() const;
  /// "20261121T030928Z", for names.
  [[nodiscard]] std::string compact() const;

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Microseconds operator-(Timestamp left, Timestamp right) {
    return left.since_epoch_ - right.since_epoch_;
  }
  friend constexpr Timestamp operator+(Timestamp left, Microseconds by) {
    return Timestamp{left.since_epoch_ + by};
  }

 private:
  Microseconds since_epoch_{0};
};

/// A reading of CLOCK_BOOTTIME: steady, and it counts suspends. Durations come from here.
class SteadyTime {
 public:
  SteadyTime() = default;
  [[nodiscard]] static SteadyTime now();

  [[nodiscard]] constexpr std::chrono::nanoseconds since_boot() const { return since_boot_; }
  friend constexpr auto operator<=>(SteadyTime, SteadyTime) = default;
  friend constexpr std::chrono::nanoseconds operator-(SteadyTime left, SteadyTime right) {
    return left.since_boot_ - right.since_boot_;
  }
  friend constexpr SteadyTime operator+(SteadyTime left, std::chrono::nanoseconds by) {
    SteadyTime sum = left;
    sum.since_boot_ += by;
    return sum;
  }

 private:
  std::chrono::nanoseconds since_boot_{0};
};

/// "250ms", "90s", "15min", "4h", "1d": a number and its unit; a number alone is refused with
/// Error{bad_value}. Fractions are not accepted: write the smaller unit.
[[nodiscard]] Milliseconds parse_duration(std::string_view text);
/// The shortest of the forms above that says it exactly ("90s", "15min").
[[nodiscard]] std::string text_of(Milliseconds duration);
/// For people: "12.3 s", "1 min 5 s", "4 h".
[[nodiscard]] std::string readable(std::chrono::nanoseconds duration);
/// Seconds as a number with its fraction, for reports.
[[nodiscard]] double seconds_of(std::chrono::nanoseconds duration);

}  // namespace pgrehearse
