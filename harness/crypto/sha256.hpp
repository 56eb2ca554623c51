// SHA-256: the one digest of the house, for facts, archived segments and backup sets.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace pgrehearse {

/// A digest fed piece by piece. Throws Error{internal} should the crypto library refuse.
class Sha256 {
 public:
  Sha256();

  void add(std::string_view bytes);
  /// The digest of everything added, as 64 lower-case hexadecimal digits; then begins anew.
  [[nodiscard]] std::string take_hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// Reads in pieces, whatever the size. Throws Error{io} naming the path.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);

/// Bytes as lower-case hexadecimal digits.
[[nodiscard]] std::string hex_of(std::string_view bytes);

/// For a program that lives in foreign containers: the crypto library shall not read their
/// openssl.cnf, which may name modules that a static program cannot load. Call before any digest.
void ignore_crypto_configuration();

}  // namespace pgrehearse
