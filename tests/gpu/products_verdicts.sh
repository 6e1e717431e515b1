#!/bin/sh
# products_verdicts.sh TEST_DEVICE_PRODUCTS PLUGIN CUBLAS OLD_CUBLAS - whether the test of matrix
# products, as it runs on a card, tells apart that there are some (0), that there can be none for want
# of a library (77, and it says so), and that the library does not give any (else).
set -u
program=$1 RQA_TEST_PLUGIN=$2 cublas=$3 old=$4
CK_RUN_CASE=tallies CK_FORK=no RQA_TEST_DRAWS=${RQA_TEST_DRAWS:-12}
export RQA_TEST_PLUGIN CK_RUN_CASE CK_FORK RQA_TEST_DRAWS

# expect STATUS LIBRARY
expect() {
    said=$(RQA_CUBLAS_PATH=$2 "$program" 2>&1)
    status=$?
    [ "$status" = "$1" ] || { echo "$2: status $status, expected $1: $said"; exit 1; }
}
expect 0 "$cublas"
expect 1 "$old"
expect 77 /nowhere/libcublas.so.13
case $said in
*"skipped: no cuBLAS"*) ;;
*) echo "it does not say that it was skipped: $said"; exit 1 ;;
esac
