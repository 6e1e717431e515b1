/* thread_posix.c - thread.h over POSIX threads, clocks and processes. */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "base/thread.h"

#include <math.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fp_env.h"

int rqa__mutex_init(rqa__mutex *mutex)
{
    return pthread_mutex_init(mutex, NULL) ? rqa__fail_memory("a mutex") : RQA_OK;
}

void rqa__mutex_destroy(rqa__mutex *mutex)
{
    pthread_mutex_destroy(mutex);
}

void rqa__mutex_lock(rqa__mutex *mutex)
{
    pthread_mutex_lock(mutex);
}

void rqa__mutex_unlock(rqa__mutex *mutex)
{
    pthread_mutex_unlock(mutex);
}

int rqa__cond_init(rqa__cond *cond)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes))
        return rqa__fail_memory("a condition variable");
#ifndef __APPLE__ /* which waits for a time from now on instead */
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    int failed = pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
    return failed ? rqa__fail_memory("a condition variable") : RQA_OK;
}

void rqa__cond_destroy(rqa__cond *cond)
{
    pthread_cond_destroy(cond);
}

void rqa__cond_wait(rqa__cond *cond, rqa__mutex *mutex)
{
    pthread_cond_wait(cond, mutex);
}

static struct timespec timespec_of(double seconds)
{
    struct timespec time;
    time.tv_sec = (time_t)seconds;
    time.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
    return time;
}

void rqa__cond_wait_until(rqa__cond *cond, rqa__mutex *mutex, double deadline_s)
{
#ifdef __APPLE__
    const struct timespec left = timespec_of(fmax(0, deadline_s - rqa__now_s()));
    pthread_cond_timedwait_relative_np(cond, mutex, &left);
#else
    const struct timespec deadline = timespec_of(deadline_s);
    pthread_cond_timedwait(cond, mutex, &deadline);
#endif
}

void rqa__cond_signal(rqa__cond *cond)
{
    pthread_cond_signal(cond);
}

void rqa__cond_broadcast(rqa__cond *cond)
{
    pthread_cond_broadcast(cond);
}

static _Thread_local int is_own;

static void *begin(void *arg)
{
    const rqa__thread *self = arg;
    rqa__fp_default();
    is_own = 1;
    return self->entry(self->arg);
}

int rqa__thread_start(rqa__thread *thread, void *(*entry)(void *), void *arg)
{
    sigset_t all, before;
    thread->entry = entry;
    thread->arg = arg;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread->id, NULL, begin, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return rqa__fail(RQA_ERROR_THREAD, "a thread could not be created: %s", strerror(failed));
    return RQA_OK;
}

void rqa__thread_set_own(int on)
{
    is_own = on;
}

int rqa__thread_is_own(void)
{
    return is_own;
}

void rqa__thread_join(const rqa__thread *thread)
{
    pthread_join(thread->id, NULL);
}

void rqa__once(rqa__once_flag *flag, void (*init)(void))
{
    pthread_once(flag, init);
}

double rqa__now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double rqa__thread_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void rqa__sleep(double seconds)
{
    const struct timespec time = timespec_of(seconds);
    nanosleep(&time, NULL);
}

void rqa__yield(void)
{
    sched_yield();
}

unsigned rqa__n_processors(void)
{
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}

uint64_t rqa__physical_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    long page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : UINT64_C(1) << 30;
}

int64_t rqa__process_id(void)
{
    return (int64_t)getpid();
}
