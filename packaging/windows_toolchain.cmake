# windows_toolchain.cmake - 64-bit Windows by MinGW-w64, on a Debian machine; windows_libraries.sh makes
# the libraries. RQA_WINDOWS_LIBRARIES: where they are.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(rqa_machine x86_64-w64-mingw32)

# The variant without winpthreads, where there is one: nothing of libgcc then asks for its DLL.
find_program(rqa_windows_cc NAMES ${rqa_machine}-gcc-win32 ${rqa_machine}-gcc REQUIRED)
find_program(rqa_windows_cxx NAMES ${rqa_machine}-g++-win32 ${rqa_machine}-g++)
set(CMAKE_C_COMPILER ${rqa_windows_cc})
if(rqa_windows_cxx)
  set(CMAKE_CXX_COMPILER ${rqa_windows_cxx})
endif()
set(CMAKE_RC_COMPILER ${rqa_machine}-windres)

if(NOT RQA_WINDOWS_LIBRARIES)
  set(RQA_WINDOWS_LIBRARIES "$ENV{RQA_WINDOWS_LIBRARIES}")
endif()
set(RQA_WINDOWS_LIBRARIES "${RQA_WINDOWS_LIBRARIES}" CACHE PATH "Folder that windows_libraries.sh made")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RQA_WINDOWS_LIBRARIES)
set(CMAKE_FIND_ROOT_PATH ${RQA_WINDOWS_LIBRARIES} /usr/${rqa_machine})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${RQA_WINDOWS_LIBRARIES}/lib/pkgconfig)
include_directories(SYSTEM ${RQA_WINDOWS_LIBRARIES}/include)

find_program(rqa_wine NAMES wine64 wine)
if(rqa_wine)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${rqa_wine})
endif()
