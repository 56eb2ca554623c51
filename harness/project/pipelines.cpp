#include "harness/project/pipelines.hpp"

namespace pgrehearse {

Pipeline pipeline_for(Ci ci) {
  const PipelineFile script{"ci/rehearse", embedded_plain_pipeline, true};
  switch (ci) {
    case Ci::github:
      return {{script, {".github/workflows/pgrehearse.yml", embedded_github_pipeline}},
          "set the repository variable PGREHEARSE_PACKAGE to where you keep pgrehearse's .deb"};
    case Ci::gitlab:
      return {{script, {"ci/pgrehearse.gitlab-ci.yml", embedded_gitlab_pipeline}},
          "add to .gitlab-ci.yml 'include: [{local: ci/pgrehearse.gitlab-ci.yml}]', and set the "
          "variable PGREHEARSE_PACKAGE to where you keep pgrehearse's .deb"};
    case Ci::jenkins:
      return {{script, {"Jenkinsfile.pgrehearse", embedded_jenkins_pipeline}},
          "make a pipeline job of Jenkinsfile.pgrehearse, with PGREHEARSE_PACKAGE set to where you "
          "keep pgrehearse's .deb"};
    case Ci::none:
      break;
  }
  return {{script}, "let your CI or cron call ci/rehearse: gate, monthly, quarterly, overdue"};
}

std::string_view name_of(Ci ci) {
  switch (ci) {
    case Ci::github:
      return "GitHub Actions";
    case Ci::gitlab:
      return "GitLab CI";
    case Ci::jenkins:
      return "Jenkins";
    case Ci::none:
      break;
  }
  return "none that was recognised";
}

}  // namespace pgrehearse
