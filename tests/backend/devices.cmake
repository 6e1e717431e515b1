# The plugin's tests: its sources compiled for the emulator and opened as a plugin, so that they run
# without a GPU; and fake plugins for the loader. RQA_TEST_PLUGIN runs the same on a real one.
include(${PROJECT_SOURCE_DIR}/cuda/sources.cmake)
rqa_add_emulated_plugin(rqa_cuda_emulated ${rqa_cuda_sources})
target_link_libraries(rqa_cuda_emulated PRIVATE ${CMAKE_DL_LIBS})
rqa_check_test(device INTERNAL SOURCES task_draws.c)
rqa_check_test(device_boxes INTERNAL SOURCES task_draws.c)
rqa_check_test(device_parts INTERNAL SOURCES task_draws.c part_oracle.c)
rqa_check_test(device_faults INTERNAL SOURCES task_draws.c emulator_control.c LIBRARIES ${CMAKE_DL_LIBS})
rqa_check_test(device_bundles INTERNAL SOURCES task_draws.c emulator_control.c LIBRARIES ${CMAKE_DL_LIBS})
rqa_check_test(device_lags INTERNAL SOURCES task_draws.c)
rqa_check_test(split INTERNAL SOURCES task_draws.c emulator_control.c LIBRARIES ${CMAKE_DL_LIBS})
foreach(name device device_boxes device_parts device_faults device_bundles device_lags split)
  add_dependencies(test_${name} rqa_cuda_emulated)
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT RQA_EMULATOR_WRITTEN=1
               RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated>)
  set_property(TEST ${name} PROPERTY LABELS check threads emulator)
endforeach()
if(RQA_SANITIZE MATCHES "thread") # some 30,000 pairs a second
  set_property(TEST device APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=races RQA_TEST_DRAWS=12)
  set_property(TEST device_boxes device_parts APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=4)
  set_property(TEST device_bundles APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=races)
  set_property(TEST split APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=races RQA_TEST_DRAWS=3)
  set_property(TEST device_lags APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=races RQA_TEST_DRAWS=3)
  set_property(TEST device_faults APPEND PROPERTY ENVIRONMENT RQA_TEST_RUNS=20)
elseif(RQA_SANITIZE OR RQA_COVERAGE)
  set_property(TEST device device_boxes device_parts device_faults device_lags APPEND PROPERTY ENVIRONMENT
               RQA_TEST_DRAWS=40 RQA_TEST_RUNS=300)
endif()
# The same tests with lanes, warps and blocks in other orders; parts as below, too.
foreach(order reverse shuffle)
  rqa_add_test(device_${order} COMMAND test_device LABELS check emulator ENVIRONMENT
               RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_ORDER=${order}
               RQA_TEST_DRAWS=60)
endforeach()

rqa_add_test(device_parts_shuffle COMMAND test_device_parts LABELS check emulator ENVIRONMENT
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_ORDER=shuffle
             RQA_EMULATOR_LAZY=1 RQA_EMULATOR_POISON=ff RQA_TEST_DRAWS=40 CK_RUN_CASE=parts)

rqa_add_test(device_lags_shuffle COMMAND test_device_lags LABELS check emulator ENVIRONMENT
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_ORDER=shuffle
             RQA_EMULATOR_LAZY=1 RQA_EMULATOR_POISON=ff RQA_TEST_DRAWS=40)

# Work that is done when somebody waits for it; fresh memory that reads as NaN.
rqa_add_test(device_lazy COMMAND test_device LABELS check emulator ENVIRONMENT
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_LAZY=1
             RQA_EMULATOR_POISON=ff RQA_TEST_DRAWS=60)

# Matrix products, with stand-ins for cuBLAS; the old one misses a function.
rqa_check_test(device_products INTERNAL SOURCES product_draws.c task_draws.c emulator_control.c
               LIBRARIES ${CMAKE_DL_LIBS})
set(rqa_products_environment RQA_EMULATOR_WRITTEN=1
    RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated>)
foreach(kind "" _old)
  add_library(fake_cublas${kind} MODULE ${CMAKE_CURRENT_LIST_DIR}/fake_cublas.c)
  target_link_libraries(fake_cublas${kind} PRIVATE rqa_flags m ${CMAKE_DL_LIBS})
  set_target_properties(fake_cublas${kind} PROPERTIES PREFIX "")
  string(TOUPPER "${kind}" suffix)
  list(APPEND rqa_products_environment RQA_TEST_CUBLAS${suffix}=$<TARGET_FILE:fake_cublas${kind}>)
  add_dependencies(test_device_products rqa_cuda_emulated fake_cublas${kind})
endforeach()
target_compile_definitions(fake_cublas_old PRIVATE FAKE_CUBLAS_OLD)

# As a guest of a host that uses CUDA itself, with a cuBLAS of another version than would be found.
rqa_check_test(device_guest INTERNAL SOURCES product_draws.c task_draws.c emulator_control.c
               LIBRARIES ${CMAKE_DL_LIBS})
add_dependencies(test_device_guest rqa_cuda_emulated fake_cublas)
foreach(version 12 13)
  add_library(fake_cublas_${version} SHARED ${CMAKE_CURRENT_LIST_DIR}/fake_cublas.c)
  target_link_libraries(fake_cublas_${version} PRIVATE rqa_flags m ${CMAKE_DL_LIBS})
  set_target_properties(fake_cublas_${version} PROPERTIES OUTPUT_NAME cublas SOVERSION ${version}
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/cublas_${version})
  add_dependencies(test_device_guest fake_cublas_${version})
