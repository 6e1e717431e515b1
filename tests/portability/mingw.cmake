# mingw.cmake - the suites as they are built for Windows: without fork(), with winpthreads for the
# threads that they start themselves, and what they use of POSIX from windows/shim.h.
set(rqa_test_environment "CK_FORK=no")
target_compile_options(rqa_test_support PUBLIC -include ${CMAKE_CURRENT_LIST_DIR}/windows/shim.h
                       -Wno-format -Wno-unused)
target_link_libraries(rqa_test_support PUBLIC -l:libwinpthread.a)
# Check brings a clock_gettime() that stands at 0; the one of winpthreads comes before it.
target_link_options(rqa_test_support INTERFACE -Wl,-u,clock_gettime -l:libwinpthread.a)

# What stays away: it takes the place of functions of the C library (RTLD_NEXT), or of pthread_create(), which the
# library does not call there (threads, pool), or lives by limits of a process.
set(rqa_not_on_windows store_faults threads pool resources limits)
target_include_directories(rqa_test_support BEFORE PUBLIC ${CMAKE_CURRENT_LIST_DIR}/windows)
# Of the library's functions by their own names: the static library has them, and the import library too.
target_compile_definitions(rqa_test_support PUBLIC RQA_STATIC)

# Programs of windows.sh.
foreach(name terminate interrupt hold load_library)
  add_executable(${name} ${CMAKE_CURRENT_LIST_DIR}/windows/${name}.c)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-cast-function-type)
endforeach()
