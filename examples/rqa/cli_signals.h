/* cli_signals.h - Ctrl-C, SIGTERM and closed pipes. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>

/* The signal that asked to stop, 0 if none. */
extern volatile sig_atomic_t cli_signal;

/* A signal ends the program at once with 128 + its number, removing the unfinished output. SIGPIPE
 * is ignored: writing reports EPIPE. */
void cli_signals_install(void);

/* While on, the first signal only sets cli_signal; a second one ends the program as above. */
void cli_signals_defer(int on);

/* Files to remove when the program is ended: at most CLI_UNFINISHED. The texts must stay alive
 * until they are forgotten, all at once. */
enum { CLI_UNFINISHED = 4 };
void cli_signals_add_unfinished(const char *path);
void cli_signals_forget_unfinished(void);

/* Removes those files now. */
void cli_signals_clean(void);

#endif
