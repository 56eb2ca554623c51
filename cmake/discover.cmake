# Makes ctest tests of GoogleTest cases.
include(GoogleTest)

# Makes ctest read a script when it starts, with these definitions before it.
function(pgrehearse_at_test_time name)
  list(JOIN ARGN "\n" lines)
  file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.cmake" CONTENT "${lines}\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.cmake")
endfunction()

function(pgrehearse_timeout result seconds)
  if(PGREHEARSE_SANITIZE)
    math(EXPR seconds "3 * ${seconds}")
  endif()
  set(${result} ${seconds} PARENT_SCOPE)
endfunction()

# Lists the cases of a program when ctest starts and gives them their properties.
# The properties go through a script of their own: handed to gtest_discover_tests, a list of labels or
# fixtures would be torn apart and the properties after it lost.
function(pgrehearse_discover target)
  cmake_parse_arguments(ARG "SERIAL" "PREFIX;LABEL;TIMEOUT;LOCK" "FIXTURES" ${ARGN})
  string(MAKE_C_IDENTIFIER "cases_of_${target}" cases)
  gtest_discover_tests(${target}
    TEST_LIST ${cases}
    TEST_PREFIX "${ARG_PREFIX}"
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 120
    NO_PRETTY_VALUES
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  pgrehearse_timeout(timeout ${ARG_TIMEOUT})
  list(PREPEND ARG_FIXTURES host)
  # Generated: a plain semicolon would end the line there.
  list(JOIN ARG_FIXTURES "$<SEMICOLON>" fixtures)
  set(properties "LABELS ${ARG_LABEL} TIMEOUT ${timeout} FIXTURES_REQUIRED \"${fixtures}\"")
  if(ARG_LOCK)
    string(APPEND properties " RESOURCE_LOCK ${ARG_LOCK}")
  endif()
  if(ARG_SERIAL)
    string(APPEND properties " RUN_SERIAL TRUE")
  endif()
  pgrehearse_at_test_time(${cases}
    "if(${cases})"
    "  set_tests_properties(\${${cases}} PROPERTIES ${properties})"
    "endif()")
endfunction()

# The cases of the program itself: see list_drills.cmake.
function(pgrehearse_discover_drills target)
  cmake_parse_arguments(ARG "" "TIMEOUT" "" ${ARGN})
  pgrehearse_timeout(timeout ${ARG_TIMEOUT})
  pgrehearse_at_test_time(drills
    "set(PROGRAM \"$<TARGET_FILE:${target}>\")"
    "set(SOURCE_DIR \"${PROJECT_SOURCE_DIR}\")"
    "set(TIMEOUT ${timeout})"
    "include(\"${PROJECT_SOURCE_DIR}/cmake/list_drills.cmake\")")
endfunction()

# A GoogleTest program of ours, its cases known to ctest.
function(pgrehearse_add_tests target)
  cmake_parse_arguments(ARG "SERIAL" "PREFIX;LABEL;TIMEOUT;LOCK" "SOURCES;LINKS;FIXTURES" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE "PGREHEARSE_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
  pgrehearse_needs_companions(${target})
  set(serial "")
  if(ARG_SERIAL)
    set(serial SERIAL)
  endif()
  pgrehearse_discover(${target}
    PREFIX "${ARG_PREFIX}" LABEL "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT} LOCK "${ARG_LOCK}" FIXTURES ${ARG_FIXTURES} ${serial})
endfunction()
