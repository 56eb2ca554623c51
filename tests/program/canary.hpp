// Secrets planted to be looked for: each is made of two random halves with letters between them
// that every encoding writes differently, and is found when one half shows up in any of the forms
// texts travel in.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgrehearse {

class CanaryCage {
 public:
  /// A new secret. `place` says where it will be planted.
  std::string plant(const std::string& place);
  /// One that has to be of this form elsewhere, such as a verifier: `secret` itself is looked for.
  void add(const std::string& place, const std::string& secret);

  [[nodiscard]] std::size_t size() const { return planted_.size(); }
  /// The places whose secrets stand in the text: raw, percent-encoded, in base64 (either alphabet,
  /// whatever stands before it), in hexadecimal, as JSON or XML, also across line ends.
  [[nodiscard]] std::vector<std::string> seen_in(std::string_view text) const;

 private:
  std::map<std::string, std::vector<std::string>> planted_ = {};  ///< place -> forms
};

/// The forms of a secret that the cage looks for, for the test of the cage itself.
[[nodiscard]] std::string hexadecimal(std::string_view text);
[[nodiscard]] std::string base64_text(std::string_view text);

}  // namespace pgrehearse
