#include "harness/cli/help_verbs.hpp"

#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/host.hpp"

namespace pgrehearse {
namespace {

// Roff takes a point or an apostrophe at the start of a line for a request, and - for a hyphen.
std::string roff(const std::string& text) {
  std::string safe;
  bool at_start = true;
  for (const char letter : text) {
    if (at_start && (letter == '.' || letter == '\'')) {
      safe += "\\&";
    }
    if (letter == '\\') {
      safe += "\\e";
    } else if (letter == '-') {
      safe += "\\-";
    } else {
      safe += letter;
    }
    at_start = letter == '\n';
  }
  return safe;
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  const std::vector<const CLI::App*> all =
      app.get_subcommands([](const CLI::App*) { return true; });
  return {all.begin(), all.end()};
}

std::vector<std::string> flags_of(const CLI::App& verb) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  return flags;
}

std::string words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* verb : verbs_of(app)) {
    words.push_back(verb->get_name());
  }
  return joined(words, " ");
}

// Shells complete file names where an option or a verb takes them.
std::string bash(const CLI::App& app) {
  std::string text =
      "# bash completion of pgrehearse\n_pgrehearse() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]:-} words\n"
      "  if ((COMP_CWORD == 1)); then\n";
  text +=
      fmt::format("    words='{} --help --version'\n  else\n    case $verb in\n", words_of(app));
  for (const CLI::App* verb : verbs_of(app)) {
    text +=
        fmt::format("      {}) words='{}' ;;\n", verb->get_name(), joined(flags_of(*verb), " "));
  }
  text +=
      "      *) words='' ;;\n    esac\n  fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\n"
      "complete -o default -F _pgrehearse pgrehearse\n";
  return text;
}

std::string zsh(const CLI::App& app) {
  return "#compdef pgrehearse\nautoload -U +X bashcompinit && bashcompinit\n" + bash(app);
}

std::string in_fish_quotes(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    safe += letter == '\'' || letter == '\\' ? std::string{'\\', letter} : std::string{letter};
  }
  return "'" + safe + "'";
}

std::string fish(const CLI::App& app) {
  std::string text = "# fish completion of pgrehearse\n";
  for (const CLI::App* verb : verbs_of(app)) {
    text += fmt::format("complete -c pgrehearse -n __fish_use_subcommand -a {} -d {}\n",
        verb->get_name(), in_fish_quotes(verb->get_description()));
    for (const CLI::Option* option : verb->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        text +=
            fmt::format("complete -c pgrehearse -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                verb->get_name(), name, in_fish_quotes(option->get_description()));
      }
    }
  }
  return text;
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& version) {
  std::string text = fmt::format(
      ".TH PGREHEARSE 1 \"\" \"pgrehearse {}\"\n.SH NAME\npgrehearse \\- rehearse the recovery of "
      "a "
      "Postgres database\n.SH SYNOPSIS\n.B pgrehearse\n.I verb\n[options]\n.SH "
      "DESCRIPTION\n{}\n.SH "
      "VERBS\n",
      version, roff(app.get_description()));
  for (const CLI::App* verb : verbs_of(app)) {
    text += fmt::format(".SS {}\n{}\n", roff(verb->get_name()), roff(verb->get_description()));
    for (const CLI::Option* option : verb->get_options()) {
      text += fmt::format(".TP\n.B {}\n{}\n",
          roff(option->get_name(option->get_positional(), true)), roff(option->get_description()));
    }
  }
  text += ".SH EXIT STATUS\n.nf\n";
  for (const std::string& line : lines_of(exit_status_help)) {
    if (line != "EXIT STATUS") {
      text += roff(line) + "\n";
    }
  }
  return text + ".fi\n";
}

std::string completion(const CLI::App& app, const std::string& shell) {
  return shell == "fish" ? fish(app) : shell == "zsh" ? zsh(app) : bash(app);
}

void add_help_verbs(CLI::App& app, VerbToRun& chosen) {
  CLI::App* man = app.add_subcommand("man", "Print the manual page");
  man->callback([&chosen, &app] {
    chosen = [&app] {
      fmt::print("{}", man_page(app, tool_version()));
      return exit_met;
    };
  });
  CLI::App* verb = app.add_subcommand("completion", "Print a completion script for a shell");
  const auto shell = std::make_shared<std::string>("bash");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([&chosen, &app, shell] {
    chosen = [&app, shell] {
      fmt::print("{}", completion(app, *shell));
      return exit_met;
    };
  });
}

}  // namespace pgrehearse
