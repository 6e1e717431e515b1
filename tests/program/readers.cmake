# The program's readers and its pictures of curves, in C.
if(TARGET rqa_readers)
  find_package(ZLIB REQUIRED)
  rqa_check_test(readers LIBRARIES rqa_readers ZLIB::ZLIB)
  rqa_check_test(reader_shapes LIBRARIES rqa_readers)
  rqa_check_test(curves LIBRARIES rqa_readers)
  rqa_check_test(eye_trackers LIBRARIES rqa_readers)
endif()
