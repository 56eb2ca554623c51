// A text that must never be written anywhere. Streams, formats and JSON see "[redacted]".
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace pgrehearse {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// The only way to the value. Give it to the one call that needs it, never to a message.
  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

  /// A fresh random secret of 32 hexadecimal digits (128 bits from the kernel).
  [[nodiscard]] static Secret random();

  friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[redacted]"; }

 private:
  std::string value_;
};

}  // namespace pgrehearse
