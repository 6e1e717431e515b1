/* tiles_terms_tpl.h - a copy of decide_of() and cells_of() for each kind and small number of terms,
 * compiled once per level. */

#define FOR_TERMS(call, kind)                                                                      \
    switch (f->n_terms) {                                                                          \
    case 1: return call(1, kind);                                                                  \
    case 2: return call(2, kind);                                                                  \
    case 3: return call(3, kind);                                                                  \
    default: return call(f->n_terms, kind);                                                        \
    }

#define FOR_KINDS(call)                                                                            \
    if (f->kind == RQA__TILES_SQUARES)                                                             \
        FOR_TERMS(call, RQA__TILES_SQUARES)                                                        \
    else if (f->kind == RQA__TILES_MAXIMUM)                                                        \
        FOR_TERMS(call, RQA__TILES_MAXIMUM)                                                        \
    else                                                                                           \
        FOR_TERMS(call, RQA__TILES_ABSOLUTE)

static void decide(const rqa__tiles_field *f, const rqa__tiles_words *words)
{
#define DECIDE(n, kind) decide_of(f, n, kind, words)
    FOR_KINDS(DECIDE)
}

static size_t cells(const rqa__tiles_field *f, const rqa__tiles_asked *asked)
{
#define CELLS(m, kind) cells_of(f, m, kind, asked)
    FOR_KINDS(CELLS)
}
