# The plugin's tests: its sources compiled for the emulator and opened as a plugin, so that they run
# without a GPU; and fake plugins for the loader. RQA_TEST_PLUGIN runs the same on a real one.
include(${PROJECT_SOURCE_DIR}/cuda/sources.cmake)
rqa_add_emulated_plugin(rqa_cuda_emulated ${rqa_cuda_sources})
rqa_check_test(device INTERNAL SOURCES task_draws.c)
add_dependencies(test_device rqa_cuda_emulated)
set_property(TEST device APPEND PROPERTY ENVIRONMENT
             RQA_TEST_EMULATED=$<TARGET_FILE:rqa_cuda_emulated> RQA_EMULATOR_DEVICES=2)
set_property(TEST device PROPERTY LABELS check threads emulator)
