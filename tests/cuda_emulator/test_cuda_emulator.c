/* test_cuda_emulator.c - runs the emulator's cases, each in a process and environment of its own,
   and holds what it says and how it ends against what is expected. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends: with 0, with another number, or by a signal or a sanitizer. */
enum end { GOOD, WRONG, STOPPED };

struct trial {
    const char *name;
    enum end end;
    const char *environment; /* "NAME=value NAME=value" */
    const char *text;        /* must be said */
};

static const char *const orders[] = {"forward", "reverse", "shuffle:1", "shuffle:20"};

/* Run in every order. */
static const struct trial ordered[] = {
    {"barrier", GOOD, "", NULL},
    {"syncwarp", GOOD, "", NULL},
    {"votes", GOOD, "", NULL},
    {"collectives", GOOD, "", NULL},
    {"crossed_masks", GOOD, "", NULL},
    {"indices", GOOD, "", NULL},
    {"active_mask", GOOD, "", NULL},
    {"barrier_missing", WRONG, "", "wrong == 0"},
    {"syncwarp_missing", WRONG, "", "wrong == 0"},
    {"divergent_barrier", STOPPED, "", "calls __syncthreads at"},
    {"skipped_barrier", STOPPED, "", "lanes 0x00000100: wait in __syncwarp(0xffffffff)"},
    {"returned", STOPPED, "", "warp 1, lanes 0x00000002: returned"},
    {"mask_without_self", STOPPED, "", "__ballot_sync(0x7fffffff), a mask without itself"},
    {"mask_of_nobody", STOPPED, "", "lanes that warp 1 of this block does not have"},
    {"mask_differs", STOPPED, "", "lanes 0xaaaaaaaa: wait in __ballot_sync(0xffffffff)"},
    {"other_collective", STOPPED, "", "lanes of one mask meet in different places"},
    {"lane_missing", STOPPED, "", "lanes 0x00000080: returned"},
    {"bad_width", STOPPED, "", "__shfl_sync with width 12"},
    {"trap", STOPPED, "", "thread (5,0,0) calls __trap at"},
};

static const struct trial single[] = {
    {"order", GOOD, "RQA_EMULATOR_ORDER=forward", "order: forward, first 0 of block 0"},
    {"order", GOOD, "RQA_EMULATOR_ORDER=reverse", "order: reverse, first 47 of block 5"},
    {"order", GOOD, "RQA_EMULATOR_ORDER=shuffle", "order: neither"},
    {"order", STOPPED, "RQA_EMULATOR_ORDER=sideways", "forward, reverse, shuffle or shuffle:seed"},
};

static const char *plugin;
static int n_run, n_failed;

static int run_case(const char *name)
{
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

static void check(const struct trial *trial, const char *order)
{
    char said[65536];
    size_t n = 0;
    int ends[2], status;
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
    const enum end end = code == 0 ? GOOD : code == 1 && !strstr(said, "Sanitizer") ? WRONG : STOPPED;
    n_run++;
    if (end == trial->end && code != 2 && code != 3 && code != 127 &&
        (!trial->text || strstr(said, trial->text)))
        return;
    n_failed++;
    printf("%s (%s%s%s): ended with status 0x%x, expected \"%s\"\n%s\n", trial->name,
           trial->environment, order ? " order " : "", order ? order : "", (unsigned)status,
           trial->text ? trial->text : "", said);
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
