/* r_host.c - compiles what this package shares with other hosts. It lies in examples/support of
 * librqa's tree, and in src/host of a package that was made from it, where R compiles nothing by
 * itself; configure says which. */
#include "host_job.c"

#include "host_names.c"
#include "host_request.c"
