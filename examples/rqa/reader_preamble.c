/* reader_preamble.c - text tables of known devices: what stands above their rows, and what it says.
 */
#include "reader_preamble.h"

#include <stdlib.h>
#include <string.h>

#include "reader_preamble_kinds.h"

static const char *const sections[] = {"Trajectories", "Devices", "Joints", "Model Outputs",
                                       "Segments"};

int reader_preamble_is_section(const char *line, size_t length)
{
    while (length > 0 && strchr(",\t \r", line[length - 1]))
        length--;
    for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++)
        if (length == strlen(sections[k]) && memcmp(line, sections[k], length) == 0)
            return 1;
    return 0;
}

typedef struct known_kind {
    const char *start, *name;
    char delimiter;
    int (*read)(reader_cursor *c);
} known_kind;

static const known_kind kinds[] = {
    {"PathFileType\t", "a .trc file", '\t', reader_preamble_trc},
    {"NO_OF_FRAMES\t", "a Qualisys file", '\t', reader_preamble_qualisys},
    {"Interval=\t", "a LabChart file", '\t', reader_preamble_labchart},
    {"%OpenBCI", "an OpenBCI file", ',', reader_preamble_openbci},
    {"scorer,", "a DeepLabCut file", ',', reader_preamble_deeplabcut},
};

/* Its first line is a word that any table may have for its only name: so more is asked for. */
static int is_vicon(const reader_cursor *c, char *delimiter)
{
    static const char second[] = "Sub Frame";
    const char *end = memchr(c->text, c->lines->end_of_line, c->n);
    const char *at = end;
    if (!end || !reader_preamble_is_section(c->text, (size_t)(end - c->text)))
        return 0;
    do
        at = memchr(at + 1, 'S', c->n - (size_t)(at + 1 - c->text));
    while (at && (c->n - (size_t)(at - c->text) < sizeof second ||
                  memcmp(at, second, sizeof second - 1) != 0));
    *delimiter = at && at[-1] == '\t' ? '\t' : ',';
    return at != NULL;
}

static int (*find_kind(const reader_cursor *c))(reader_cursor *)
{
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        if (c->n >= strlen(kinds[k].start) &&
            memcmp(c->text, kinds[k].start, strlen(kinds[k].start)) == 0) {
            c->out->kind = kinds[k].name;
            c->out->delimiter = kinds[k].delimiter;
            return kinds[k].read;
        }
    if (!is_vicon(c, &c->out->delimiter))
        return NULL;
    c->out->kind = "a Vicon file";
    return reader_preamble_vicon;
}

int reader_preamble_find(reader_preamble *out, const reader_lines *lines)
{
    const reader_bytes *bytes = lines->bytes;
    reader_cursor c = {.out = out,
                       .lines = lines,
                       .text = (const char *)bytes->data + bytes->position,
                       .n = bytes->length - bytes->position};
    memset(out, 0, sizeof *out);
    int (*take)(reader_cursor *) = find_kind(&c);
    if (!take)
        return 0;
    c.fields.memory = lines->memory;
    c.line = malloc(c.n + 1);
    int status =
        c.line ? take(&c) : reader_memory_fail(lines->memory, bytes->name, 0, lines->error);
    out->is_section = take == reader_preamble_vicon;
    out->has_remarks = take == reader_preamble_labchart;
    out->next = take == reader_preamble_labchart ? "Interval=" : NULL;
    free(c.line);
    free(c.fields.field);
    return status;
}

void reader_preamble_free(reader_preamble *preamble)
{
    for (size_t k = 0; k < preamble->n_columns; k++)
        free(preamble->names[k]);
    free(preamble->names);
    free(preamble->is_clock);
    memset(preamble, 0, sizeof *preamble);
}
