# The tests of a librqa without stores or PNG pictures, beside those of the library and the readers: the
# files that the program reads, and an example. The others use what is left out.
if(TARGET rqa_program AND Python3_FOUND)
  rqa_add_test(cli_formats COMMAND ${Python3_EXECUTABLE} -B
               ${CMAKE_CURRENT_LIST_DIR}/test_cli_formats.py $<TARGET_FILE:rqa_program> LABELS program)
endif()
if(TARGET first_analysis)
  rqa_add_test(example_first_analysis COMMAND first_analysis LABELS example)
endif()
rqa_leave_out(programs "stores or no PNG pictures: the program, the pages and Python are not tested")
