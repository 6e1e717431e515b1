/* test_cuda_emulator.c - runs the emulator's cases, each in a process and environment of its own,
   and holds what it says and how it ends against what is expected. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(TEST_EMULATOR_ASAN)
static const char build[] = "asan";
#elif defined(TEST_EMULATOR_TSAN)
static const char build[] = "tsan";
#else
static const char build[] = "plain";
#endif

/* GOOD: the case ends well; BAD: it reports a difference, or is stopped. BAD_TSAN: only with
   ThreadSanitizer, others do not see it. BAD_ASAN: run with AddressSanitizer alone. */
enum end { GOOD, BAD, BAD_TSAN, BAD_ASAN };

struct trial {
    const char *name;
    enum end end;
    const char *environment; /* "NAME=value NAME=value" */
    const char *text;        /* must be said, one of "this|that" */
};

#ifdef TEST_EMULATOR_TSAN
static const char *const orders[] = {"reverse", "shuffle:20"};
#else
static const char *const orders[] = {"forward", "reverse", "shuffle:1", "shuffle:20"};
#endif

/* Run in every order. */
static const struct trial ordered[] = {
    {"barrier", GOOD, "", NULL},
    {"syncwarp", GOOD, "", NULL},
    {"votes", GOOD, "", NULL},
    {"collectives", GOOD, "", NULL},
    {"crossed_masks", GOOD, "", NULL},
    {"indices", GOOD, "", NULL},
    {"active_mask", GOOD, "", NULL},
    {"barrier_missing", BAD, "", "wrong == 0"},
    {"syncwarp_missing", BAD, "", "wrong == 0|signed integer overflow"},
    {"divergent_barrier", BAD, "", "calls __syncthreads at"},
    {"skipped_barrier", BAD, "", "lanes 0x00000100: wait in __syncwarp(0xffffffff)"},
    {"returned", BAD, "", "warp 1, lanes 0x00000002: returned"},
    {"mask_without_self", BAD, "", "__ballot_sync(0x7fffffff), a mask without itself"},
    {"mask_of_nobody", BAD, "", "lanes that warp 1 of this block does not have"},
    {"mask_differs", BAD, "", "lanes 0xaaaaaaaa: wait in __ballot_sync(0xffffffff)"},
    {"mask_narrower", BAD, "", "lanes 0x00000002: wait in __ballot_sync(0x00000003)"},
    {"other_collective", BAD, "", "lanes of one mask meet in different places"},
    {"lane_missing", BAD, "", "lanes 0x00000080: returned"},
    {"bad_width", BAD, "", "__shfl_sync with width 12"},
    {"trap", BAD, "", "thread (5,0,0) calls __trap at"},
    {"race_lanes", BAD_TSAN, "", "data race"},
    {"race_warps", BAD_TSAN, "", "data race"},
    {"race_blocks", BAD_TSAN, "", "data race"},
    {"race_phases", BAD_TSAN, "", "data race"},
    {"atomic_lanes", GOOD, "", NULL},
    {"atomic_warps", GOOD, "", NULL},
    {"atomic_blocks", GOOD, "", NULL},
    {"order_syncwarp", GOOD, "", NULL},
    {"order_syncthreads", GOOD, "", NULL},
    {"order_fence", GOOD, "", NULL},
    {"order_ballot", BAD_TSAN, "", "data race"},
};

