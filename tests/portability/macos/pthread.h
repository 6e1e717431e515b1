/* pthread.h - this machine's, with what Darwin has and without what it has not. */
#include_next <pthread.h>
#ifndef RQA_MACOS_PTHREAD
#define RQA_MACOS_PTHREAD
int pthread_cond_timedwait_relative_np(pthread_cond_t *cond, pthread_mutex_t *mutex,
                                       const struct timespec *left);
#endif
#pragma GCC poison pthread_condattr_setclock pthread_setaffinity_np
