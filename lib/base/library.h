/* library.h - shims over dlopen and what decides where a plugin may come from. */
#ifndef RQA_BASE_LIBRARY_H
#define RQA_BASE_LIBRARY_H

#include <stddef.h>

/* How shared objects end, what the GPU plugin's file is called, and NVIDIA's management library. */
#ifdef _WIN32
#define RQA__LIBRARY_ENDING ".dll"
#define RQA__PLUGIN_FILE "rqa_cuda.dll"
#define RQA__NVML_FILE "nvml.dll"
#elif defined(__APPLE__)
#define RQA__LIBRARY_ENDING ".dylib"
#define RQA__PLUGIN_FILE "librqa_cuda.dylib"
#define RQA__NVML_FILE "libnvidia-ml.dylib" /* there is none */
#else
#define RQA__LIBRARY_ENDING ".so"
#define RQA__PLUGIN_FILE "librqa_cuda.so"
#define RQA__NVML_FILE "libnvidia-ml.so.1"
#endif

/* Opens a shared object, for ever. NULL and the loader's own words in `why` if it cannot be. What it
 * needs in turn is looked for where the system's loader looks; on Windows beside it and in the system's
 * folder alone, never in the folder the process is in, nor in PATH. */
void *rqa__library_open(const char *path, char *why, size_t why_size);
/* One of the system's, by its name; on Windows from the system's folder alone. */
void *rqa__library_open_system(const char *name, char *why, size_t why_size);

/* A function of it; NULL if there is none. */
typedef void (*rqa__library_function)(void);
rqa__library_function rqa__library_find(void *library, const char *name);

/* The folder of the file that contains this code, an absolute path; -1 if it is not known. */
int rqa__library_own_folder(char *out, size_t size);

/* 1 if a file is there, whatever it is. */
int rqa__file_is_there(const char *path);

#endif
