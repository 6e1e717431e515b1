/* plot_font.h - a dot font for printable ASCII: 5x7 dots, and two rows below the baseline. */
#ifndef RQA_DATA_PLOT_FONT_H
#define RQA_DATA_PLOT_FONT_H

#include <stdint.h>

enum {
    RQA__FONT_WIDTH = 5,
    RQA__FONT_CAPITAL = 7, /* rows above the baseline */
    RQA__FONT_HEIGHT = 9,
    RQA__FONT_ADVANCE = 6, /* dots from one character to the next */
    RQA__FONT_FIRST = 32,
    RQA__FONT_LAST = 126
};

/* RQA__FONT_HEIGHT rows from the top; bit 4 is the leftmost dot. `character` is FIRST..LAST. */
const uint8_t *rqa__font_glyph(char character);

#endif
