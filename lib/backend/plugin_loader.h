/* plugin_loader.h - finds and opens the GPU plugin. */
#ifndef RQA_BACKEND_PLUGIN_LOADER_H
#define RQA_BACKEND_PLUGIN_LOADER_H

#include <stddef.h>

#include "rqa/plugin.h"

typedef struct rqa__plugin {
    rqa_plugin_table table; /* complete */
    char path[512];         /* what was opened */
} rqa__plugin;

/* Opens the file `path` if it is given. Else the first that is there of: every entry of
 * RQA_PLUGIN_PATH (absolute folders or files, separated by colons; not in a setuid process), the
 * folder of librqa.so, the folder librqa was configured to be installed in. Never the current
 * folder. 0, or RQA_ERROR_BACKEND_MISSING with the exact reason. A plugin that was opened stays. */
int rqa__plugin_load(rqa__plugin *out, const char *path);

/* What of RQA_PLUGIN_PATH is not used, and why: "; ..." to stand behind another text, or "". */
void rqa__plugin_path_note(char *out, size_t size);

#endif
