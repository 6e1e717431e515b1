# What ThreadSanitizer runs, and how much of each suite the instrumented variants do.
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
