// tls-key-rotated: the key that went with the stolen backups proves nothing any more.
#include <fmt/format.h>

#include "harness/drill/questions.hpp"
#include "harness/pg/tls.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view sentence = "does the server prove itself with a new key alone?";

// Enough to tell two keys apart.
std::string shortened(const std::string& digest) {
  return digest.substr(0, 16);
}

std::vector<Finding> ask_tls(Restored& restored, const TlsKey& before, const TlsKey& fresh) {
  const std::string old_digest = public_key_sha256(before.certificate);
  const std::string new_digest = public_key_sha256(fresh.certificate);
  Finding finding{.check = "tls-key-rotated",
      .question = std::string{sentence},
      .expected = fmt::format("the new key {}, not the old one {}; clients that trust the old "
                              "certificate refuse",
          shortened(new_digest), shortened(old_digest)),
      .verdict = Verdict::missed};
  const std::string certificate = served_certificate(restored.cluster);
  if (certificate.empty()) {
    finding.observed = "the server speaks no TLS";
    return {finding};
  }
  const std::string served = public_key_sha256(certificate);
  finding.observed = fmt::format("it proves to have the key {}", shortened(served));
  if (served == old_digest) {
    finding.details.emplace_back("the server proves itself with the key of before");
  } else if (served != new_digest) {
    finding.details.emplace_back("the server proves itself with a key that nobody gave it");
  }
  if (client_accepts(restored.cluster, before.certificate)) {
    finding.details.emplace_back("a client that trusts only the old certificate accepts it");
  }
  if (!client_accepts(restored.cluster, fresh.certificate)) {
    finding.details.emplace_back("a client that trusts only the new certificate refuses it");
  }
  if (finding.details.empty()) {
    finding.verdict = Verdict::met;
  }
  return {finding};
}

}  // namespace

Question has_rotated_tls_key(const TlsKey& before, const TlsKey& fresh) {
  return {.check = "tls-key-rotated",
      .sentence = std::string{sentence},
      .ask = [before, fresh](Restored& restored) { return ask_tls(restored, before, fresh); }};
}

}  // namespace pgrehearse
