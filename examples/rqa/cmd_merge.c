/* cmd_merge.c - rqa merge: several stores into one.
 *
 * The inputs are joined in a draft first, so that a conflict between any two of them leaves the
 * result as it was; then the draft becomes the result, or joins it in one step. */
#include <errno.h>
#include <rqa/rqa.h>
#include <rqa/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain_text.h"
#include "cli_analysis.h"
#include "cli_commands.h"
#include "cli_console.h"
#include "cli_output.h"
#include "cli_paths.h"
#include "cli_signals.h"
#include "cli_system.h"
#include "sweep_progress.h"

/* What SQLite and librqa keep beside a store while it is open. */
enum { N_PARTS = 4 };
static const char *const parts[N_PARTS] = {"", "-wal", "-shm", "-workers"};

typedef struct merging {
    const cli_arguments *arguments;
    rqa_context *context;
    const char *path;
    char *draft[N_PARTS];
} merging;

static int fail_merge(rqa_status status)
{
    return cli_fail_store(status, "merge");
}

/* With `known` in place of the draft's name, which nobody has given it. */
static int fail_draft(const merging *m, rqa_status status, const char *known)
{
    char *draft = cli_text("%s", m->draft[0]);
    rqa__plain_text(draft, ""); /* as the library shows it */
    const char *text = rqa_last_error(), *at = strstr(text, draft);
    char *told = at ? cli_text("%.*s%s%s", (int)(at - text), text, known, at + strlen(draft))
                    : cli_text("%s", text);
    int code = cli_fail_store_text(status, "merge", told);
    free(told);
    free(draft);
    return code;
}

static int open_store(const merging *m, rqa_store **out, const char *path, int32_t mode)
{
    rqa_store_options options;
    rqa_store_options_init(&options);
    char *line = cli_command_line(m->arguments->argv);
    options.command = line;
    options.mode = mode;
    rqa_status status = rqa_store_open(out, m->context, path, &options);
    free(line);
    return status == RQA_OK ? CLI_OK : fail_merge(status);
}

/* A merge takes a while: which store it is at, on a terminal. */
static void show(const merging *m, size_t k)
{
    cli_log("merging %s", m->arguments->inputs[k]);
    if (m->arguments->value[OPT_QUIET] || !system_is_terminal(SYSTEM_STDERR))
        return;
    char *line = cli_text("merging %s (%zu of %zu)", m->arguments->inputs[k], k + 1,
                          m->arguments->n_inputs);
    cli_bar(line);
    free(line);
}

static int make_draft(const merging *m)
{
    rqa_store *draft = NULL;
    int code = open_store(m, &draft, m->draft[0], RQA_STORE_CREATE);
    for (size_t k = 0; k < m->arguments->n_inputs && code == CLI_OK; k++) {
        show(m, k);
        rqa_status status = rqa_store_merge(draft, m->arguments->inputs[k]);
        if (status != RQA_OK)
            code = fail_draft(
                m, status, status == RQA_ERROR_STORE_CONFLICT ? "the stores before it" : m->path);
    }
    if (code == CLI_OK)
        cli_bar(NULL);
    rqa_store_close(draft);
    return code;
}

static int join_draft(const merging *m)
{
    rqa_store *into = NULL;
    int code = open_store(m, &into, m->path, RQA_STORE_WRITE);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_store_merge(into, m->draft[0]);
    if (status != RQA_OK)
        code = fail_draft(m, status,
                          m->arguments->n_inputs == 1 ? m->arguments->inputs[0] : "these stores");
    rqa_store_close(into);
    return code;
}

/* A store that has been made meanwhile is joined, not replaced. */
static int place_draft(const merging *m)
{
    if (system_name_new(m->draft[0], m->path) == 0)
        return CLI_OK;
    if (system_is_there(m->path))
        return join_draft(m);
    if (system_replace(m->draft[0], m->path) == 0)
        return CLI_OK;
    return cli_fail(CLI_FAILED, "%s: cannot be written: %s", m->path, system_reason(errno));
}

static int tell(const merging *m)
{
    rqa_store *store = NULL;
    rqa_store_summary summary = {.struct_size = sizeof summary};
    char rows[32], failed[64] = "";
    /* For writing: who is the last to close it leaves one plain file, which a reader cannot. */
    int code = open_store(m, &store, m->path, RQA_STORE_WRITE);
    if (code != CLI_OK)
        return code;
    rqa_status status = rqa_store_summarize(store, &summary);
    if (summary.n_failed > 0)
        snprintf(failed, sizeof failed, ", %llu of them failed",
                 (unsigned long long)summary.n_failed);
    if (status == RQA_OK)
        cli_note("%s: %s results of %llu recordings and modes%s", m->path,
                 sweep_progress_count(rows, summary.n_rows), (unsigned long long)summary.n_items,
                 failed);
    else
        code = cli_fail_store(status, "merge");
    rqa_store_close(store);
    return code;
}

static int merge(merging *m)
{
    int exists = system_is_there(m->path);
    if (exists) { /* not a store, or of a newer librqa: told before the work */
        rqa_store *store = NULL;
        int code = open_store(m, &store, m->path, RQA_STORE_READ);
        rqa_store_close(store);
        if (code != CLI_OK)
            return code;
    }
    for (int k = 0; k < N_PARTS; k++) {
        m->draft[k] = cli_text("%s.partial-%lld%s", m->path, (long long)system_process_id(), parts[k]);
        cli_signals_add_unfinished(m->draft[k]);
    }
    int code = make_draft(m);
    if (code == CLI_OK)
        code = exists ? join_draft(m) : place_draft(m);
    cli_signals_clean();
    for (int k = 0; k < N_PARTS; k++)
        free(m->draft[k]);
    return code == CLI_OK ? tell(m) : code;
}

int cmd_merge(const cli_arguments *arguments)
{
    merging m = {.arguments = arguments, .path = arguments->value[OPT_OUT]};
    if (arguments->n_inputs == 0)
        return cli_fail(CLI_BAD_INPUT, "stores to merge are expected");
    if (!m.path || strcmp(m.path, "-") == 0)
        return cli_fail(CLI_BAD_INPUT, "--out is required: the store that takes the results");
    int code = cli_paths_check_store("--out", m.path);
    for (size_t k = 0; k < arguments->n_inputs && code == CLI_OK; k++) {
        code = cli_paths_check_store("merge", arguments->inputs[k]);
        if (code == CLI_OK && !system_may_read(arguments->inputs[k]))
            code = cli_fail(CLI_BAD_INPUT, "%s: cannot be opened: %s", arguments->inputs[k],
                            system_reason(errno));
    }
    if (code == CLI_OK)
        code = cli_output_check(m.path, 1);
    if (code == CLI_OK)
        code = cli_analysis_context(&m.context, arguments);
    if (code == CLI_OK)
        code = merge(&m);
    rqa_context_destroy(m.context);
    return code;
}
