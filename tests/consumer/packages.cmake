# What others build on an installed librqa: their projects, the ABI that they rely on, the packages.
if(RQA_INSTALL AND TARGET rqa_program AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  add_subdirectory(consumer)
  if(Python3_FOUND AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_subdirectory(abi)
  endif()
  find_program(RQA_DPKG_BUILDFLAGS dpkg-buildflags)
  if(RQA_DPKG_BUILDFLAGS)
    # Alone: what it installs would hide a consumer's mistakes.
    rqa_add_test(packages COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/deb_packages.sh
                 ${PROJECT_BINARY_DIR}/debian LABELS package)
    set_tests_properties(packages PROPERTIES RUN_SERIAL ON)
  else()
    message(STATUS "no dpkg-buildflags: the Debian packages are not tested")
  endif()
endif()
