// drill.yaml is committed and printed: no secret may stand in it. This looks before anything else
// does, so that no later message can show one.
#pragma once

#include <string>
#include <string_view>

#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {

/// Throws Error{bad_config} for a key named like a secret (password, token ...) and for a text that
/// holds one: a URL or a libpq string with a password, PASSWORD '...' in SQL, a private key. The
/// value is never part of the message. A key that ends in _env is welcome when it holds the name of
/// an environment variable.
void refuse_secrets(const YamlNode& root, const std::string& file);

/// The kind of secret a text holds ("a URL with a password"), or nothing.
[[nodiscard]] std::string_view secret_in(std::string_view text);

}  // namespace pgrehearse
