/* border.c - what a rule for border lines makes of a histogram of diagonal lines. */
#include "lines/border.h"

void rqa__border_free(rqa__border_lines *b)
{
    rqa__hist_free(&b->line);
    rqa__hist_free(&b->loi);
}

size_t rqa__border_room(const rqa__spectrum *lines)
{
    return lines->n_bins + 2; /* the lengths that border lines are given */
}

static uint64_t count_of(const rqa__hist *hist, uint64_t length)
{
    return length < hist->size ? hist->count[length] : 0;
}

static uint64_t number_of(const rqa__hist *hist, uint64_t *longest)
{
    uint64_t n = 0;
    *longest = 0;
    for (size_t length = 0; length < hist->size; length++) {
        n += hist->count[length];
        if (hist->count[length])
            *longest = length;
    }
    return n;
}

/* Adds n lines; classes stay in rising order. */
static void add(rqa__spectrum *to, rqa__bin *bin, uint64_t length, uint64_t n)
{
    size_t at = to->n_bins;
    for (; at > 0 && bin[at - 1].length > length; at--)
        ;
    if (at > 0 && bin[at - 1].length == length) {
        bin[at - 1].count += n;
        return;
    }
    for (size_t k = to->n_bins++; k > at; k--)
        bin[k] = bin[k - 1];
    bin[at] = (rqa__bin){length, n};
}

rqa__spectrum rqa__border_correct(const rqa__border_lines *b, const rqa__border_rule *rule,
                                  const rqa__spectrum *lines, rqa__bin *out)
{
    uint64_t longest;
    const uint64_t n = number_of(&b->line, &longest);
    if (rule->what == RQA__BORDER_ALL || n == 0)
        return *lines;
    rqa__spectrum kept = {out, 0};
    for (size_t k = 0; k < lines->n_bins; k++) {
        const uint64_t length = lines->bin[k].length;
        uint64_t gone = count_of(&b->line, length);
        if (rule->what == RQA__BORDER_KELO)
            gone += count_of(&b->loi, length);
        if (lines->bin[k].count > gone)
            out[kept.n_bins++] = (rqa__bin){length, lines->bin[k].count - gone};
    }
    if (rule->what == RQA__BORDER_CENSI)
        add(&kept, out, rule->loi ? rule->loi : longest, n);
    for (int side = 0; side < 2 && rule->what == RQA__BORDER_KELO; side++)
        if (b->longest[side])
            add(&kept, out, b->longest[side], 1);
    return kept;
}
