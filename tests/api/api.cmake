# The public functions as a caller meets them: errors, memory, layout, the brute force over all options.
if(NOT RQA_STORE OR NOT RQA_PNG)
  rqa_check_test(minimal)
  target_compile_definitions(test_minimal PRIVATE RQA_TEST_STORE=$<BOOL:${RQA_STORE}>
                             RQA_TEST_PNG=$<BOOL:${RQA_PNG}>)
endif()
rqa_check_test(single_vector LEVELS)
rqa_check_test(brute LEVELS)
rqa_check_test(range INTERNAL LEVELS SOURCES unbounded.c)
rqa_check_test(layout)
rqa_check_test(errors)
rqa_check_test(resources LIBRARIES ${CMAKE_DL_LIBS})
rqa_check_test(alloc)
rqa_check_test(cancel)
