/* path_posix.c - path.h where / separates. */
#include "base/path.h"

#include "base/memory.h"

const char rqa__path_absolute_rule[] = "it must begin with /";
const char rqa__path_list_separator = ':';

int rqa__path_is_absolute(const char *path)
{
    return path[0] == '/';
}

/* "//" after "file:" would begin the name of a host: an empty one goes before a whole path. Any other
 * begins with "./", so that no name can mean something else. */
const char *rqa__path_uri_scheme(const char *path)
{
    return *path == '/' ? "file://" : "file:./";
}

const char *rqa__path_refusal(const char *path)
{
    (void)path;
    return NULL;
}

char *rqa__path_for_others(const char *path)
{
    return rqa__strdup(path);
}
