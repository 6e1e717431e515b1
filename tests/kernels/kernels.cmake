# Each kernel at each level against the reference.
rqa_check_test(kernels_bits INTERNAL OWN_LEVELS)
rqa_check_test(kernels_distance INTERNAL OWN_LEVELS)
rqa_check_test(kernels_sweep INTERNAL OWN_LEVELS)
rqa_check_test(kernels_network INTERNAL OWN_LEVELS)
rqa_check_test(kernels_window INTERNAL OWN_LEVELS)
rqa_check_test(kernels_tiles INTERNAL OWN_LEVELS)
rqa_check_test(kernels_eroded INTERNAL OWN_LEVELS)
if(RQA_X86_64)
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/spill_avx2.c PROPERTIES COMPILE_OPTIONS
                              "${RQA_AVX2_FLAGS}")
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/spill_avx512.c PROPERTIES COMPILE_OPTIONS
                              "${RQA_AVX512_FLAGS}")
  rqa_check_test(spills INTERNAL SOURCES spill_avx2.c spill_avx512.c)
endif()
