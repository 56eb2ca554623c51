// What makes any shell script say that it went well when it did not.
#include <algorithm>
#include <array>
#include <regex>

#include "harness/runbook/reading.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 7> only_tell{
    "echo", "printf", "ls", "ps", "date", "yes", "history"};
constexpr std::array<std::string_view, 4> for_readers{"less", "more", "head", "tail"};
constexpr std::array<std::string_view, 10> only_ask{
    "test", "[", "[[", "command", "which", "type", "hash", "kill", "grep", "diff"};

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string first_of(const ShellCommand& command) {
  return command.words.empty() ? std::string{} : command.words.front();
}

// Where nothing in, nothing found: these fail of themselves, or somebody reads what they let
// through.
bool notices_nothing(const ShellCommand& command) {
  const std::vector<std::string> words = arguments_of(command);
  const auto is_given = [&](char letter) {
    return std::any_of(words.begin(), words.end(), [letter](const std::string& word) {
      return word.starts_with('-') && !word.starts_with("--") &&
             word.find(letter) != std::string::npos;
    });
  };
  const std::string program = program_of(command);
  return has(for_readers, program) || (program == "jq" && is_given('e')) ||
         (program.ends_with("grep") && !is_given('v') && !is_given('c'));
}

// The last program of the pipe that `at` begins or is in. What stands between are the scripts of
// $(...).
const ShellCommand& end_of_pipe(const std::vector<ShellCommand>& commands, std::size_t at) {
  for (std::size_t next = at + 1; next < commands.size() && commands[at].pipes; ++next) {
    if (commands[next].before == "|" || commands[next].before == "|&") {
      at = next;
    }
  }
  return commands[at];
}

void look_at_pipe(const std::vector<ShellCommand>& commands, std::size_t at, Reading& reading) {
  const ShellCommand& command = commands[at];
  if (command.pipes && !command.pipefail && !command.words.empty() &&
      !has(only_tell, program_of(command)) && !notices_nothing(end_of_pipe(commands, at))) {
    reading.find("pipe-hides-failure", command.line, program_of(command));
  }
}

bool ends_well(const ShellCommand& command) {
  const std::string first = first_of(command);
  return first == "true" || first == ":" ||
         (first == "exit" && command.words.size() == 2 && command.words[1] == "0");
}

void look_at_failure(const ShellCommand& command, const ShellCommand* left, Reading& reading) {
  const std::string first = first_of(command);
  const bool otherwise = command.before == "||" && !command.asked;
  const bool tells =
      (first == "echo" || first == "printf") && left != nullptr && !has(only_ask, first_of(*left));
  if ((otherwise && (ends_well(command) || tells)) ||
      (command.before == ";" && (first == "true" || first == ":") && !command.asked)) {
    reading.find("failure-ignored", command.line, command.before + " " + first);
  }
  if (first == "set" && command.words.size() > 1 && command.words[1].starts_with("+e")) {
    reading.find("failure-ignored", command.line, "set +e");
  }
}

bool throws_errors_away(const ShellCommand& command) {
  bool out = false;
  for (const Redirection& redirection : command.redirections) {
    const bool nowhere = redirection.target == "/dev/null";
    if (nowhere && (redirection.op == "2>" || redirection.op == "2>>" || redirection.op == "&>" ||
                       redirection.op == "&>>" || redirection.op == ">&")) {
      return true;
    }
    out = out || (nowhere && (redirection.op == ">" || redirection.op == "1>"));
    if (out && redirection.op == "2>&" && redirection.target == "1") {
      return true;
    }
  }
  return false;
}

std::string placeholder_in(const std::string& word) {
  static const std::regex named{
      R"(<[A-Za-z][\w:-]*(?: [\w:-]+)*>|YYYY[\w-]*|/path/to/|CHANGE_?ME|REPLACE_?ME|\b(?:your|YOUR)[_-]\w+)"};
  static const std::regex formats{R"(to_(?:char|date|timestamp)\s*\()"};
  std::smatch found;
  if (word == "...") {
    return word;
  }
  return !std::regex_search(word, formats) && std::regex_search(word, found, named) ? found[0].str()
                                                                                    : std::string{};
}

void look_at_placeholders(const ShellCommand& command, Reading& reading) {
  std::vector<std::string> texts = command.words;
  texts.insert(texts.end(), command.assignments.begin(), command.assignments.end());
  for (const Redirection& redirection : command.redirections) {
    texts.push_back(redirection.target);
  }
  for (const std::string& text : texts) {
    if (const std::string placeholder = placeholder_in(text); !placeholder.empty()) {
      reading.find("placeholder", command.line, placeholder);
    }
  }
}

// The variable that alone decides what goes; empty when it cannot be empty.
std::string bare_variable_in(const std::string& word) {
  static const std::regex variable{R"(\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)([^}]*)\}))"};
  for (std::sregex_iterator found{word.begin(), word.end(), variable}, end; found != end; ++found) {
    const std::string rest = (*found)[3].str();
    if (!rest.starts_with(":?") && !rest.starts_with(":-")) {
      return (*found)[1].matched ? (*found)[1].str() : (*found)[2].str();
    }
  }
  return {};
}

bool is_set_before(
    const std::string& name, const ShellCommand& end, const std::vector<ShellCommand>& commands) {
  const auto sets = [&](const std::string& text) {
    return text.starts_with(name + "=") && text.size() > name.size() + 1 &&
           text[name.size() + 1] != '$';
  };
  for (const ShellCommand& command : commands) {
    if (&command == &end) {
      break;
    }
    const bool exports = first_of(command) == "export" || first_of(command) == "declare";
    if ((command.words.empty() &&
            std::any_of(command.assignments.begin(), command.assignments.end(), sets)) ||
        (exports && std::any_of(command.words.begin(), command.words.end(), sets))) {
      return true;
    }
  }
  return false;
}

void look_at_removal(
    const ShellCommand& command, const std::vector<ShellCommand>& commands, Reading& reading) {
  if (program_of(command) != "rm" || command.nounset) {
    return;
  }
  const std::vector<std::string> words = arguments_of(command);
  const bool whole = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word == "--recursive" || (word.starts_with('-') && !word.starts_with("--") &&
                                        word.find_first_of("rR") != std::string::npos);
  });
  for (const std::string& word : words) {
    const std::string name = whole ? bare_variable_in(word) : "";
    if (!name.empty() && !is_set_before(name, command, commands)) {
      reading.find("rm-of-a-variable", command.line, name);
    }
  }
}

}  // namespace

void look_at_shell(Reading& reading) {
  for (const ReadBlock& read : reading.blocks()) {
    if (!read.block->fenced) {
      reading.find("not-in-a-block", read.block->line);
    }
    const ShellCommand* left = nullptr;
    for (std::size_t at = 0; at < read.commands.size(); ++at) {
      const ShellCommand& command = read.commands[at];
      look_at_pipe(read.commands, at, reading);
      look_at_failure(command, left, reading);
      if (throws_errors_away(command) && !command.asked && !has(only_ask, first_of(command))) {
        reading.find("errors-hidden", command.line, program_of(command));
      }
      look_at_placeholders(command, reading);
      look_at_removal(command, read.commands, reading);
      left = &command;
    }
  }
}

}  // namespace pgrehearse
