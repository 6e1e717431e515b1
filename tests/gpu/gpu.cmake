# Planted kernel bugs, a third of them; tests/gpu/mutations.sh without "short" plants all.
if(NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  rqa_add_test(gpu_mutations COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gpu/mutations.sh
               ${PROJECT_SOURCE_DIR} $<TARGET_FILE:test_device> $<TARGET_FILE:test_device_parts> short
               LABELS heavy emulator ENVIRONMENT CXX=${CMAKE_CXX_COMPILER})
endif()

# The benchmark of a device; here only kept alive.
if(TARGET rqa_readers)
  add_executable(gpu_bench gpu/gpu_bench.c bench/bench_data.c bench/bench_report.c
                 bench/bench_json.c bench/bench_machine.c)
  target_include_directories(gpu_bench PRIVATE ${PROJECT_SOURCE_DIR}/lib)
  target_compile_definitions(gpu_bench PRIVATE
                             RQA_BENCH_RECORDINGS="${PROJECT_SOURCE_DIR}/examples/data")
  target_link_libraries(gpu_bench PRIVATE rqa_flags rqa_static rqa_readers m)
  add_dependencies(gpu_bench rqa_cuda_emulated fake_cublas)
  rqa_add_test(gpu_bench_smoke COMMAND gpu_bench --tiny LABELS emulator
               ENVIRONMENT RQA_PLUGIN_PATH=$<TARGET_FILE:rqa_cuda_emulated>
               ${rqa_products_environment} RQA_CUBLAS_PATH=$<TARGET_FILE:fake_cublas>)
endif()

# Odd data on both, here short.
add_executable(gpu_odd gpu/gpu_odd.c)
target_include_directories(gpu_odd PRIVATE ${PROJECT_SOURCE_DIR}/lib)
target_link_libraries(gpu_odd PRIVATE rqa_flags rqa_static m)
add_dependencies(gpu_odd rqa_cuda_emulated)
rqa_add_test(gpu_odd_smoke COMMAND gpu_odd ${PROJECT_SOURCE_DIR}/examples/data/ecg/ecg.csv 500
             LABELS emulator ENVIRONMENT RQA_PLUGIN_PATH=$<TARGET_FILE:rqa_cuda_emulated>)

rqa_add_test(gpu_run COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gpu/run_test.sh LABELS emulator)

# The kit that is carried to a card, rehearsed where there is nothing but glibc and a shell.
if(TARGET gpu_bench AND TARGET rqa_program AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  rqa_add_test(gpu_kit COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gpu/kit_test.sh ${PROJECT_BINARY_DIR}
               LABELS emulator)
  set_tests_properties(gpu_kit PROPERTIES SKIP_RETURN_CODE 77)
endif()

# The public interface, all on the (emulated) GPU, and on it and threads.
foreach(backend gpu hybrid)
  foreach(name brute oracles dialects single_vector closed_forms algebra brute_batch range)
    rqa_add_test(${name}_${backend} COMMAND test_${name} LABELS check emulator ENVIRONMENT
                 RQA_BACKEND=${backend} RQA_PLUGIN_PATH=$<TARGET_FILE:rqa_cuda_emulated>
                 RQA_TEST_DRAWS=200)
  endforeach()
endforeach()
