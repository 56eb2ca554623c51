#include "harness/drill/subject_secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace pgrehearse {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

bool is_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

bool is_blank(char letter) {
  return std::isspace(static_cast<unsigned char>(letter)) != 0;
}

bool names_secret(std::string_view key) {
  std::string name = lower(key);
  if (name == "password_encryption" || name == "ssl_passphrase_command_supports_reload") {
    return false;  // settings of Postgres that only sound like it
  }
  name.erase(std::remove_if(name.begin(), name.end(),
                 [](char letter) { return !is_word(letter) || letter == '_'; }),
      name.end());
  constexpr std::array<std::string_view, 12> words{"password", "passwd", "passphrase", "secret",
      "token", "credential", "apikey", "accesskey", "privatekey", "cipherpass", "encryptionkey",
      "pgpass"};
  return name == "pwd" || name == "pw" || name == "pass" ||
         std::any_of(words.begin(), words.end(),
             [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::all_of(text.begin(), text.end(), [](unsigned char letter) {
           return std::isupper(letter) != 0 || std::isdigit(letter) != 0 || letter == '_';
         });
}

// scheme://user:password@host; a password that begins with $ is a variable of the shell.
bool has_url_password(std::string_view text) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos;
       at = text.find("://", at + 3)) {
    const std::string_view rest = text.substr(at + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>`"));
    const std::size_t host = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    if (host != std::string_view::npos && colon < host && host - colon > 1 &&
        authority[colon + 1] != '$') {
      return true;
    }
  }
  return false;
}

// `name` as a whole word, then '=', then something that is not a variable of the shell.
bool assigns(std::string_view text, std::string_view name, bool word_before) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    std::size_t next = at + name.size();
    if (word_before && at > 0 && is_word(text[at - 1])) {
      continue;
    }
    while (next < text.size() && is_blank(text[next])) {
      ++next;
    }
    if (next >= text.size() || text[next] != '=') {
      continue;
    }
    ++next;
    while (next < text.size() && is_blank(text[next])) {
      ++next;
    }
    while (next < text.size() && (text[next] == '"' || text[next] == '\'')) {
      ++next;
    }
    if (next < text.size() && text[next] != '$' && !is_blank(text[next])) {
      return true;
    }
  }
  return false;
}

bool has_libpq_password(std::string_view low) {
  constexpr std::array<std::string_view, 6> company{
      "host", "hostaddr", "user", "dbname", "port", "service"};
  return assigns(low, "pgpassword", false) || assigns(low, "--password", false) ||
         (assigns(low, "password", true) &&
             (low.find("://") != std::string_view::npos ||
                 std::any_of(company.begin(), company.end(),
                     [&](std::string_view name) { return assigns(low, name, true); })));
}

// CREATE ROLE ... PASSWORD 'text', and OPTIONS (user 'x', password 'y').
bool has_sql_password(std::string_view low) {
  constexpr std::string_view word = "password";
  for (std::size_t at = low.find(word); at != std::string_view::npos; at = low.find(word, at + 1)) {
    std::size_t next = at + word.size();
    const std::size_t blanks = next;
    while (next < low.size() && is_blank(low[next])) {
      ++next;
    }
    next += next + 1 < low.size() && low[next] == 'e' && low[next + 1] == '\'' ? 1U : 0U;
    const bool literal =
        next > blanks && next < low.size() && (low[next] == '\'' || low[next] == '$');
    if (literal && (low.find("role") < at || low.find("user") < at)) {
      return true;
    }
  }
  return false;
}

class Guard {
 public:
  explicit Guard(const std::string& file) : file_(file) {}

  void look(const YamlNode& node) const {
    look_at_text(node.text, node.line);
    for (const YamlNode& item : node.items) {
      look(item);
    }
    for (const YamlEntry& entry : node.entries) {
      look_at_text(entry.key, entry.line);
      look_at_key(entry);
      look(entry.value);
    }
  }

 private:
  void look_at_text(std::string_view text, int line) const {
    const std::string_view kind = secret_in(text);
    if (!kind.empty()) {
      throw Error{ErrorCode::bad_config, "a secret stands in the file: " + std::string{kind},
          "Remove it, and change it if the file was ever shared. Hooks find the drill's own "
          "connection in "
          "DATABASE_URL and PGPASSWORD; for any other secret name an environment variable, as in "
          "password_env: MY_PASSWORD.",
          place_in(file_, line)};
    }
  }

  void look_at_key(const YamlEntry& entry) const {
    const bool by_environment = lower(entry.key).ends_with("_env");
    if (by_environment && !is_variable_name(entry.value.text)) {
      throw Error{ErrorCode::bad_config,
          "key " + shown_key(entry.key) + " must hold the name of an environment variable",
          "Write the variable's name in capitals, such as MY_PASSWORD, not its value (not shown "
          "here).",
          place_in(file_, entry.line)};
    }
    if (!by_environment && names_secret(entry.key)) {
      throw Error{ErrorCode::bad_config,
          "key " + shown_key(entry.key) +
              " is named like a secret, and secrets have no place in the file",
          "Keep the value in an environment variable and give the variable's name here under a key "
          "that "
          "ends in _env, as in password_env: MY_PASSWORD. Change the secret if the file was ever "
          "shared.",
          place_in(file_, entry.line)};
    }
  }

  const std::string& file_;
};

}  // namespace

std::string_view secret_in(std::string_view text) {
  const std::string low = lower(text);
  if (has_url_password(low)) {
    return "a URL with a password";
  }
  if (has_libpq_password(low)) {
    return "a connection string with a password";
  }
  if (has_sql_password(low)) {
    return "SQL with the password of a role";
  }
  if (low.find("-----begin ") != std::string::npos &&
      low.find("private key") != std::string::npos) {
    return "a private key";
  }
  return {};
}

void refuse_secrets(const YamlNode& root, const std::string& file) {
  Guard{file}.look(root);
}

}  // namespace pgrehearse
