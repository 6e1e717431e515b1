# Grids over many series: rows, events, cost, memory, sharing.
rqa_check_test(brute_batch LEVELS)
rqa_check_test(batch_neighbourhood LEVELS SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(batch_windows LEVELS SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(founding LEVELS)
target_compile_definitions(test_founding PRIVATE
                           RQA_TEST_GAZE="${PROJECT_SOURCE_DIR}/examples/data/gaze/video2d/p01_fist3.csv")
rqa_check_test(pace INTERNAL)
rqa_check_test(batch_costs INTERNAL)
rqa_check_test(plan_memory SOURCES counted_heap.c)
rqa_check_test(memory_needs SOURCES counted_heap.c)
rqa_check_test(batch_needs)
rqa_check_test(batch)
rqa_check_test(batch_control)
