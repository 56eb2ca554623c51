# The JSON Schemas and the pipelines travel inside the program: it needs no installed file for them.
# Declared in harness/drill/embedded.hpp and harness/project/pipelines.hpp.
function(pgrehearse_embed target input name)
  set(source "${PROJECT_SOURCE_DIR}/${input}")
  if(NOT EXISTS "${source}")
    return()
  endif()
  set(output "${PROJECT_BINARY_DIR}/generated/${name}.cpp")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DINPUT=${source}" "-DOUTPUT=${output}" "-DNAME=${name}"
      -P "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    DEPENDS "${source}" "${PROJECT_SOURCE_DIR}/cmake/embed.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

pgrehearse_embed(pgrehearse_drill reports/schema/drill.schema.json embedded_drill_schema)
pgrehearse_embed(pgrehearse_drill reports/schema/record.schema.json embedded_record_schema)
pgrehearse_embed(pgrehearse_report reports/style.css embedded_report_style)
foreach(ci IN ITEMS github:github.yml gitlab:gitlab-ci.yml jenkins:Jenkinsfile plain:rehearse)
  string(REPLACE ":" ";" ci "${ci}")
  list(GET ci 0 name)
  list(GET ci 1 file)
  pgrehearse_embed(pgrehearse_project ci/pipelines/${file} embedded_${name}_pipeline)
endforeach()
