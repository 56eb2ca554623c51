#include "harness/drill/golden_signature.hpp"

#include <cstdlib>

#include "harness/base/error.hpp"
#include "harness/crypto/ed25519.hpp"

namespace pgrehearse {
namespace {

constexpr const char* public_variable = "PGREHEARSE_PUBLIC_KEY";
constexpr const char* signing_variable = "PGREHEARSE_SIGNING_KEY";

std::optional<std::string> text_of(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
}

}  // namespace

GoldenKeys golden_keys() {
  GoldenKeys keys{.signing = {}, .public_key = text_of(public_variable)};
  if (const std::optional<std::string> key = text_of(signing_variable)) {
    keys.signing = Secret{*key};
  }
  return keys;
}

void demand_fitting(const GoldenKeys& keys) {
  if (!keys.public_key) {
    static_cast<void>(golden_signature("", keys));
    return;
  }
  if (!keys.signing) {
    throw Error{ErrorCode::bad_config, "golden backups must be signed here, and there is no key",
        "Put the private key into PGREHEARSE_SIGNING_KEY: the text of the PEM file.",
        signing_variable};
  }
  if (!verify_ed25519(*keys.public_key, "", golden_signature("", keys))) {
    throw Error{ErrorCode::bad_config,
        "PGREHEARSE_PUBLIC_KEY is not the public half of PGREHEARSE_SIGNING_KEY",
        "'openssl pkey -pubout' writes it. Each later drill would refuse what is kept now.",
        public_variable};
  }
}

std::string golden_signature(std::string_view seal, const GoldenKeys& keys) {
  return keys.signing ? sign_ed25519(*keys.signing, seal).signature : std::string{};
}

std::string fault_of_signature(
    std::string_view seal, const std::optional<std::string>& signature, const GoldenKeys& keys) {
  if (!keys.public_key) {
    return {};
  }
  if (!signature) {
    return "golden.json is not signed, and PGREHEARSE_PUBLIC_KEY asks for it";
  }
  return verify_ed25519(*keys.public_key, seal, *signature)
             ? ""
             : "golden.json is not what was signed with the key of PGREHEARSE_PUBLIC_KEY";
}

}  // namespace pgrehearse
