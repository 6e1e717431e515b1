# The plugin's tests: its sources compiled for the emulator and opened as a plugin, so that they run
# without a GPU; and fake plugins for the loader. RQA_TEST_PLUGIN runs the same on a real one.
include(${PROJECT_SOURCE_DIR}/cuda/sources.cmake)
rqa_add_emulated_plugin(rqa_cuda_emulated ${rqa_cuda_sources})
rqa_check_test(device INTERNAL SOURCES task_draws.c)
add_dependencies(test_device rqa_cuda_emulated)
set_property(TEST device APPEND PROPERTY ENVIRONMENT
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_DEVICES=2)
set_property(TEST device PROPERTY LABELS check threads emulator)

# Plugins that are broken in one way each, numbered as in fake_plugin.c.
set(rqa_fake_number 0)
rqa_check_test(plugin INTERNAL)
foreach(fake wrong_abi no_symbol short_table null_function entry_fails entry_silent no_device
        bad_device no_memory fails unsupported works)
  math(EXPR rqa_fake_number "${rqa_fake_number} + 1")
  add_library(fake_plugin_${fake} MODULE fake_plugin.c)
  target_include_directories(fake_plugin_${fake} PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_compile_definitions(fake_plugin_${fake} PRIVATE FAKE=${rqa_fake_number})
  target_link_libraries(fake_plugin_${fake} PRIVATE rqa_flags)
  set_target_properties(fake_plugin_${fake} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
  add_dependencies(test_plugin fake_plugin_${fake})
endforeach()
set_property(TEST plugin APPEND PROPERTY ENVIRONMENT RQA_TEST_FAKES=${CMAKE_CURRENT_BINARY_DIR})
