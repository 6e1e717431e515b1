# The tests of the Python face. A sanitizer's runtime would have to be loaded before Python.
if(RQA_SANITIZE OR RQA_COVERAGE OR NOT Python3_FOUND)
  return()
endif()

# An interpreter with NumPy, if there is one; without, the tests say that they are skipped.
set(rqa_python ${Python3_EXECUTABLE})
foreach(candidate ${Python3_EXECUTABLE} /usr/bin/python3)
  execute_process(COMMAND ${candidate} -c "import numpy" RESULT_VARIABLE failed OUTPUT_QUIET
                  ERROR_QUIET)
  if(NOT failed)
    set(rqa_python ${candidate})
    break()
  endif()
endforeach()

foreach(name analysis arrays cell_rules cffi declarations docs executor files given interrupt
        invariants lifetime neighbourhood network optional pandas peers plot readme sampled sampling
        significance statistics store store_copies study suggest sweep tables tqdm types windows)
  rqa_add_test(python_${name}
               COMMAND ${rqa_python} -B ${CMAKE_CURRENT_LIST_DIR}/test_py_${name}.py
               LABELS python ENVIRONMENT RQA_LIBRARY=$<TARGET_FILE:rqa>)
  set_tests_properties(python_${name} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
# A page, and a browser that uses it.
foreach(name live live_browser)
  rqa_add_test(python_${name} COMMAND ${rqa_python} -B ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py
               LABELS python)
  set_tests_properties(python_${name} PROPERTIES SKIP_RETURN_CODE 77)
endforeach()
if(TARGET rqa_program)
  set_property(TEST python_files APPEND PROPERTY ENVIRONMENT
               RQA_READERS=$<TARGET_FILE:rqa_readers_shared>
               RQA_TEST_PROGRAM=$<TARGET_FILE:rqa_program>)
  set_property(TEST python_analysis python_significance python_live python_live_browser
               APPEND PROPERTY ENVIRONMENT
               RQA_TEST_PROGRAM=$<TARGET_FILE:rqa_program>)
endif()
# It measures time.
set_tests_properties(python_interrupt PROPERTIES RUN_SERIAL TRUE)

rqa_add_test(python_install
             COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/test_py_install.sh ${rqa_python}
             ${PROJECT_SOURCE_DIR} $<TARGET_FILE:rqa> LABELS package)
set_tests_properties(python_install PROPERTIES SKIP_RETURN_CODE 77)
