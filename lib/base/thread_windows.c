/* thread_windows.c - thread.h over Windows' own threads, locks and clocks. */
#include "base/thread.h"

#include <math.h>
#include <process.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/fp_env.h"
#include "base/processor_groups.h"
#include "base/system_windows.h"

/* A thread has the room it has on Linux; a program's own default is often 1 MB. It is reserved, and
 * taken as it is used. */
enum { STACK_BYTES = 8 << 20 };

int rqa__mutex_init(rqa__mutex *mutex)
{
    InitializeSRWLock((SRWLOCK *)mutex);
    return RQA_OK;
}

void rqa__mutex_destroy(rqa__mutex *mutex)
{
    (void)mutex;
}

void rqa__mutex_lock(rqa__mutex *mutex)
{
    AcquireSRWLockExclusive((SRWLOCK *)mutex);
}

void rqa__mutex_unlock(rqa__mutex *mutex)
{
    ReleaseSRWLockExclusive((SRWLOCK *)mutex);
}

int rqa__cond_init(rqa__cond *cond)
{
    InitializeConditionVariable((CONDITION_VARIABLE *)cond);
    return RQA_OK;
}

void rqa__cond_destroy(rqa__cond *cond)
{
    (void)cond;
}

void rqa__cond_wait(rqa__cond *cond, rqa__mutex *mutex)
{
    SleepConditionVariableSRW((CONDITION_VARIABLE *)cond, (SRWLOCK *)mutex, INFINITE, 0);
}

/* In milliseconds, a started one as a whole: whoever waits sees the deadline behind it. */
static DWORD milliseconds(double seconds)
{
    const double most = 86400e3; /* a day, after which is waited again */
    const double ms = ceil(seconds * 1e3);
    return ms <= 0 ? 0 : ms < most ? (DWORD)ms : (DWORD)most;
}

void rqa__cond_wait_until(rqa__cond *cond, rqa__mutex *mutex, double deadline_s)
{
    SleepConditionVariableSRW((CONDITION_VARIABLE *)cond, (SRWLOCK *)mutex,
                              milliseconds(deadline_s - rqa__now_s()), 0);
}

void rqa__cond_signal(rqa__cond *cond)
{
    WakeConditionVariable((CONDITION_VARIABLE *)cond);
}

void rqa__cond_broadcast(rqa__cond *cond)
{
    WakeAllConditionVariable((CONDITION_VARIABLE *)cond);
}

static _Thread_local int is_own;

static unsigned __stdcall begin(void *arg)
{
    const rqa__thread *self = arg;
    rqa__fp_default();
    is_own = 1;
    self->entry(self->arg);
    return 0;
}

/* More than 64 processors come in groups, and a thread starts in one of them, whatever the others have
 * to do: each of ours is put where it is its turn. Where all groups are a process's (Windows 11) the
 * system moves it on. */
static void spread(HANDLE thread)
{
    static atomic_uint counter;
    unsigned size[RQA__MOST_GROUPS];
    const unsigned n = rqa__processor_groups(size);
    if (n < 2)
        return;
    const unsigned group = rqa__processor_group_of(atomic_fetch_add(&counter, 1), size, n);
    GROUP_AFFINITY affinity = {0};
    affinity.Group = (WORD)group;
    affinity.Mask = size[group] < 64 ? ((KAFFINITY)1 << size[group]) - 1 : ~(KAFFINITY)0;
    SetThreadGroupAffinity(thread, &affinity, NULL);
}

int rqa__thread_start(rqa__thread *thread, void *(*entry)(void *), void *arg)
{
    thread->entry = entry;
    thread->arg = arg;
    thread->id = (void *)_beginthreadex(NULL, STACK_BYTES, begin, thread,
                                        CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (!thread->id) {
        char text[160];
        return rqa__fail(RQA_ERROR_THREAD, "a thread could not be created: %s",
                         rqa__system_text(text, sizeof text, GetLastError()));
    }
    spread(thread->id);
    ResumeThread(thread->id);
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
    WaitForSingleObject(thread->id, INFINITE);
    CloseHandle(thread->id);
}

/* The functions are of two types, as the system's gets more to hand on. */
typedef struct initialiser {
    void (*init)(void);
} initialiser;

static BOOL CALLBACK call_once(PINIT_ONCE once, PVOID arg, PVOID *out)
{
    (void)once;
    (void)out;
    ((const initialiser *)arg)->init();
    return TRUE;
}

void rqa__once(rqa__once_flag *flag, void (*init)(void))
{
    initialiser call = {init};
    InitOnceExecuteOnce((INIT_ONCE *)flag, call_once, &call, NULL);
}

double rqa__now_s(void)
{
    LARGE_INTEGER now, per_s;
    QueryPerformanceFrequency(&per_s);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart / (double)per_s.QuadPart;
}

static double seconds_of(FILETIME time)
{
    return 1e-7 * (double)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
}

/* In steps of about 16 ms, which even out over many. */
double rqa__thread_now_s(void)
{
    FILETIME made, ended, system, user;
    if (!GetThreadTimes(GetCurrentThread(), &made, &ended, &system, &user))
        return 0;
    return seconds_of(system) + seconds_of(user);
}

void rqa__sleep(double seconds)
{
    Sleep(milliseconds(seconds));
}

void rqa__yield(void)
{
    SwitchToThread();
}

unsigned rqa__n_processors(void)
{
    unsigned size[RQA__MOST_GROUPS], n = 0;
    const unsigned n_groups = rqa__processor_groups(size);
    for (unsigned k = 0; k < n_groups; k++)
        n += size[k];
    return n > 0 ? n : 1;
}

uint64_t rqa__physical_memory(void)
{
    MEMORYSTATUSEX memory = {.dwLength = sizeof memory};
    return GlobalMemoryStatusEx(&memory) ? memory.ullTotalPhys : UINT64_C(1) << 30;
}

int64_t rqa__process_id(void)
{
    return (int64_t)GetCurrentProcessId();
}
