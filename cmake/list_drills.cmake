# Read by ctest, not by cmake: asks the program for its cases and makes tests of them, drill/... and drill/local/...
# of what it runs, sabotage/... of what it proves. Expects PROGRAM, SOURCE_DIR and TIMEOUT.
#
# gtest_discover_tests is not used for it: it takes "[  SKIPPED ]" in the output for "skipped", whatever the
# exit status. A drill that was skipped is not proven, the program says so with status 2, and that must fail.
foreach(verb IN ITEMS run prove)
  execute_process(COMMAND "${PROGRAM}" ${verb} --gtest_list_tests
    WORKING_DIRECTORY "${SOURCE_DIR}" OUTPUT_VARIABLE listing RESULT_VARIABLE status TIMEOUT 60)
  string(REGEX MATCHALL "[^\n]+" lines "${listing}")
  # Every scenario runs on the best engine here, which is a container engine where there is one, and on local
  # processes too. What a sabotage breaks lies above the engines: local processes do.
  if(verb STREQUAL "prove")
    set(kinds sabotage)
  else()
    set(kinds drill drill/local)
  endif()
  set(cases_of_${verb} 0)
  foreach(line IN LISTS lines)
    if(line MATCHES "^([^ ]+\\.)( |$)")
      set(suite "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^  ([^ ]+)")
      set(case "${suite}${CMAKE_MATCH_1}")
      math(EXPR cases_of_${verb} "${cases_of_${verb}} + 1")
      foreach(kind IN LISTS kinds)
        add_test("${kind}/${case}" "${PROGRAM}" ${verb} "--gtest_filter=${case}")
        string(REGEX REPLACE "/.*" "" label "${kind}")
        set_tests_properties("${kind}/${case}" PROPERTIES WORKING_DIRECTORY "${SOURCE_DIR}"
          LABELS ${label} TIMEOUT ${TIMEOUT} FIXTURES_REQUIRED host)
        if(NOT kind STREQUAL "drill")
          set_tests_properties("${kind}/${case}" PROPERTIES ENVIRONMENT PGREHEARSE_ENGINE=local)
        endif()
      endforeach()
    endif()
  endforeach()

  # No program, or one that lists nothing: a test that fails, in place of a suite that is green for being empty.
  if(NOT status EQUAL 0 OR cases_of_${verb} EQUAL 0)
    add_test(drill/the-program-lists-its-cases-to-${verb} "${PROGRAM}" ${verb} --gtest_list_tests)
    set_tests_properties(drill/the-program-lists-its-cases-to-${verb} PROPERTIES
      LABELS drill PASS_REGULAR_EXPRESSION "^[A-Z][A-Za-z]+\\.\n  ")
  endif()
endforeach()
