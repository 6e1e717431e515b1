# debian.cmake - Debian packages by cpack: librqa<ABI>, librqa-dev and rqa-tools. Made by debs.sh;
# the preset debian installs below /usr, so that the libraries go to the multiarch folder.
set(rqa_deb_lib librqa${RQA_ABI_VERSION})
# dpkg sorts 0.3.0~dev before 0.3.0.
string(REPLACE "-" "~" rqa_deb_release ${RQA_VERSION_TEXT})
set(rqa_deb_version ${rqa_deb_release}-1)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME rqa)
set(CPACK_PACKAGE_VERSION ${rqa_deb_release})
# Empty: each package brings its own synopsis.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
# The field wants an address; the project has none.
set(CPACK_PACKAGE_CONTACT "librqa maintainers <librqa@example.invalid>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_COMPONENTS_ALL library development program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SOURCE rqa)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# What a binary needs is read from it; the library itself lies in the build tree, not in a package.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/lib)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${rqa_deb_lib})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/triggers)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "recurrence quantification analysis, exact and fast
Recurrence quantification analysis (RQA) measures how much, how predictably
and how long the states of a recording come back. librqa computes its measures
for single analyses and for grids of thousands of settings at once.

This package has the shared library.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME librqa-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
list(JOIN RQA_NEEDED_DEBIAN ", " rqa_deb_needed)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${rqa_deb_lib} (= ${rqa_deb_version}), ${rqa_deb_needed}")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "recurrence quantification analysis (development files)
Headers, static library, pkg-config file and CMake package of librqa, which
computes the measures of recurrence quantification analysis. The headers are
the manual: begin with /usr/include/rqa/rqa.h.")

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME rqa-tools)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "${rqa_deb_lib} (>= ${rqa_deb_release})")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "recurrence quantification analysis from the shell
The program rqa measures recurrence in recordings (text, NumPy, MATLAB, EDF
and WAV files): for one, for a pair, and for grids of settings over many recordings;
it draws recurrence plots and tells how fast the machine is.")

# Every package carries its copyright and its changelog.
set(rqa_deb_folder ${PROJECT_BINARY_DIR}/packaging)
file(STRINGS LICENSE rqa_deb_holder REGEX "^Copyright")
string(REGEX REPLACE "^Copyright (\\(c\\) )?" "" rqa_deb_holder "${rqa_deb_holder}")
file(READ LICENSE rqa_deb_licence)
string(REGEX REPLACE "^.*Copyright[^\n]*\n+" "" rqa_deb_licence "${rqa_deb_licence}")
string(STRIP "${rqa_deb_licence}" rqa_deb_licence)
string(REGEX REPLACE "\n\n" "\n.\n" rqa_deb_licence "${rqa_deb_licence}")
string(REGEX REPLACE "\n" "\n " rqa_deb_licence "${rqa_deb_licence}")
configure_file(packaging/copyright.in ${rqa_deb_folder}/copyright @ONLY)
file(STRINGS packaging/changelog.Debian rqa_deb_entry LIMIT_COUNT 1)
if(NOT rqa_deb_entry MATCHES "^rqa \\(${rqa_deb_version}\\)")
  message(FATAL_ERROR "packaging/changelog.Debian begins with '${rqa_deb_entry}', not with rqa "
          "(${rqa_deb_version}): add an entry for this release")
endif()
file(COPY packaging/changelog.Debian DESTINATION ${rqa_deb_folder})
execute_process(COMMAND gzip -9nf ${rqa_deb_folder}/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
foreach(component LIBRARY DEVELOPMENT PROGRAM)
  string(TOLOWER ${component} rqa_deb_component)
  install(FILES ${rqa_deb_folder}/copyright ${rqa_deb_folder}/changelog.Debian.gz
          DESTINATION share/doc/${CPACK_DEBIAN_${component}_PACKAGE_NAME}
          COMPONENT ${rqa_deb_component})
endforeach()
file(CREATE_LINK rqa.1.gz ${rqa_deb_folder}/rqa_bench.1.gz SYMBOLIC)
install(FILES ${rqa_deb_folder}/rqa_bench.1.gz DESTINATION share/man/man1 COMPONENT program)

include(CPack)
