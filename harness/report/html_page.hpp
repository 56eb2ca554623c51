// The frame of every HTML page of ours.
#pragma once

#include <string>

namespace pgrehearse {

/// A whole document: style and shapes are in it. `title` is raw text, `body` HTML.
[[nodiscard]] std::string html_page(const std::string& title, const std::string& body);

}  // namespace pgrehearse
