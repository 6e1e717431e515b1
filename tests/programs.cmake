# The program, the examples and the demo as tests.
find_package(Python3 COMPONENTS Interpreter)

if(TARGET rqa_program)
  find_package(ZLIB REQUIRED)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/test_readers.c)
    rqa_check_test(readers LIBRARIES rqa_readers ZLIB::ZLIB)
  endif()
  if(Python3_FOUND)
    rqa_add_test(cli COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_cli.py
                 $<TARGET_FILE:rqa_program> "$ENV{RQA_TEST_DATA}" LABELS program TIMEOUT 900)
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
  rqa_example_test(text_plot "^ [.] [.] [.] # # # [.] # # [.] #\n.*\n4 diagonal lines of length 2\n")
  rqa_example_test(application "240 rows; rr 0.0[45][0-9]+, det 0.9[0-9]+ at dim")
  rqa_add_test(example_application_cancel COMMAND application cancel LABELS example)
  set_tests_properties(example_application_cancel PROPERTIES
                       PASS_REGULAR_EXPRESSION "stopped by the user\n$")
  rqa_example_test(batch_progress "series 5: done.*all done\n100 % of 1584 rows")
  rqa_add_test(example_batch_cancel COMMAND batch_progress 30 LABELS example)
  set_tests_properties(example_batch_cancel PROPERTIES PASS_REGULAR_EXPRESSION "cancelled\n[3-9]")
  if(TARGET cxx_caller)
    rqa_example_test(cxx_caller "determinism 0.994489.*as expected: RQA_ERROR_VALUE: dim is 0")
  endif()
endif()

# Python cannot load a library that needs a sanitizer's runtime first.
if(Python3_FOUND AND NOT RQA_SANITIZE)
  rqa_add_test(example_ctypes COMMAND ${Python3_EXECUTABLE}
               ${PROJECT_SOURCE_DIR}/examples/ctypes_caller.py $<TARGET_FILE:rqa> LABELS example)
  set_tests_properties(example_ctypes PROPERTIES PASS_REGULAR_EXPRESSION
                       "det +1\n.*as expected: dim 5")
  rqa_add_test(readme COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_readme.py
               ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa> LABELS example)
endif()

# What ThreadSanitizer runs.
set_property(TEST batch batch_control cancel algebra brute_batch engine_bits engine_sweep
             APPEND PROPERTY LABELS threads)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_definitions(test_engine_sweep PRIVATE TEST_SWEEP_X86)
endif()
if(RQA_SANITIZE OR RQA_COVERAGE)
  # Engine tests are slow under instruments; the release build draws in full.
  set_property(TEST engine_bits engine_sweep APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=20)
  set_property(TEST brute brute_batch APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=800)
  set_property(TEST founding APPEND PROPERTY ENVIRONMENT RQA_TEST_STEP=37)
else()
  set_property(TEST founding_ref APPEND PROPERTY ENVIRONMENT RQA_TEST_STEP=7)
  set_property(TEST engine_sweep APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=80)
endif()

if(RQA_INSTALL AND TARGET rqa_program AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  rqa_add_test(consumer COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/consumer.sh ${PROJECT_BINARY_DIR}
               ${PROJECT_SOURCE_DIR} LABELS consumer)
endif()

# A processor without AVX must be able to run the same library.
find_program(RQA_QEMU qemu-x86_64)
if(RQA_QEMU AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT RQA_SANITIZE AND NOT
   RQA_COVERAGE)
  foreach(name oracles closed_forms)
    rqa_add_test(${name}_nehalem COMMAND ${RQA_QEMU} -cpu Nehalem $<TARGET_FILE:test_${name}>
                 LABELS levels ENVIRONMENT CK_FORK=no)
  endforeach()
else()
  message(STATUS "no qemu-x86_64: the tests on an emulated Nehalem are left out")
endif()
