# One static library per folder of harness/, linked to exactly the folders its row in ci/layers.txt names.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/ci/layers.txt")
file(STRINGS "${PROJECT_SOURCE_DIR}/ci/layers.txt" layer_rows REGEX "^layer ")

# Defines pgrehearse_<folder> from its sources, less the programs' main files; a folder without any becomes
# an interface library.
function(pgrehearse_add_folder folder uses)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/harness/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/(pgrehearse|agent|watchdog)_program\\.cpp$")
  list(TRANSFORM uses PREPEND pgrehearse_)
  if(sources)
    add_library(pgrehearse_${folder} STATIC ${sources})
    target_link_libraries(pgrehearse_${folder}
      PUBLIC ${uses} pgrehearse_settings pgrehearse_sanitizers ${links_of_${folder}})
  else()
    add_library(pgrehearse_${folder} INTERFACE)
    target_link_libraries(pgrehearse_${folder}
      INTERFACE ${uses} pgrehearse_settings pgrehearse_sanitizers)
  endif()
endfunction()

foreach(row IN LISTS layer_rows)
  if(NOT row MATCHES "^layer +([a-z]+) *:(.*)$")
    message(FATAL_ERROR "ci/layers.txt: cannot read: ${row}")
  endif()
  set(folder "${CMAKE_MATCH_1}")
  separate_arguments(uses UNIX_COMMAND "${CMAKE_MATCH_2}")
  set(uses_of_${folder} ${uses})
  if(NOT folder MATCHES "^(scenarios|fixtures)$")
    pgrehearse_add_folder(${folder} "${uses}")
  endif()
endforeach()
