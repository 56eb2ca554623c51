// The pipelines of ci/pipelines, inside the program: init writes the one that fits.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/project/layout.hpp"

namespace pgrehearse {

extern const std::string_view embedded_github_pipeline, embedded_gitlab_pipeline,
    embedded_jenkins_pipeline, embedded_plain_pipeline;

struct PipelineFile {
  std::filesystem::path file;  ///< relative to the root of the repository
  std::string_view text;
  bool executable = false;
};

struct Pipeline {
  std::vector<PipelineFile> files;
  std::string next;  ///< what a person has to do by hand
};

/// The script that every pipeline calls, and the pipeline of this CI.
[[nodiscard]] Pipeline pipeline_for(Ci ci);
[[nodiscard]] std::string_view name_of(Ci ci);

}  // namespace pgrehearse
