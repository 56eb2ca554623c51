#include "harness/drill/production_guard.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/environment_file.hpp"

namespace pgrehearse {
namespace {

constexpr const char* instead =
    "Take a staging server, or a replica that was restored from a backup: a drill never touches "
    "production.";

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return result;
}

// Runs of letters, parted also where a small letter meets a capital one: "shopProdEU" is three.
std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto is = [](int (*kind)(int), char letter) {
    return kind(static_cast<unsigned char>(letter)) != 0;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool hump = at > 0 && is(std::isupper, text[at]) && is(std::islower, text[at - 1]);
    if (!is(std::isalpha, text[at]) || hump) {
      words.push_back(word);
      word.clear();
    }
    if (is(std::isalpha, text[at])) {
      word += text[at];
    }
  }
  words.push_back(word);
  return words;
}

bool is_among(const std::vector<std::string_view>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Words that begin so are of what is no production, up to here.
constexpr std::array other_beginnings{std::string_view{"reproduction"}, std::string_view{"preprod"},
    std::string_view{"nonprod"}, std::string_view{"notprod"}};
// What "prod" begins inside a word that is about something else: "product", "produce", "prodigy".
constexpr std::array other_words{
    std::string_view{"produc"}, std::string_view{"prodig"}, std::string_view{"prodrom"}};

// "prod" or "production", also glued to what stands before and after it: "dbprod", "myPRODdb".
std::optional<std::string> says_prod(std::string_view word) {
  for (const std::string_view beginning : other_beginnings) {
    if (word.starts_with(beginning)) {
      word.remove_prefix(beginning.size());
    }
  }
  constexpr std::string_view prod = "prod";
  for (std::size_t at = word.find(prod); at != std::string_view::npos;
       at = word.find(prod, at + prod.size())) {
    const std::string_view from_here = word.substr(at);
    if (from_here.starts_with("production")) {
      return "production";
    }
    if (std::none_of(other_words.begin(), other_words.end(),
            [&](std::string_view other) { return from_here.starts_with(other); })) {
      return std::string{prod};
    }
  }
  return std::nullopt;
}

std::optional<std::string> production_word(std::string_view text, const ProductionNames& names) {
  for (const std::string& word : words_in(text)) {
    const std::string small = lower(word);
    if (is_among(names.words, small)) {
      return small;
    }
    for (const std::string_view ending : names.endings) {
      if (small.ends_with(ending)) {
        return std::string{ending};
      }
    }
    if (const std::optional<std::string> said = says_prod(small)) {
      return said;
    }
  }
  return std::nullopt;
}

std::optional<std::string> marked(Session& session, const std::vector<std::string>& /*denied*/) {
  const std::string marker = session.value(
      "SELECT coalesce(pg_catalog.lower("
      "pg_catalog.current_setting('pgrehearse.production', true)), '')");
  if (marker.empty() || marker == "off" || marker == "false" || marker == "no") {
    return std::nullopt;
  }
  return "pgrehearse.production is set there";
}

std::optional<std::string> among_denied(Session& session, const std::vector<std::string>& denied) {
  const std::string system =
      session.value("SELECT system_identifier FROM pg_catalog.pg_control_system()");
  if (std::find(denied.begin(), denied.end(), system) == denied.end()) {
    return std::nullopt;
  }
  return "its system identifier is on the list of those denied";
}

std::optional<std::string> followed(Session& session, const std::vector<std::string>& /*denied*/) {
  if (session.value("SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication") == "0") {
    return std::nullopt;
  }
  return "replicas stream from it";
}

std::optional<std::string> at_work(Session& session, const std::vector<std::string>& /*denied*/) {
  const std::string others = session.value(
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity "
      "WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() "
      "AND usename IS DISTINCT FROM current_user");
  if (others == "0") {
    return std::nullopt;
  }
  return fmt::format("{} sessions of others are at work", others);
}

constexpr ServerGuard guards_of_the_server[] = {{"marker", marked},
    {"system identifier", among_denied}, {"replicas", followed}, {"sessions of others", at_work}};

}  // namespace

