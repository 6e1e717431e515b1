# Other machines: cross builds in a folder of their own, one at a time.
if(RQA_X86_64 AND NOT CMAKE_CROSSCOMPILING AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE AND TARGET
   rqa_program AND TARGET first_analysis)
  foreach(target i386 aarch64 s390x musl windows macos)
    rqa_add_test(portability_${target} COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/portability.sh
                 ${target} ${PROJECT_BINARY_DIR} LABELS portability TIMEOUT 3600)
    set_tests_properties(portability_${target} PROPERTIES SKIP_RETURN_CODE 77
                         RESOURCE_LOCK portability)
  endforeach()
endif()

rqa_add_test(windows_suites COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/test_windows_suites.sh ${PROJECT_SOURCE_DIR}
             LABELS portability)

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
