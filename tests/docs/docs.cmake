# The site as a test: it builds without a warning, its links hold, the headers say what they must.
find_package(Python3 COMPONENTS Interpreter)

if(Python3_FOUND AND RQA_DOCS_COMMAND AND NOT RQA_SANITIZE AND NOT RQA_COVERAGE)
  set(rqa_site ${CMAKE_CURRENT_BINARY_DIR}/site)
  rqa_add_test(docs_build COMMAND ${RQA_DOCS_COMMAND} --out ${rqa_site} LABELS docs)
  rqa_add_test(docs_links COMMAND ${Python3_EXECUTABLE} -B
               ${CMAKE_CURRENT_LIST_DIR}/test_docs_links.py ${rqa_site}/html LABELS docs)
  rqa_add_test(docs_manual COMMAND ${Python3_EXECUTABLE} -B
               ${CMAKE_CURRENT_LIST_DIR}/test_docs_manual.py ${rqa_site}/xml LABELS docs)
  set_tests_properties(docs_build PROPERTIES FIXTURES_SETUP site)
  set_tests_properties(docs_links docs_manual PROPERTIES FIXTURES_REQUIRED site)
  # Where there is no Doxygen.
  set_tests_properties(docs_build docs_links docs_manual PROPERTIES SKIP_RETURN_CODE 77)
endif()
if(Python3_FOUND)
  rqa_add_test(docs_measures COMMAND ${Python3_EXECUTABLE} -B
               ${CMAKE_CURRENT_LIST_DIR}/test_docs_measures.py ${PROJECT_SOURCE_DIR} LABELS law)
endif()
