/* test_paths.c - names that the system lets no file have: devices on Windows, none elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/path.h"
#include "rqa/store.h"
#include "support.h"

static const char *const devices[] = {
    "CON",      "con",       "PRN",      "AUX",           "aux.png",       "Aux.tar.gz",   "x/aux.csv",
    "x\\CON",   "C:com1",    "C:\\x\\LPT9.txt", "COM9",   "lpt1",          "NUL.csv",      "x/NUL",
    "nul:",     "nul .png",  "CONIN$",   "conout$.txt",   "x/CONIN$",      "AUX:stream",   "COM\u00b9",
    "LPT\u00b3.csv", "//server/share/prn.log", "COM1 .csv"};

static const char *const files[] = {
    "NUL",     "nul",     "con1",   "COM0",     "COM10",       "LPT",         "aux_1.png", "xaux.png",
    "x.aux",   ".aux",    "CON/x",  "nul/a.csv", "conin",      "a con",       "AUXI",      "prn-2.csv",
    "\\\\?\\C:\\x\\aux.png", "\\\\.\\COM1", "COM\u2074",  "comx",  "", "lptA.csv"};

static char folder[] = "/tmp/rqa-paths-XXXXXX";

static int is_windows(void)
{
    return rqa__path_list_separator == ';';
}

START_TEST(which_names_are_refused)
{
    for (size_t k = 0; k < sizeof devices / sizeof devices[0]; k++) {
        const char *refusal = rqa__path_refusal(devices[k]);
        ck_assert_msg((refusal != NULL) == is_windows(), "%s: %s", devices[k], refusal ? refusal : "taken");
        ck_assert(!refusal || strstr(refusal, "device"));
    }
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++)
        ck_assert_msg(rqa__path_refusal(files[k]) == NULL, "%s", files[k]);
}
END_TEST

/* Behind a folder that is there, and one so long that \\?\ goes before the name. */
static void in_a_folder(char *path, size_t size, size_t length, const char *name)
{
    const int n = snprintf(path, size, "%s", folder);
    for (size_t at = (size_t)n; at < length; at += 2)
        memcpy(path + at, "/.", 3);
    snprintf(path + strlen(path), size - strlen(path), "/%s", name);
}

/* Elsewhere it is a file as any other. */
START_TEST(outputs)
{
    static const char *const names[] = {"aux.png", "CON", "nul.csv", "com3.png"};
    char path[500];
    for (size_t k = 0; k < 2 * sizeof names / sizeof names[0]; k++) {
        rqa__draft draft;
        in_a_folder(path, sizeof path, k % 2 ? 260 : 0, names[k / 2]);
        if (is_windows()) {
            ck_fails(rqa__draft_open(&draft, path, 1), RQA_ERROR_IO, "takes this name for a device");
            ck_assert_ptr_nonnull(strstr(rqa_last_error(), path));
        } else {
            ck_ok(rqa__draft_open(&draft, path, 1));
            ck_ok(rqa__draft_commit(&draft));
            ck_assert_int_eq(rqa__file_state_of(path).size, 0);
        }
    }
}
END_TEST

START_TEST(pictures)
{
    static const double value[] = {0, 1, 3, 2, 0, 1, 3, 2};
    rqa_context *context = support_context(1);
    rqa_series *series = support_series(context, value, 8, 1);
    rqa_embedding *embedding = support_embedding(series, 1, 1);
    rqa_analysis_options options = support_options(RQA_CONVENTION_STANDARD, RQA_NORM_MAXIMUM, 0.5);
    char path[500];
    in_a_folder(path, sizeof path, 0, "AUX.Png");
    int status = rqa_plot_write_png(path, embedding, NULL, &options, NULL);
    if (status == RQA_ERROR_UNSUPPORTED)
        printf("skipped: this build writes no pictures\n");
    else
        ck_assert_int_eq(status, is_windows() ? RQA_ERROR_IO : RQA_OK);
    rqa_embedding_destroy(embedding);
    rqa_series_destroy(series);
    rqa_context_destroy(context);
}
END_TEST

START_TEST(stores)
{
    rqa_context *context = support_context(1);
    rqa_store *store = NULL;
    char path[500];
    in_a_folder(path, sizeof path, 0, "aux.sqlite");
    int status = rqa_store_open(&store, context, path, NULL);
    if (status == RQA_ERROR_UNSUPPORTED)
        printf("skipped: this build has no stores\n");
    else if (is_windows())
        ck_fails(status, RQA_ERROR_STORE, "aux.sqlite: Windows takes this name for a device");
    else
        ck_ok(status);
    rqa_store_close(store);
    rqa_context_destroy(context);
}
END_TEST

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

int main(void)
{
    Suite *suite = suite_create("paths");
    TCase *names = tcase_create("names");
    tcase_add_unchecked_fixture(names, setup, teardown);
    tcase_add_test(names, which_names_are_refused);
    tcase_add_test(names, outputs);
    tcase_add_test(names, pictures);
    tcase_add_test(names, stores);
    suite_add_tcase(suite, names);
    return support_run(suite);
}
