#include "harness/drill/production_guard.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 6> production_words{
    "prod", "production", "prd", "live", "master", "primary"};
// A database that somebody pays to be looked after is taken for one that matters, whatever it is
// called. Endings of the providers' own host names.
constexpr std::array<std::string_view, 15> managed_hosts{".rds.amazonaws.com",
    ".rds.amazonaws.com.cn", ".redshift.amazonaws.com", ".postgres.database.azure.com",
    ".database.windows.net", ".supabase.co", ".supabase.com", ".neon.tech",
    ".db.ondigitalocean.com", ".aivencloud.com", ".elephantsql.com", ".timescaledb.io",
    ".tsdb.cloud.timescale.com", ".psdb.cloud", ".render.com"};
constexpr std::array<std::string_view, 9> naming_keywords{"host", "hostaddr", "dbname", "user",
    "service", "application_name", "options", "passfile", "sslcert"};

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

std::optional<std::string> production_word(std::string_view text) {
  for (const std::string& word : words_in(text)) {
    const std::string small = lower(word);
    if (std::find(production_words.begin(), production_words.end(), small) !=
        production_words.end()) {
      return small;
    }
    // "PRODdb" and "prodeu": glued to what follows. "product" and "producer" are other words.
    if (small.starts_with("prod") && !small.starts_with("produc")) {
      return "prod";
    }
  }
  return std::nullopt;
}

bool is_named_in(const Environment& environment, const char* variable, std::string& value) {
  value = environment(variable).value_or("");
  return production_word(value).has_value();
}

}  // namespace

std::optional<std::string> production_by_name(const ConnectionTarget& target) {
  for (const TargetWord& word : target.words) {
    if (std::find(naming_keywords.begin(), naming_keywords.end(), word.keyword) ==
        naming_keywords.end()) {
      continue;
    }
    if (const std::optional<std::string> said = production_word(word.value)) {
      return fmt::format("its {} says '{}'", word.keyword, *said);
    }
  }
  for (const std::string& host : target.hosts) {
    const std::string small = lower(host);
    if (std::any_of(managed_hosts.begin(), managed_hosts.end(),
            [&](std::string_view ending) { return small.ends_with(ending); }) ||
        small.starts_with("/cloudsql/")) {
      return "its host is one of a managed service";
    }
  }
  return std::nullopt;
}

void demand_no_production(
    const ConnectionTarget& target, bool said_so, const Environment& environment) {
  constexpr const char* instead =
      "Take a staging server, or a replica that was restored from a backup: a drill never touches "
      "production.";
  std::string value;
  for (const char* variable : {"TARGET_ENV", "APP_ENV", "RAILS_ENV", "NODE_ENV", "DJANGO_ENV"}) {
    if (is_named_in(environment, variable, value)) {
      throw Error{
          ErrorCode::refused, fmt::format("{} says that this is production", variable), instead};
    }
  }
  if (const std::optional<std::string> why = production_by_name(target)) {
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

void demand_no_production(Session& session, const std::vector<std::string>& denied) {
  const auto refuse = [](const std::string& why) {
    throw Error{ErrorCode::refused, fmt::format("the server looks like production: {}", why),
        "Nothing was read but this. Take another server."};
  };
  const std::string marker = session.value(
      "SELECT coalesce(pg_catalog.lower("
      "pg_catalog.current_setting('pgrehearse.production', true)), '')");
  if (!marker.empty() && marker != "off" && marker != "false" && marker != "no") {
    refuse("pgrehearse.production is set there");
  }
  const std::string system =
      session.value("SELECT system_identifier FROM pg_catalog.pg_control_system()");
  if (std::find(denied.begin(), denied.end(), system) != denied.end()) {
    refuse("its system identifier is on the list of those denied");
  }
  if (session.value("SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication") != "0") {
    refuse("replicas stream from it");
  }
  const std::string others = session.value(
      "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity "
      "WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() "
      "AND usename IS DISTINCT FROM current_user");
  if (others != "0") {
    refuse(fmt::format("{} sessions of others are at work", others));
  }
}

}  // namespace pgrehearse
