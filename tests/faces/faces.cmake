# The tests of the faces for R, MATLAB and Octave. What they share is a test of its own, in C.
set(rqa_host_folder ${PROJECT_SOURCE_DIR}/examples/support)
rqa_check_test(host_job SOURCES ${rqa_host_folder}/host_job.c ${rqa_host_folder}/host_names.c
               ${rqa_host_folder}/host_request.c)
target_include_directories(test_host_job PRIVATE ${rqa_host_folder})

# R and Octave cannot load a library that needs a sanitizer's runtime first.
if(RQA_SANITIZE OR RQA_COVERAGE OR CMAKE_CROSSCOMPILING OR NOT TARGET rqa_program)
  return()
endif()
foreach(what check pkg-config bundle)
  string(REPLACE - _ name r_${what})
  rqa_add_test(${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/r/test_r.sh ${what}
               ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} $<TARGET_FILE:rqa>
               $<TARGET_FILE:rqa_program> LABELS r)
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
rqa_add_test(matlab COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/matlab/test_matlab.sh
             ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa> $<TARGET_FILE:rqa_program> LABELS matlab)
set_tests_properties(matlab PROPERTIES SKIP_RETURN_CODE 77)
