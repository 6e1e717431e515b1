# The program, the examples and the demo as tests.
find_package(Python3 COMPONENTS Interpreter)

if(TARGET rqa_program)
  find_package(ZLIB REQUIRED)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/test_readers.c)
    rqa_check_test(readers LIBRARIES rqa_readers ZLIB::ZLIB)
  endif()
  rqa_check_test(reader_shapes LIBRARIES rqa_readers)
  rqa_check_test(curves LIBRARIES rqa_readers)
  rqa_check_test(eye_trackers LIBRARIES rqa_readers)
  add_subdirectory(fuzz)
  if(Python3_FOUND)
    rqa_add_test(cli COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_cli.py
                 $<TARGET_FILE:rqa_program> "$ENV{RQA_TEST_DATA}" LABELS program)
    rqa_add_test(cli_reading COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_reading.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cli_curves COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_curves.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cli_suggest COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_suggest.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cli_store COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_store.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cli_invariants COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_invariants.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cli_surrogates COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_surrogates.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    add_executable(rqa_planted planted_case.c)
    target_link_libraries(rqa_planted PRIVATE rqa_program_objects rqa_verify_tables)
    rqa_add_test(verify COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/test_verify.py
                 $<TARGET_FILE:rqa_program> $<TARGET_FILE:rqa_planted>
                 $<$<TARGET_EXISTS:rqa_cuda_emulated>:$<TARGET_FILE:rqa_cuda_emulated>>
                 LABELS program)
    rqa_add_test(cli_console COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cli_console.py $<TARGET_FILE:rqa_program>
                 LABELS program)
    rqa_add_test(cluster_array COMMAND ${Python3_EXECUTABLE} -B
                 ${CMAKE_CURRENT_SOURCE_DIR}/test_cluster.py $<TARGET_FILE:rqa_program>
                 ${PROJECT_SOURCE_DIR} LABELS program)
    if(TARGET rqa_mpi)
      rqa_add_test(cluster_mpi COMMAND ${Python3_EXECUTABLE} -B
                   ${CMAKE_CURRENT_SOURCE_DIR}/test_cluster.py $<TARGET_FILE:rqa_program>
                   ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa_mpi> LABELS example)
    elseif(RQA_BUILD_EXAMPLES)
      rqa_add_test(cluster_mpi COMMAND sh -c "echo no MPI: rqa_mpi was not built; exit 77"
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
  rqa_add_test(readme COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/test_readme.py
               ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa> LABELS example)
endif()

# What ThreadSanitizer runs.
set_property(TEST batch batch_control cancel store store_cancel store_merge algebra brute_batch
             engine_bits engine_tiles engine_sweep rows lag_profile
             APPEND PROPERTY LABELS threads)
if(RQA_SANITIZE OR RQA_COVERAGE)
  # Engine tests are slow under instruments; the release build draws in full.
  set_property(TEST bits_filter diameter engine_bits engine_tiles engine_sweep kernels_bits kernels_distance kernels_tiles
               kernels_sweep rows APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=20)
  set_property(TEST brute brute_batch lag_profile APPEND PROPERTY ENVIRONMENT
               RQA_TEST_DRAWS=300)
  set_property(TEST founding APPEND PROPERTY ENVIRONMENT RQA_TEST_STEP=37)
  set_property(TEST plan_memory APPEND PROPERTY ENVIRONMENT RQA_TEST_DIVIDE=2)
  set_property(TEST store_disk store_faults store_alloc APPEND PROPERTY ENVIRONMENT RQA_TEST_STEP=7
               RQA_TEST_KILLS=40 RQA_TEST_PAGES=20 RQA_TEST_SQLITE_STEP=400 RQA_TEST_RECORDINGS=500)
else()
  set_property(TEST founding_ref APPEND PROPERTY ENVIRONMENT RQA_TEST_STEP=7)
  set_property(TEST engine_sweep APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=80)
endif()

if(RQA_INSTALL AND TARGET rqa_program AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  add_subdirectory(consumer)
  if(Python3_FOUND AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_subdirectory(abi)
  endif()
  find_program(RQA_DPKG_BUILDFLAGS dpkg-buildflags)
  if(RQA_DPKG_BUILDFLAGS)
    # Alone: what it installs would hide a consumer's mistakes.
    rqa_add_test(packages COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/deb_packages.sh
                 ${PROJECT_BINARY_DIR}/debian LABELS package)
    set_tests_properties(packages PROPERTIES RUN_SERIAL ON)
  else()
    message(STATUS "no dpkg-buildflags: the Debian packages are not tested")
  endif()
endif()

# Other machines: cross builds in a folder of their own, one at a time.
if(RQA_X86_64 AND NOT CMAKE_CROSSCOMPILING AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE AND TARGET
   rqa_program AND TARGET first_analysis)
  foreach(target i386 aarch64 s390x musl)
    rqa_add_test(portability_${target} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/portability.sh
                 ${target} ${PROJECT_BINARY_DIR} LABELS portability TIMEOUT 3600)
    set_tests_properties(portability_${target} PROPERTIES SKIP_RETURN_CODE 77
                         RESOURCE_LOCK portability)
  endforeach()
endif()

# A processor without AVX must be able to run the same library.
find_program(RQA_QEMU qemu-x86_64)
if(RQA_QEMU AND RQA_X86_64 AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  foreach(name oracles closed_forms)
    rqa_add_test(${name}_nehalem COMMAND ${RQA_QEMU} -cpu Nehalem $<TARGET_FILE:test_${name}>
                 LABELS levels ENVIRONMENT CK_FORK=no)
  endforeach()
else()
  message(STATUS "no qemu-x86_64: the tests on an emulated Nehalem are left out")
endif()
