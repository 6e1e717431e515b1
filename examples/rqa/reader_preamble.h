/* reader_preamble.h - text tables of known devices: what stands above their rows, and what it says.
 *
 * | kind | begins with | columns |
 * |---|---|---|
 * | .trc (OpenSim, Cortex) | PathFileType | Frame#, Time, MARKER_X, MARKER_Y, MARKER_Z |
 * | Vicon | Trajectories, Devices ..., a rate | Frame, Sub Frame, SUBJECT:MARKER_X ... |
 * | Qualisys .tsv | NO_OF_FRAMES | Frame, Time if there, MARKER_X ..., or the header's |
 * | LabChart | Interval= | Time if there, the channel titles |
 * | OpenBCI | %OpenBCI | the header's |
 * | DeepLabCut | scorer, | frame, INDIVIDUAL_BODYPART_x, ..._y, ..._likelihood |
 *
 * Columns that count or time the rows are not read unless they are named. */
#ifndef READER_PREAMBLE_H
#define READER_PREAMBLE_H

#include "reader_lines.h"
#include "reader_table.h"

typedef struct reader_preamble {
    const char *kind; /* "a .trc file"; NULL: the text is of no known kind */
    size_t n_lines;   /* above the rows */
    char delimiter;
    char **names; /* n_columns; NULL: the kind does not say */
    char *is_clock;
    size_t n_columns, room, clock_room;
    double sampling_rate; /* 0: not known */
    const char *next;     /* how a further block begins, which is not read; NULL: there is none */
    int is_section;       /* a blank line ends the rows */
    int has_remarks;      /* behind the last column, beginning with # */
} reader_preamble;

/* Is the line the title of a section of a Vicon file? */
int reader_preamble_is_section(const char *line, size_t length);

/* Looks at the block that is unread. 0, or -1 with the error set: of a known kind, but not as it
 * should be. */
int reader_preamble_find(reader_preamble *out, const reader_lines *lines);
void reader_preamble_free(reader_preamble *preamble);

#endif
