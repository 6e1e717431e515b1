# Batches, alone and beside threads; the plugin is found as anywhere else.
rqa_check_test(batch_devices SOURCES store_jobs.c emulator_control.c
               LIBRARIES SQLite::SQLite3 ${CMAKE_DL_LIBS})
add_dependencies(test_batch_devices rqa_cuda_emulated)
set_property(TEST batch_devices PROPERTY LABELS check threads emulator)
set_property(TEST batch_devices APPEND PROPERTY ENVIRONMENT
             RQA_PLUGIN_PATH=$<TARGET_FILE:rqa_cuda_emulated>)
if(RQA_SANITIZE MATCHES "thread")
  set_property(TEST batch_devices APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=devices
               RQA_TEST_SAMPLES=20 RQA_TEST_STEP=4)
elseif(RQA_SANITIZE OR RQA_COVERAGE)
  set_property(TEST batch_devices APPEND PROPERTY ENVIRONMENT RQA_TEST_SAMPLES=30 RQA_TEST_STEP=2)
endif()

# Measures of what devices have counted, by threads beside them.
rqa_check_test(batch_desk SOURCES emulator_control.c LIBRARIES ${CMAKE_DL_LIBS})
add_dependencies(test_batch_desk rqa_cuda_emulated)
set_property(TEST batch_desk PROPERTY LABELS check threads emulator)
set_property(TEST batch_desk APPEND PROPERTY ENVIRONMENT
             RQA_PLUGIN_PATH=$<TARGET_FILE:rqa_cuda_emulated>)
if(RQA_SANITIZE MATCHES "thread")
  set_property(TEST batch_desk APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=races RQA_TEST_SERIES=1)
endif()
