#include "harness/runbook/fence.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 10> shells{"bash", "sh", "shell", "zsh", "ksh", "dash",
    "console", "shell-session", "shellsession", "terminal"};
constexpr std::array<std::string_view, 6> of_sql{
    "sql", "psql", "postgres", "postgresql", "pgsql", "plpgsql"};
constexpr std::array<std::string_view, 6> of_settings{
    "ini", "conf", "cfg", "config", "properties", "postgresql.conf"};

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "{.bash .numberLines}" -> "bash .numberLines}"
std::string_view without_braces(std::string_view info) {
  const std::size_t first = info.find_first_not_of("{. ");
  return info.starts_with('{') && first != std::string_view::npos ? info.substr(first) : info;
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return lowered;
}

bool is_setting(const std::string& line) {
  static const std::regex setting{
      R"(^\s*(restore_command|archive_command|archive_mode|recovery_target\w*|standby_mode)\s*=.*)"};
  return std::regex_match(line, setting);
}

}  // namespace

std::optional<Fence> fence_in(std::string_view line) {
  const std::size_t indent = line.find_first_not_of(" \t");
  if (indent == std::string_view::npos || (line[indent] != '`' && line[indent] != '~')) {
    return std::nullopt;
  }
  Fence fence{.letter = line[indent], .indent = indent};
  const std::size_t end = std::min(line.find_first_not_of(fence.letter, indent), line.size());
  fence.length = end - indent;
  const std::string_view info = trimmed(line.substr(end));
  if (fence.length < 3 || (fence.letter == '`' && info.find('`') != std::string_view::npos)) {
    return std::nullopt;
  }
  const std::string_view words = without_braces(info);
  const std::size_t language = std::min(words.find_first_of(" \t,{}"), words.size());
  fence.language = lower(words.substr(0, language));
  fence.info = trimmed(words.substr(language));
  return fence;
}

bool closes(const Fence& fence, std::string_view line) {
  const std::string_view text = trimmed(line);
  return text.size() >= fence.length &&
         text.find_first_not_of(fence.letter) == std::string_view::npos;
}

std::optional<std::string> behind_prompt(const std::string& line) {
  static const std::regex prompt{R"(^(?:\[?[\w.-]+@[\w.-]+[^$#\s]*(?: [^$#\s]+\])?)?\$ +(.*)$)"};
  std::smatch found;
  return std::regex_match(line, found, prompt) ? std::optional{found[1].str()} : std::nullopt;
}

bool looks_like_a_command(std::string_view text) {
  static const std::regex command{
      R"(^(?:[A-Za-z_]\w*=\S* +)*(?:sudo +(?:-\S+ +(?:[\w-]+ +)?)*)?)"
      R"((?:psql|pg_\w+|pgbackrest|barman|wal-g|createdb|dropdb|createuser|python3?|docker|)"
      R"(kubectl|aws|gcloud|az|curl|gunzip|gzip|zcat|zstd|tar|cat|bash|sh|cp|mv|rm|rsync|scp|ssh|)"
      R"(systemctl|service|make|npm|npx|alembic|flyway|\.{0,2}/[\w./-]+) +\S.*$)"};
  return std::regex_match(text.begin(), text.end(), command);
}

std::string here_document_end(const std::string& line) {
  static const std::regex begin{R"((?:^|[^<])<<-?\s*["'\\]?(\w+))"};
  std::smatch found;
  return std::regex_search(line, found, begin) ? found[1].str() : std::string{};
}

BlockKind kind_of(const Fence& fence, const std::vector<TextLine>& lines) {
  const std::string& language = fence.language;
  if (has(shells, language)) {
    return BlockKind::shell;
  }
  if (has(of_sql, language)) {
    return BlockKind::sql;
  }
  const bool sets = std::any_of(
      lines.begin(), lines.end(), [](const TextLine& line) { return is_setting(line.text); });
  if (has(of_settings, language) || (language.empty() && sets)) {
    return BlockKind::settings;
  }
  const bool typed = std::any_of(lines.begin(), lines.end(), [](const TextLine& line) {
    return behind_prompt(line.text) || looks_like_a_command(trimmed(line.text));
  });
  return language.empty() && typed ? BlockKind::shell : BlockKind::other;
}

}  // namespace pgrehearse
