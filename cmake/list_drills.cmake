# Read by ctest, not by cmake: asks the program for its cases and makes a test of each, drill/... or, for suites
# with Sabotage in their name, sabotage/... Expects PROGRAM, SOURCE_DIR and TIMEOUT.
#
# gtest_discover_tests is not used for it: it takes "[  SKIPPED ]" in the output for "skipped", whatever the
# exit status. A drill that was skipped is not proven, the program says so with status 2, and that must fail.
execute_process(COMMAND "${PROGRAM}" --gtest_list_tests
  WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE listing RESULT_VARIABLE status TIMEOUT 60)
string(REGEX MATCHALL "[^\n]+" lines "${listing}")
set(cases 0)
foreach(line IN LISTS lines)
  if(line MATCHES "^([^ ]+\\.)( |$)")
    set(suite "${CMAKE_MATCH_1}")
  elseif(line MATCHES "^  ([^ ]+)")
    set(case "${suite}${CMAKE_MATCH_1}")
    if(suite MATCHES "Sabotage")
      set(kind sabotage)
    else()
      set(kind drill)
    endif()
    add_test("${kind}/${case}" "${PROGRAM}" "--gtest_filter=${case}")
    set_tests_properties("${kind}/${case}" PROPERTIES WORKING_DIRECTORY "${SOURCE_DIR}"
      LABELS ${kind} TIMEOUT ${TIMEOUT} FIXTURES_REQUIRED host RESOURCE_LOCK engine)
    math(EXPR cases "${cases} + 1")
    # The best engine here is a container engine where there is one; every scenario runs on local processes too.
    if(kind STREQUAL drill)
      add_test("drill/local/${case}" "${PROGRAM}" "--gtest_filter=${case}")
      set_tests_properties("drill/local/${case}" PROPERTIES WORKING_DIRECTORY "${SOURCE_DIR}"
        ENVIRONMENT PGREHEARSE_ENGINE=local
        LABELS drill TIMEOUT ${TIMEOUT} FIXTURES_REQUIRED host RESOURCE_LOCK engine)
    endif()
  endif()
endforeach()

# No program, or one that lists nothing: a test that fails, in place of a suite that is green for being empty.
if(NOT status EQUAL 0 OR cases EQUAL 0)
  add_test(drill/the-program-lists-its-cases "${PROGRAM}" --gtest_list_tests)
  set_tests_properties(drill/the-program-lists-its-cases PROPERTIES
    LABELS drill PASS_REGULAR_EXPRESSION "^[A-Z][A-Za-z]+\\.\n  ")
endif()
