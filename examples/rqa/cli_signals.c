/* cli_signals.c - Ctrl-C, SIGTERM, closed pipes and files that may not grow. */
#include "cli_signals.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t cli_signal;
static volatile sig_atomic_t deferred;
static const char *volatile unfinished[CLI_UNFINISHED];

/* Async-signal-safe, as on_signal() must be. */
static void remove_unfinished(void)
{
    for (size_t k = 0; k < CLI_UNFINISHED; k++)
        if (unfinished[k])
            unlink(unfinished[k]);
}

static void on_signal(int number)
{
    if (deferred && cli_signal == 0) {
        cli_signal = number;
        return;
    }
    remove_unfinished();
    _exit(128 + number);
}

void cli_signals_install(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
#ifdef SIGXFSZ
    sigaction(SIGXFSZ, &action, NULL); /* ulimit -f: the write says so */
#endif
}

void cli_signals_defer(int on)
{
    deferred = on;
}

void cli_signals_add_unfinished(const char *path)
{
    size_t k = 0;
    while (k < CLI_UNFINISHED && unfinished[k])
        k++;
    if (k < CLI_UNFINISHED)
        unfinished[k] = path;
}

void cli_signals_forget_unfinished(void)
{
    for (size_t k = 0; k < CLI_UNFINISHED; k++)
        unfinished[k] = NULL;
}

void cli_signals_clean(void)
{
    remove_unfinished();
    cli_signals_forget_unfinished();
}
