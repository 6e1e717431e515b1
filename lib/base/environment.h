/* environment.h - variables of the process's environment. */
#ifndef RQA_BASE_ENVIRONMENT_H
#define RQA_BASE_ENVIRONMENT_H

/* NULL if there is none. Good until the thread asks for the next one. */
const char *rqa__environment(const char *name);

/* The same, unless the process runs with another user's rights. */
const char *rqa__trusted_environment(const char *name);

#endif
