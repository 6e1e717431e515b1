/* cli_signals.c - Ctrl-C, SIGTERM, closed pipes and files that may not grow. */
#include "cli_signals.h"

#include <stddef.h>

#include "cli_system.h"

volatile sig_atomic_t cli_signal;
static volatile sig_atomic_t deferred;
static const char *volatile unfinished[CLI_UNFINISHED];

/* Async-signal-safe, as on_signal() must be; on Windows it has a thread of its own. */
static void remove_unfinished(void)
{
    for (size_t k = 0; k < CLI_UNFINISHED; k++)
        if (unfinished[k])
            system_remove(unfinished[k]);
}

static void on_signal(int number)
{
    if (deferred && cli_signal == 0) {
        cli_signal = number;
        return;
    }
    remove_unfinished();
    system_exit_now(128 + number);
}

void cli_signals_install(void)
{
    system_catch_signals(on_signal);
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
