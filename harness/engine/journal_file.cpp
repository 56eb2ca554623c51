#include "harness/engine/journal_file.hpp"

#include <algorithm>
#include <regex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

bool is_own(const std::filesystem::path& path, mode_t type) {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0 && (found.st_mode & S_IFMT) == type &&
         found.st_uid == geteuid();
}

std::string text_at(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::optional<JournalContent> read_journal(const std::filesystem::path& run_folder) {
  const std::filesystem::path path = run_folder / "journal";
  if (!is_own(run_folder, S_IFDIR) || !is_own(path, S_IFREG)) {
    return std::nullopt;
  }
  std::vector<std::string> lines;
  try {
    lines = lines_of(read_file(path));
  } catch (const Error&) {
    return std::nullopt;  // gone in this moment
  }
  JournalContent content;
  for (const std::string& text : lines) {
    const nlohmann::json line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object()) {
      continue;
    }
    if (content.run_id.empty()) {
      content.run_id = text_at(line, "run");
      content.owner = text_at(line, "owner");
      if (content.run_id != run_folder.filename() || content.owner.empty()) {
        return std::nullopt;
      }
    } else if (line.contains("kept")) {
      content.kept = true;
    } else {
      content.intents.push_back({text_at(line, "kind"), text_at(line, "name")});
    }
  }
  return content.run_id.empty() ? std::nullopt : std::optional{content};
}

bool names_container_things(const JournalContent& journal) {
  return std::any_of(journal.intents.begin(), journal.intents.end(), [](const Intent& intent) {
    return intent.kind == "container" || intent.kind == "network" ||
           (intent.kind == "volume" && !intent.name.starts_with('/'));
  });
}

std::filesystem::path usual_state_dir() {
  return fmt::format("/var/tmp/pgrehearse-{}", geteuid());
}

std::string unfinished_name(std::string_view what, std::string_view owner) {
  return fmt::format(".{}.{}.tmp", what, owner);
}

std::optional<std::string> owner_of_unfinished(std::string_view name) {
  static const std::regex form{R"(\.[0-9A-Za-z-]+\.([0-9a-f-]+:[0-9]+:[0-9]+)\.tmp)"};
  std::match_results<std::string_view::const_iterator> found;
  if (!std::regex_match(name.begin(), name.end(), found, form)) {
    return std::nullopt;
  }
  return found[1].str();
}

}  // namespace pgrehearse
