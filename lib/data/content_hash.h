/* content_hash.h - what a recording contains, as 128 bits. */
#ifndef RQA_DATA_CONTENT_HASH_H
#define RQA_DATA_CONTENT_HASH_H

#include "data/recording.h"

enum { RQA__HASH_ROOM = 33 };

/* XXH3, 128 bits, of the shape and the samples of n_channels channels as they are analysed
 * (converted, scaled; any missing sample as the same NaN), as 32 lower-case hexadecimal digits: the
 * same on every machine. */
void rqa__content_hash(const struct rqa_series *series, uint32_t channel_first, uint32_t n_channels,
                       char *out);

#endif
