/* reference_tables.c - prints tables of the documentation, as Markdown, from the public API, so
 * that a page cannot say anything else than the library does.
 *
 * Usage: reference_tables status|measures|conventions|reasons
 */
#include <rqa/rqa.h>
#include <stdio.h>
#include <string.h>

static void print_status(void)
{
    rqa_status status;
    printf("| number | name | meaning |\n|---|---|---|\n");
    for (size_t k = 0; rqa_status_at(k, &status) == RQA_OK; k++)
        printf("| %d | `%s` | %s |\n", (int)status, rqa_status_name(status),
               rqa_status_text(status));
}

static void print_measures(void)
{
    printf("| id | name | what it is |\n|---|---|---|\n");
    for (int32_t k = 0; k < RQA_MEASURE_COUNT; k++)
        printf("| %d | %s | %s |\n", (int)k, rqa_measure_name(k), rqa_measure_text(k));
}

static void print_conventions(void)
{
    printf("| id | name | in one line |\n|---|---|---|\n");
    for (int32_t k = 0; rqa_convention_name(k); k++)
        printf("| %d | %s | %s |\n", (int)k, rqa_convention_name(k), rqa_convention_text(k));
}

static void print_reasons(void)
{
    printf("| number | reason |\n|---|---|\n");
    for (int32_t k = 1; rqa_reason_text(k); k++)
        printf("| %d | %s |\n", (int)k, rqa_reason_text(k));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } tables[] = {{"status", print_status},
                  {"measures", print_measures},
                  {"conventions", print_conventions},
                  {"reasons", print_reasons}};
    for (size_t k = 0; argc == 2 && k < sizeof tables / sizeof tables[0]; k++)
        if (strcmp(argv[1], tables[k].name) == 0) {
            tables[k].print();
            return 0;
        }
    fprintf(stderr, "usage: reference_tables status|measures|conventions|reasons\n");
    return 2;
}