static const struct trial single[] = {
    {"order", GOOD, "RQA_EMULATOR_ORDER=forward", "order: forward, first 0 of block 0"},
    {"order", GOOD, "RQA_EMULATOR_ORDER=reverse", "order: reverse, first 47 of block 5"},
    {"order", GOOD, "RQA_EMULATOR_ORDER=shuffle", "order: neither"},
    {"order", BAD, "RQA_EMULATOR_ORDER=sideways", "forward, reverse, shuffle or shuffle:seed"},
    {"order", BAD, "RQA_EMULATOR_ORDER=shuffle:x", "RQA_EMULATOR_ORDER=shuffle:x: allowed is"},
    {"order", BAD, "RQA_EMULATOR_DEVICES=17", "0..16, or none"},
    {"order", BAD, "RQA_EMULATOR_FAIL_ALLOC=2-", "k (the k-th) or k+"},
    {"order", BAD, "RQA_EMULATOR_LOSE_DEVICE=2", "allowed is device,k"},
    {"order_nothing", BAD, "RQA_EMULATOR_ORDER=reverse", "out[0] == 7|data race"},
    {"shared_poison", GOOD, "", "began as a5a5a5a5"},
    {"shared_poison", GOOD, "RQA_EMULATOR_POISON=ff", "began as ffffffff"},
    {"shared_places", GOOD, "", NULL},
    {"slip_none", GOOD, "", NULL},
    {"slip_array_end", BAD, "", "next to box|use-after-poison"},
    {"slip_array_begin", BAD, "", "next to box|use-after-poison"},
    {"slip_array_far", BAD, "", "next to box|next to other|use-after-poison"},
    {"slip_dynamic_end", BAD, "", "next to dynamic shared memory|use-after-poison"},
    {"slip_dynamic_begin", BAD, "", "next to dynamic shared memory|use-after-poison"},
    {"slip_device_end", BAD, "",
     "after kernel slipping<Which>: written behind an allocation of 1024|use-after-poison"},
    {"slip_device_begin", BAD, "",
     "after kernel slipping<Which>: written before an allocation of 1024|use-after-poison"},
    {"slip_device_odd_end", BAD, "", "written behind an allocation of 1001|use-after-poison"},
    {"slip_device_read", BAD_ASAN, "", "use-after-poison"},
    {"slip_device_freed", BAD_ASAN, "", "heap-use-after-free"},
    {"misaligned", BAD_ASAN, "", "misaligned address"},
    {"static_excess", BAD, "", "static shared memory exceeds 49152 bytes"},
    {"device_poison", GOOD, "", "began as a5a5a5a5"},
    {"device_poison", BAD, "RQA_EMULATOR_WRITTEN=1", "400 bytes to the host: bytes from 0 on"},
    {"device_poison", GOOD, "RQA_EMULATOR_WRITTEN=1 RQA_EMULATOR_POISON=ff", "began as ffffffff"},
    {"copies", GOOD, "RQA_EMULATOR_WRITTEN=1", NULL},
    {"contexts", GOOD, "RQA_EMULATOR_DEVICES=2", NULL},
    {"spins", GOOD, "", NULL},
    {"accounts", GOOD, "", NULL},
    {"leak", BAD, "RQA_EMULATOR_LEAKS=1", "leaked: 40 bytes of device 0"},
    {"accounts", GOOD, "RQA_EMULATOR_LEAKS=1", NULL},
    {"devices", GOOD, "", "devices: 1\n"},
    {"devices", GOOD, "RQA_EMULATOR_DEVICES=0", "devices: cudaErrorNoDevice"},
    {"devices", GOOD, "RQA_EMULATOR_DEVICES=none", "devices: cudaErrorInsufficientDriver"},
    {"devices", GOOD, "RQA_EMULATOR_DEVICES=2", "devices: 2\n"},
    {"devices", GOOD, "RQA_EMULATOR_DEVICES=4", "devices: 4\n"},
    {"memory_limit", GOOD, "RQA_EMULATOR_MEMORY=1048576", NULL},
    {"fail_alloc", GOOD, "", "1 2 3 4 5 \n"},
    {"fail_alloc", GOOD, "RQA_EMULATOR_FAIL_ALLOC=3", "1 2 3 no 4 5 \n"},
    {"fail_alloc", GOOD, "RQA_EMULATOR_FAIL_ALLOC=4+", "1 2 3 4 no 5 no \n"},
    {"fail_alloc", GOOD, "RQA_EMULATOR_FAIL_HOST_ALLOC=2", "1 2 host no 3 4 5 \n"},
    {"fail_launch", GOOD, "", "1 2 3 4 ran 4, counted 4\n"},
    {"fail_launch", GOOD, "RQA_EMULATOR_FAIL_LAUNCH=2", "1 2 no 3 4 ran 3, counted 3\n"},
    {"fail_launch", GOOD, "RQA_EMULATOR_FAIL_LAUNCH=3+", "1 2 3 no 4 no ran 2, counted 2\n"},
    {"fail_call", GOOD, "", "failed: 0\n"},
    {"fail_call", GOOD, "RQA_EMULATOR_FAIL_CALL=1", "failed: 1\n"},
    {"fail_call", GOOD, "RQA_EMULATOR_FAIL_CALL=2", "failed: 2\n"},
    {"fail_call", GOOD, "RQA_EMULATOR_FAIL_CALL=3+", "failed: 12\n"},
    {"lost_device", GOOD, "RQA_EMULATOR_DEVICES=2 RQA_EMULATOR_LOSE_DEVICE=1,2", NULL},
    {"lost_device", GOOD, "RQA_EMULATOR_DEVICES=2 RQA_EMULATOR_LOSE_DEVICE=1,2 RQA_EMULATOR_LAZY=1",
     NULL},
    {"configurations", GOOD, "", NULL},
    {"copies", GOOD, "", NULL},
    {"copies", GOOD, "RQA_EMULATOR_LAZY=1", NULL},
    {"streams", GOOD, "", "two launches took less than 400 ms"},
    {"streams", GOOD, "RQA_EMULATOR_SLOW=210000", "two launches took no less than 400 ms"},
    {"streams", GOOD, "RQA_EMULATOR_SLOW=0,210000", "two launches took no less than 400 ms"},
    {"streams", GOOD, "RQA_EMULATOR_SLOW=1,210000", "two launches took less than 400 ms"},
    {"streams", GOOD, "RQA_EMULATOR_LAZY=1", NULL},
    {"lazy", GOOD, "RQA_EMULATOR_LAZY=1", NULL},
    {"lazy", BAD, "", "cudaErrorNotReady"},
    {"host_threads", GOOD, "", NULL},
    {"host_threads", GOOD, "RQA_EMULATOR_DEVICES=4", NULL},
    {"host_threads", GOOD, "RQA_EMULATOR_DEVICES=4 RQA_EMULATOR_ORDER=shuffle", NULL},
    {"host_threads", GOOD, "RQA_EMULATOR_DEVICES=2 RQA_EMULATOR_LAZY=1", NULL},
    {"many_launches", GOOD, "", NULL},
    {"reload", GOOD, "", NULL},
    {"arguments", GOOD, "", NULL},
    {"arguments", GOOD, "RQA_EMULATOR_LAZY=1", NULL},
    {"errors", GOOD, "", NULL},
    {"integers", GOOD, "", NULL},
    {"floats", GOOD, "", NULL},
    {"atomics", GOOD, "", NULL},
    {"vectors", GOOD, "", NULL},
};

