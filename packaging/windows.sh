#!/bin/sh
# windows.sh [FOLDER] - cross-builds librqa for 64-bit Windows and packs it: FOLDER/rqa-VERSION-win64.zip
# (default build-windows) with the program, the DLL, import libraries, headers, licences, the CMake package
# and a README. Needs MinGW-w64; windows_libraries.sh makes the libraries, in RQA_WINDOWS_LIBRARIES or the
# user's cache.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$root/build-windows}
machine=x86_64-w64-mingw32
RQA_WINDOWS_LIBRARIES=${RQA_WINDOWS_LIBRARIES:-${XDG_CACHE_HOME:-$HOME/.cache}/rqa-windows}
export RQA_WINDOWS_LIBRARIES
sh "$root/packaging/windows_libraries.sh" "$RQA_WINDOWS_LIBRARIES"

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cmake -S "$root" -B "$folder" --toolchain "$root/packaging/windows_toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
    -DRQA_WINDOWS_LIBRARIES="$RQA_WINDOWS_LIBRARIES" -DRQA_BUILD_TESTS=OFF -DRQA_BUILD_EXAMPLES=OFF \
    -DRQA_BUILD_DOCS=OFF -DRQA_CUDA=OFF
cmake --build "$folder" -j "$(nproc)"
version=$("$machine-objdump" -s -j .rsrc "$folder/bin/rqa.dll" >/dev/null &&
    sed -n 's/.*"ProductVersion", "\(.*\)"/\1/p' "$folder/lib/rqa.rc")
name=rqa-$version-win64
rm -rf "${folder:?}/$name" "$folder/$name.zip"
cmake --install "$folder" --prefix "$folder/$name" --strip >/dev/null
cd "$folder/$name"
rm -rf share lib/pkgconfig

# For linkers that are not GNU's: the list of names, and the library that Microsoft's makes of it.
{
    echo "LIBRARY rqa.dll"
    echo "EXPORTS"
    sort "$root/tests/abi/symbols.txt"
} >lib/rqa.def
if command -v llvm-dlltool >/dev/null; then
    llvm-dlltool -m i386:x86-64 -d lib/rqa.def -l lib/rqa.lib
else
    "$machine-dlltool" -m i386:x86-64 -d lib/rqa.def -l lib/rqa.lib
fi

mkdir licences
cp "$root/LICENSE" licences/librqa.txt
cp "$RQA_WINDOWS_LIBRARIES"/licences/* licences/
sed 's/$/\r/' >README.txt <<README
librqa $version: recurrence quantification analysis, for 64-bit Windows 10 and later.

bin\\rqa.exe             the program: open a terminal here, then  bin\\rqa help
bin\\rqa_bench.exe       how long analyses take on this machine
bin\\rqa.dll             the library; it needs nothing that Windows does not have
bin\\librqa_readers.dll  reads recordings from files, as the program does
include\\rqa             the headers, which are the manual; C99 and C++11
lib\\rqa.lib             import library for Microsoft's linker (rqa.def: the names); librqa.dll.a for MinGW-w64
lib\\cmake\\rqa           find_package(rqa), target rqa::rqa; put this folder into CMAKE_PREFIX_PATH
licences                librqa's (MIT), and those of SQLite, libpng, zlib and xxHash, which are in the DLLs
Text files are read with any line ends and written with \\n, the same bytes as on other systems.
Copy rqa.dll beside your program: Windows looks for it there first.
README
cd "$folder"
python3 - "$name" <<'PACK'
"""A zip in the order of names, with the date of the last change to the sources."""
import os
import sys
import time
import zipfile

name = sys.argv[1]
when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))[:6]
with zipfile.ZipFile(f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for folder, folders, files in os.walk(name):
        folders.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)
            entry = zipfile.ZipInfo(path.replace(os.sep, "/"), when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with open(path, "rb") as source:
                out.writestr(entry, source.read())
PACK
ls -l "$folder/$name.zip"
