/* load_library.c - loads rqa.dll as Python's ctypes does: LoadLibraryExW() with the whole name of the file,
 * GetProcAddress() for each name, calls without a header.
 *
 * load_library DLL LIST: every name of the list must be there, sizes and versions must be told, and a short
 * series must be analysed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

static HMODULE library;

static FARPROC find(const char *name)
{
    FARPROC found = GetProcAddress(library, name);
    if (!found) {
        printf("%s is not there\n", name);
        exit(1);
    }
    return found;
}

#define FIND(type, name)                                                                           \
    type name;                                                                                     \
    do {                                                                                           \
        FARPROC found_ = find(#name);                                                              \
        memcpy(&name, &found_, sizeof name);                                                       \
    } while (0)

typedef int32_t (*create_context)(void **out, const void *options);
typedef void (*destroy)(void *object);
typedef const char *(*text)(void);
typedef uint32_t (*number)(void);
typedef size_t (*size_of)(int32_t id);

int main(int argc, char **argv)
{
    wchar_t wide[1024], whole[1024];
    char name[128];
    unsigned n = 0;
    if (argc != 3 || MultiByteToWideChar(CP_UTF8, 0, argv[1], -1, wide, 1024) <= 0 ||
        !GetFullPathNameW(wide, 1024, whole, NULL))
        return 2;
    library = LoadLibraryExW(whole, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    if (!library) {
        printf("%s cannot be loaded: error %lu\n", argv[1], GetLastError());
        return 1;
    }
    FILE *list = fopen(argv[2], "r");
    for (; list && fscanf(list, "%127s", name) == 1; n++)
        find(name);
    FIND(text, rqa_version);
    FIND(number, rqa_abi_version);
    FIND(size_of, rqa_struct_size);
    FIND(create_context, rqa_context_create);
    FIND(destroy, rqa_context_destroy);
    void *context = NULL;
    if (n == 0 || rqa_context_create(&context, NULL) != 0 || !context)
        return 1;
    rqa_context_destroy(context);
    printf("%u names; librqa %s, ABI %u, first struct of %u bytes\n", n, rqa_version(), rqa_abi_version(),
           (unsigned)rqa_struct_size(1));
    return 0;
}
