# The program, the examples and the demo as tests.
find_package(Python3 COMPONENTS Interpreter)

if(TARGET rqa_program)
  add_subdirectory(fuzz)
  if(Python3_FOUND)
    rqa_add_test(cli COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_cli.py
                 $<TARGET_FILE:rqa_program> "$ENV{RQA_TEST_DATA}" LABELS program)
    foreach(name reading formats curves suggest store invariants surrogates console)
      rqa_add_test(cli_${name} COMMAND ${Python3_EXECUTABLE} -B
                   ${CMAKE_CURRENT_LIST_DIR}/test_cli_${name}.py $<TARGET_FILE:rqa_program>
                   LABELS program)
    endforeach()
    add_executable(rqa_planted ${CMAKE_CURRENT_LIST_DIR}/planted_case.c)
    target_link_libraries(rqa_planted PRIVATE rqa_program_objects rqa_verify_tables)
    rqa_add_test(verify COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/test_verify.py
                 $<TARGET_FILE:rqa_program> $<TARGET_FILE:rqa_planted>
                 $<$<TARGET_EXISTS:rqa_cuda_emulated>:$<TARGET_FILE:rqa_cuda_emulated>>
                 LABELS program)
    rqa_add_test(cluster_array COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_LIST_DIR}/test_cluster.py $<TARGET_FILE:rqa_program>
                 ${PROJECT_SOURCE_DIR} LABELS program)
    if(TARGET rqa_mpi)
      rqa_add_test(cluster_mpi COMMAND ${Python3_EXECUTABLE} -B
                   ${CMAKE_CURRENT_LIST_DIR}/test_cluster.py $<TARGET_FILE:rqa_program>
                   ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa_mpi> LABELS example)
    elseif(RQA_BUILD_EXAMPLES)
      rqa_add_test(cluster_mpi COMMAND sh -c "echo no MPI: rqa_mpi was not built && exit 77"
                   LABELS example)
      set_tests_properties(cluster_mpi PROPERTIES SKIP_RETURN_CODE 77)
    endif()
  endif()
  rqa_add_test(demo COMMAND sh ${PROJECT_SOURCE_DIR}/examples/demo.sh LABELS program
               ENVIRONMENT RQA_DEMO_GRID=small RQA_DEMO_PROGRAM=$<TARGET_FILE:rqa_program>
               RQA_DEMO_OUT=${CMAKE_CURRENT_BINARY_DIR}/demo)
  set_tests_properties(demo PROPERTIES PASS_REGULAR_EXPRESSION "build included"
                       FAIL_REGULAR_EXPRESSION "rqa: ")
endif()

# rqa_example_test(NAME EXPRESSION [ARGUMENT ...]): runs and prints what it should.
function(rqa_example_test name expression)
  rqa_add_test(example_${name} COMMAND ${name} ${ARGN} LABELS example)
  set_tests_properties(example_${name} PROPERTIES PASS_REGULAR_EXPRESSION "${expression}")
endfunction()

if(TARGET first_analysis)
  rqa_example_test(first_analysis "^recurrence rate 0.3091, determinism 0.4118\n$")
  rqa_example_test(cross_recurrence "rr +0.319444 .*det +0.521739 .*2 diagonal lines of length 3")
  rqa_example_test(stream_monitor "band of determinism.*\nsample 3[0-9]+: .* leaves its band\n")
  rqa_example_test(text_plot "^ [.] [.] [.] # # # [.] # # [.] #\n.*\n4 diagonal lines of length 2\n")
  rqa_example_test(application "240 rows; rr 0.0[45][0-9]+, det 0.9[0-9]+ at dim")
  rqa_add_test(example_application_cancel COMMAND application cancel LABELS example)
  set_tests_properties(example_application_cancel PROPERTIES
                       PASS_REGULAR_EXPRESSION "stopped by the user\n$")
  rqa_example_test(batch_progress "series 5: done.*all done\n100 % of 1584 rows")
  rqa_add_test(example_batch_cancel COMMAND batch_progress 1 LABELS example)
  set_tests_properties(example_batch_cancel PROPERTIES PASS_REGULAR_EXPRESSION "cancelled\n[1-9]")
  if(TARGET cxx_caller)
    rqa_example_test(cxx_caller "determinism 0.994489.*as expected: RQA_ERROR_VALUE: dim is 0")
  endif()
endif()

# Python cannot load a library of another machine, nor one that needs a sanitizer's runtime first.
if(Python3_FOUND AND NOT RQA_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  rqa_add_test(example_ctypes COMMAND ${Python3_EXECUTABLE}
               ${PROJECT_SOURCE_DIR}/examples/ctypes_caller.py $<TARGET_FILE:rqa> LABELS example)
  set_tests_properties(example_ctypes PROPERTIES PASS_REGULAR_EXPRESSION
                       "det +1\n.*as expected: dim 5")
  rqa_add_test(readme COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/docs/test_readme.py
               ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa> LABELS example)
endif()
