#!/bin/sh
# readers_alone.sh SOURCE - the files of examples/rqa that readers.h offers for copying, copied and built
# by the C compiler alone, read a table.
set -eu
source=$1/examples/rqa
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$source"/reader_*.[ch] "$source"/readers.[ch] "$source"/cli_number.[ch] "$source/cli_system.h" \
    "$source/cli_system_posix.c" "$work"
cd "$work"
cat >main.c <<'END'
#include <stdio.h>

#include "readers.h"

int main(void)
{
    readers_file *file;
    char message[READERS_MESSAGE];
    if (readers_open(&file, "table.csv", NULL, message) != READERS_OK)
        return puts(message);
    printf("%d x %d, %g\n", (int)readers_n_rows(file), (int)readers_n_columns(file),
           readers_values(file)[5]);
    readers_close(file);
}
END
printf 'x,y\n1,2\n3,4\n5,6.5\n' >table.csv
"${CC:-cc}" -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -Wall -Wextra -Werror -o main ./*.c -lz -lm -pthread
./main >found
echo '3 x 2, 6.5' | diff - found
echo "the readers stand alone"
