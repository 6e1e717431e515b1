/* file.c - what of file.h is the same on all systems. */
#include "base/file.h"

int rqa__file_state_equal(const rqa__file_state *a, const rqa__file_state *b)
{
    return a->size == b->size && a->modified_s == b->modified_s &&
           a->modified_ns == b->modified_ns && a->device == b->device && a->number == b->number;
}
