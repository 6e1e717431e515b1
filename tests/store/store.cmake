# Batches into stores, and whatever may happen to a file.
rqa_check_test(store SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_faults SOURCES store_jobs.c LIBRARIES SQLite::SQLite3 ${CMAKE_DL_LIBS})
# INTERNAL: where rqa.dll has an SQLite of its own, these two reach into that of the library.
rqa_check_test(store_alloc INTERNAL SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_cancel SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_hostile SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_versions SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
target_compile_definitions(test_store_versions PRIVATE
                           RQA_TEST_OLD_STORE="${CMAKE_CURRENT_SOURCE_DIR}/data/store/numerics1.sqlite")
rqa_check_test(store_cursor SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_guard INTERNAL LIBRARIES SQLite::SQLite3)
rqa_check_test(store_merge SOURCES store_jobs.c LIBRARIES SQLite::SQLite3)
rqa_check_test(store_disk INTERNAL SOURCES faulty_vfs.c store_jobs.c LIBRARIES SQLite::SQLite3)
if(RQA_STORE)
  add_executable(store_exchange ${CMAKE_CURRENT_LIST_DIR}/store_exchange.c)
  target_link_libraries(store_exchange PRIVATE rqa rqa_flags)
endif()
