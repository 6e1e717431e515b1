/* thread.h - threads, clocks and processes, as the system has them; nothing above base calls it. */
#ifndef RQA_BASE_THREAD_H
#define RQA_BASE_THREAD_H

#include <stdint.h>

#ifdef _WIN32
/* An SRWLOCK, a CONDITION_VARIABLE, a HANDLE and an INIT_ONCE, each of which is a pointer. */
typedef struct rqa__mutex {
    void *system;
} rqa__mutex;
typedef struct rqa__cond {
    void *system;
} rqa__cond;
typedef struct rqa__once_flag {
    void *system;
} rqa__once_flag;
typedef void *rqa__thread_id;
#define RQA__ONCE_INIT {0}
#else
#include <pthread.h>
typedef pthread_mutex_t rqa__mutex;
typedef pthread_cond_t rqa__cond;
typedef pthread_once_t rqa__once_flag;
typedef pthread_t rqa__thread_id;
#define RQA__ONCE_INIT PTHREAD_ONCE_INIT
#endif

/* A started thread reads it, so it stays where it is until the thread is joined. */
typedef struct rqa__thread {
    rqa__thread_id id;
    void *(*entry)(void *);
    void *arg;
} rqa__thread;

int rqa__mutex_init(rqa__mutex *mutex);
void rqa__mutex_destroy(rqa__mutex *mutex);
void rqa__mutex_lock(rqa__mutex *mutex);
void rqa__mutex_unlock(rqa__mutex *mutex);

int rqa__cond_init(rqa__cond *cond); /* waits on the monotonic clock */
void rqa__cond_destroy(rqa__cond *cond);
void rqa__cond_wait(rqa__cond *cond, rqa__mutex *mutex);
void rqa__cond_wait_until(rqa__cond *cond, rqa__mutex *mutex, double deadline_s);
void rqa__cond_signal(rqa__cond *cond);
void rqa__cond_broadcast(rqa__cond *cond);

/* Starts a thread of the library's: all signals blocked, so that the application's handlers run on
 * its own threads, and the default floating-point environment, whatever the calling thread has. 0,
 * or RQA_ERROR_THREAD with a text. */
int rqa__thread_start(rqa__thread *thread, void *(*entry)(void *), void *arg);
void rqa__thread_join(const rqa__thread *thread);
/* For a thread of the caller's that does the work of one of ours for a while. */
void rqa__thread_set_own(int on);
/* Whether the calling thread is one of those. */
int rqa__thread_is_own(void);

/* Runs init once in the process, whatever the number of threads that ask. */
void rqa__once(rqa__once_flag *flag, void (*init)(void));

double rqa__now_s(void);          /* monotonic seconds */
double rqa__thread_now_s(void); /* time that the calling thread has had a processor */
void rqa__sleep(double seconds);
void rqa__yield(void); /* lets another thread run */
unsigned rqa__n_processors(void); /* that this process may use, at least 1 */
uint64_t rqa__physical_memory(void);
int64_t rqa__process_id(void);

#endif
