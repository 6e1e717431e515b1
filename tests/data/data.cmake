# Series, embeddings, bit matrices, pictures. The folders here are what the tests read: tables that
# were made elsewhere, files for the program, stores of older releases.
rqa_check_test(data INTERNAL)
rqa_check_test(png INTERNAL LIBRARIES PNG::PNG)
