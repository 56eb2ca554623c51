#include "harness/project/dialect.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> postgres_names{
    "postgres", "postgresql", "pgsql", "psql", "pg"};
constexpr std::array<std::string_view, 14> other_names{"mysql", "mariadb", "mssql", "sqlserver",
    "oracle", "sqlite", "sqlite3", "db2", "h2", "hsqldb", "derby", "firebird", "clickhouse",
    "snowflake"};
constexpr std::array<std::string_view, 6> schema_names{
    "schema", "structure", "init", "initial", "install", "full"};

template <std::size_t Size>
bool is_among(const std::array<std::string_view, Size>& names, const std::string& word) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool belongs = std::isalnum(byte) != 0;
    if (belongs && !inside) {
      words.emplace_back();
    }
    if (belongs) {
      words.back() += static_cast<char>(std::tolower(byte));
    }
    inside = belongs;
  }
  return words;
}

bool names_a_server(const std::string& word) {
  return is_among(postgres_names, word) || is_among(other_names, word);
}

}  // namespace

Dialect dialect_of(const fs::path& path) {
  Dialect last = Dialect::unsaid;
  for (const std::string& word : words_of(path.string())) {
    if (names_a_server(word)) {
      last = is_among(postgres_names, word) ? Dialect::postgres : Dialect::another;
    }
  }
  return last;
}

std::vector<std::string> words_of_name(const fs::path& path) {
  std::vector<std::string> words = words_of(path.stem().string());
  words.erase(std::remove_if(words.begin(), words.end(), names_a_server), words.end());
  return words;
}

bool is_named_like_a_schema(const fs::path& file) {
  const std::vector<std::string> words = words_of_name(file);
  const bool only_a_server = words.empty() && dialect_of(file.filename()) == Dialect::postgres;
  return file.extension() == ".sql" &&
         (only_a_server || (!words.empty() &&
                               std::all_of(words.begin(), words.end(), [](const std::string& word) {
                                 return is_among(schema_names, word);
                               })));
}

}  // namespace pgrehearse