endforeach()
set_property(TEST device_guest PROPERTY LABELS check threads emulator)
set_property(TEST device_guest APPEND PROPERTY ENVIRONMENT ${rqa_products_environment}
             RQA_TEST_CUBLAS_HOST=$<TARGET_FILE:fake_cublas_12>
             LD_LIBRARY_PATH=${CMAKE_CURRENT_BINARY_DIR}/cublas_13)
if(RQA_SANITIZE MATCHES "thread")
  set_property(TEST device_guest APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=guest)
endif()
set_property(TEST device_products PROPERTY LABELS check threads emulator)
set_property(TEST device_products APPEND PROPERTY ENVIRONMENT ${rqa_products_environment})
if(RQA_SANITIZE MATCHES "thread")
  set_property(TEST device_products APPEND PROPERTY ENVIRONMENT CK_RUN_CASE=tallies
               RQA_TEST_DRAWS=12)
elseif(RQA_SANITIZE OR RQA_COVERAGE)
  set_property(TEST device_products APPEND PROPERTY ENVIRONMENT RQA_TEST_DRAWS=40)
endif()
add_dependencies(test_device_parts fake_cublas)
set_property(TEST device_parts device_parts_shuffle APPEND PROPERTY ENVIRONMENT
             RQA_CUBLAS_PATH=$<TARGET_FILE:fake_cublas> FAKE_CUBLAS=within)
rqa_add_test(device_products_lazy COMMAND test_device_products LABELS check emulator ENVIRONMENT
             ${rqa_products_environment} RQA_EMULATOR_LAZY=1 RQA_EMULATOR_POISON=ff
             RQA_EMULATOR_ORDER=shuffle RQA_TEST_DRAWS=60)
# The same as on a card, where cuBLAS lies only where RQA_CUBLAS_PATH says.
rqa_add_test(device_products_verdicts COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/gpu/products_verdicts.sh
             $<TARGET_FILE:test_device_products> $<TARGET_FILE:rqa_cuda_emulated>
             $<TARGET_FILE:fake_cublas> $<TARGET_FILE:fake_cublas_old> LABELS check emulator
             ENVIRONMENT ${rqa_products_environment})

if(TARGET rqa_cuda)
  rqa_add_test(plugin_law COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/law/plugin_law.sh
               $<TARGET_FILE:rqa_cuda> ${PROJECT_SOURCE_DIR} LABELS law)
  # With a card or without, it says what there is.
  rqa_add_test(devices COMMAND rqa_program devices LABELS program)
  set_tests_properties(devices PROPERTIES PASS_REGULAR_EXPRESSION
                       "gpu +(yes .* CUDA driver |no +no usable GPU: CUDA error )")
endif()

# Plugins that are broken in one way each, numbered as in fake_plugin.c.
set(rqa_fake_number 0)
rqa_check_test(plugin INTERNAL)
foreach(fake wrong_abi no_symbol short_table null_function entry_fails entry_silent no_device
        bad_device no_memory fails unsupported works edges)
  math(EXPR rqa_fake_number "${rqa_fake_number} + 1")
  add_library(fake_plugin_${fake} MODULE ${CMAKE_CURRENT_LIST_DIR}/fake_plugin.c)
  target_include_directories(fake_plugin_${fake} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(fake_plugin_${fake} PRIVATE FAKE=${rqa_fake_number})
  target_link_libraries(fake_plugin_${fake} PRIVATE rqa_flags m)
  set_target_properties(fake_plugin_${fake} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
  add_dependencies(test_plugin fake_plugin_${fake})
endforeach()
add_dependencies(test_device_parts fake_plugin_edges)
set_property(TEST plugin device_parts APPEND PROPERTY ENVIRONMENT RQA_TEST_FAKES=${CMAKE_CURRENT_BINARY_DIR})

# Stand-ins for NVML, found by the dynamic linker as the real one would be.
rqa_check_test(device_stats INTERNAL LIBRARIES ${CMAKE_DL_LIBS})
set_property(TEST device_stats PROPERTY LABELS check emulator)
set_property(TEST device_stats APPEND PROPERTY ENVIRONMENT RQA_TEST_NVML=none
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated>)
add_dependencies(test_device_stats rqa_cuda_emulated)
foreach(kind full old)
  add_library(fake_nvml_${kind} SHARED ${CMAKE_CURRENT_LIST_DIR}/fake_nvml.c)
  target_link_libraries(fake_nvml_${kind} PRIVATE rqa_flags)
  set_target_properties(fake_nvml_${kind} PROPERTIES OUTPUT_NAME nvidia-ml SOVERSION 1
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/nvml_${kind})
  add_dependencies(test_device_stats fake_nvml_${kind})
  rqa_add_test(device_stats_${kind} COMMAND test_device_stats LABELS check emulator ENVIRONMENT
               RQA_TEST_NVML=${kind} RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated>
               LD_LIBRARY_PATH=${CMAKE_CURRENT_BINARY_DIR}/nvml_${kind})
endforeach()
target_compile_definitions(fake_nvml_old PRIVATE FAKE_NVML_OLD)

if(TARGET rqa_program)
  rqa_add_test(plugin_secure COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/plugin_secure.sh
               $<TARGET_FILE:rqa_program> $<TARGET_FILE:rqa_cuda_emulated> LABELS program)
  set_tests_properties(plugin_secure PROPERTIES SKIP_RETURN_CODE 77)
endif()