const ProductionNames& production_names() {
  static const ProductionNames names{.words = {"live", "master", "primary"},
      .endings = {"prd"},
      // A database that somebody pays to be looked after is taken for one that matters, whatever
      // it is called.
      .managed_hosts = {".rds.amazonaws.com", ".rds.amazonaws.com.cn", ".redshift.amazonaws.com",
          ".postgres.database.azure.com", ".database.windows.net", ".supabase.co", ".supabase.com",
          ".neon.tech", ".db.ondigitalocean.com", ".aivencloud.com", ".elephantsql.com",
          ".timescaledb.io", ".tsdb.cloud.timescale.com", ".psdb.cloud", ".render.com"},
      .keywords = {"host", "hostaddr", "dbname", "user", "service", "application_name", "options",
          "passfile", "sslcert"},
      .variables = {"TARGET_ENV", "APP_ENV", "RAILS_ENV", "NODE_ENV", "DJANGO_ENV"}};
  return names;
}

std::optional<std::string> production_by_name(
    const ConnectionTarget& target, const ProductionNames& names) {
  for (const TargetWord& word : target.words) {
    if (!is_among(names.keywords, word.keyword)) {
      continue;
    }
    if (const std::optional<std::string> said = production_word(word.value, names)) {
      return fmt::format("its {} says '{}'", word.keyword, *said);
    }
  }
  for (const std::string& host : target.hosts) {
    const std::string small = lower(host);
    if (std::any_of(names.managed_hosts.begin(), names.managed_hosts.end(),
            [&](std::string_view ending) { return small.ends_with(ending); }) ||
        small.starts_with("/cloudsql/")) {
      return "its host is one of a managed service";
    }
  }
  return std::nullopt;
}

void demand_no_production(const ConnectionTarget& target, bool said_so,
    const Environment& environment, const ProductionNames& names) {
  for (const std::string_view variable : names.variables) {
    const std::string value = environment(std::string{variable}).value_or("");
    if (production_word(value, names)) {
      throw Error{
          ErrorCode::refused, fmt::format("{} says that this is production", variable), instead};
    }
  }
  if (const std::optional<std::string> why = production_by_name(target, names)) {
    throw Error{
        ErrorCode::refused, fmt::format("the source looks like production: {}", *why), instead};
  }
  const bool confirmed = environment("TARGET_ENV").value_or("") == "staging" &&
                         environment("CONFIRM_DRILL").value_or("") == "YES";
  if (!said_so && !confirmed) {
    throw Error{ErrorCode::refused, "nobody has said that the source is not production",
        "Say --source-is-not-production, or set TARGET_ENV=staging and CONFIRM_DRILL=YES."};
  }
}

void demand_no_production(
    const std::filesystem::path& environment_file, const ProductionNames& names) {
  if (!std::filesystem::is_regular_file(environment_file)) {
    return;
  }
  for (const EnvironmentLine& found : environment_lines(read_file(environment_file))) {
    if (is_among(names.variables, found.name) && production_word(found.value, names)) {
      throw Error{ErrorCode::refused, fmt::format("{} says that this is production", found.name),
          instead, fmt::format("{}:{}", environment_file.string(), found.line)};
    }
  }
}

std::span<const ServerGuard> server_guards() {
  return guards_of_the_server;
}

void demand_no_production(
    Session& session, const std::vector<std::string>& denied, std::span<const ServerGuard> guards) {
  for (const ServerGuard& guard : guards) {
    if (const std::optional<std::string> why = guard.why(session, denied)) {
      throw Error{ErrorCode::refused, fmt::format("the server looks like production: {}", *why),
          "Nothing was read but this. Take another server."};
    }
  }
}

}  // namespace pgrehearse