static const char *plugin;
static int n_run, n_failed;

static int run_case(const char *name)
{
    /* What is said must be out before a sanitizer ends the process. */
    setvbuf(stdout, NULL, _IONBF, 0);
    void *handle = dlopen(plugin, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        printf("%s\n", dlerror());
        return 3;
    }
    int (*selftest)(const char *);
    *(void **)&selftest = dlsym(handle, "emulator_selftest");
    return selftest ? selftest(name) : 3;
}

/* Becomes this program again with the settings, its output going to the pipe. */
static void become(const struct trial *trial, const char *order, int output)
{
    static char settings[1024];
    dup2(output, 1);
    dup2(output, 2);
    setenv("TSAN_OPTIONS", "atexit_sleep_ms=0", 0);
    if (order)
        setenv("RQA_EMULATOR_ORDER", order, 1);
    snprintf(settings, sizeof settings, "%s", trial->environment);
    for (char *one = strtok(settings, " "); one; one = strtok(NULL, " ")) {
        char *value = strchr(one, '=');
        *value++ = '\0';
        setenv(one, value, 1);
    }
    execl("/proc/self/exe", "test_cuda_emulator", plugin, trial->name, (char *)NULL);
    _exit(127);
}

/* Whether one of the texts "this|that" was said. */
static int says(const char *said, const char *texts)
{
    char one[256];
    while (texts && *texts) {
        const size_t n = strcspn(texts, "|");
        snprintf(one, sizeof one, "%.*s", (int)n, texts);
        if (strstr(said, one))
            return 1;
        texts += n + (texts[n] == '|');
    }
    return texts == NULL;
}

static void check(const struct trial *trial, const char *order)
{
    char said[65536];
    size_t n = 0;
    int ends[2], status;
    if (trial->end == BAD_ASAN && strcmp(build, "asan"))
        return;
    fflush(stdout);
    if (pipe(ends) != 0)
        abort();
    const pid_t child = fork();
    if (child == 0)
        become(trial, order, ends[1]);
    close(ends[1]);
    for (ssize_t got; (got = read(ends[0], said + n, sizeof said - 1 - n)) > 0;)
        n += (size_t)got;
    said[n] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const int bad = trial->end == BAD || trial->end == BAD_ASAN ||
                    (trial->end == BAD_TSAN && !strcmp(build, "tsan"));
    const int seen = (trial->end != GOOD && !bad) || says(said, trial->text);
    n_run++;
    if ((code != 0) == bad && seen && code != 2 && code != 3 && code != 127)
        return;
    n_failed++;
    printf("%s (%s%s%s): ended with status 0x%x, expected %s \"%s\"\n%s\n", trial->name,
           trial->environment, order ? " order " : "", order ? order : "", (unsigned)status,
           bad ? "a complaint" : "none", trial->text ? trial->text : "", said);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        printf("usage: test_cuda_emulator PLUGIN [CASE]\n");
        return 2;
    }
    plugin = argv[1];
    if (argc > 2)
        return run_case(argv[2]);
    for (size_t k = 0; k < sizeof ordered / sizeof *ordered; k++)
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
            check(&ordered[k], orders[o]);
    for (size_t k = 0; k < sizeof single / sizeof *single; k++)
        check(&single[k], NULL);
    printf("%d trials, %d failed\n", n_run, n_failed);
    return n_failed != 0 || n_run == 0;
}
