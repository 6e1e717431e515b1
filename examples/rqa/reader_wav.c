/* reader_wav.c - WAV (RIFF and RF64) by libsndfile: channels are columns. Integers of b bits are
 * divided by 2^(b-1), so that full scale is 1; 8 bits are unsigned, and 128 is their zero. Floats
 * are as they are stored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_binary.h"

int reader_wav_is(const unsigned char *data, size_t n)
{
    return n >= 12 && (memcmp(data, "RIFF", 4) == 0 || memcmp(data, "RF64", 4) == 0) &&
           memcmp(data + 8, "WAVE", 4) == 0;
}

#if RQA_WITH_SNDFILE
#include <sndfile.h>

enum { FRAMES = 4096 };

typedef struct wav_memory {
    const unsigned char *data;
    sf_count_t n, position;
} wav_memory;

static sf_count_t memory_length(void *user)
{
    return ((const wav_memory *)user)->n;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *user)
{
    wav_memory *m = user;
    sf_count_t to = offset + (whence == SEEK_CUR ? m->position : whence == SEEK_END ? m->n : 0);
    if (to < 0 || to > m->n)
        return -1;
    return m->position = to;
}

static sf_count_t memory_read(void *out, sf_count_t n, void *user)
{
    wav_memory *m = user;
    n = n < m->n - m->position ? n : m->n - m->position;
    if (n > 0)
        memcpy(out, m->data + m->position, (size_t)n);
    m->position += n;
    return n;
}

static sf_count_t memory_write(const void *from, sf_count_t n, void *user)
{
    (void)from, (void)n, (void)user;
    return 0;
}

static sf_count_t memory_tell(void *user)
{
    return ((const wav_memory *)user)->position;
}

static uint64_t little_endian(const unsigned char *at, int n_bytes)
{
    uint64_t value = 0;
    while (n_bytes-- > 0)
        value = value << 8 | at[n_bytes];
    return value;
}

/* libsndfile gives what is there of a file that is cut short: so the chunks are followed first. A
 * length of all ones is that of a stream, which could not know it; RF64 has the true one in a chunk
 * in front. */
static int is_cut(const unsigned char *data, size_t n)
{
    uint64_t true_length = 0;
    for (size_t at = 12; at + 8 <= n;) {
        uint64_t length = little_endian(data + at + 4, 4);
        if (memcmp(data + at, "data", 4) == 0)
            return (length == UINT32_MAX ? true_length : length) > n - at - 8;
        if (memcmp(data + at, "ds64", 4) == 0 && length >= 16 && n - at >= 24)
            true_length = little_endian(data + at + 16, 8);
        if (length > n - at - 8)
            return 1;
        at += 8 + (size_t)length + (size_t)(length & 1);
    }
    return 1;
}

/* Formats that keep every sample. */
static int is_plain(int format)
{
    static const int known[] = {SF_FORMAT_PCM_U8, SF_FORMAT_PCM_16, SF_FORMAT_PCM_24,
                                SF_FORMAT_PCM_32, SF_FORMAT_FLOAT,  SF_FORMAT_DOUBLE,
                                SF_FORMAT_ULAW,   SF_FORMAT_ALAW};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        if ((format & SF_FORMAT_SUBMASK) == known[k])
            return 1;
    return 0;
}

static int read_frames(reader_binary *b, SNDFILE *sound, const SF_INFO *info)
{
    double *frames = malloc((size_t)FRAMES * (size_t)info->channels * sizeof *frames);
    sf_count_t n = 0, got;
    int status = frames ? 0 : reader_binary_no_memory(b);
    while (status == 0 && (got = sf_readf_double(sound, frames, FRAMES)) > 0) {
        for (sf_count_t k = 0; k < got && status == 0; k++)
            for (size_t c = 0; c < b->n_wanted && status == 0; c++)
                status =
                    reader_binary_put(b, frames[(size_t)k * (size_t)info->channels + b->wanted[c]]);
        n += got;
    }
    free(frames);
    if (status == 0 && n == 0)
        return reader_fail(
            b->error, READER_OF_INPUT,
            "%s: the WAV file states that it holds no samples; where its recorder did "
            "not close it: sox --ignore-length in.wav out.wav",
            b->file);
    if (status == 0 && n != info->frames)
        return reader_fail(
            b->error, READER_OF_INPUT,
            "%s: the WAV file holds %lld of %lld samples; a complete file is expected", b->file,
            (long long)n, (long long)info->frames);
    b->table->n_rows = (size_t)n;
    return status;
}

static int read_sound(reader_binary *b, wav_memory *memory)
{
    SF_VIRTUAL_IO io = {memory_length, memory_seek, memory_read, memory_write, memory_tell};
    SF_INFO info = {0};
    if (is_cut(memory->data, (size_t)memory->n))
        return reader_fail(b->error, READER_OF_INPUT,
                           "%s: the WAV file is cut short; a complete file is expected", b->file);
    SNDFILE *sound = sf_open_virtual(&io, SFM_READ, &info, memory);
    if (!sound)
        return reader_fail(b->error, READER_OF_INPUT, "%s: the WAV file is damaged: %s", b->file,
                           sf_strerror(NULL));
    int status = 0;
    if (!is_plain(info.format))
        status = reader_fail(b->error, READER_OF_INPUT,
                             "%s: the WAV file is compressed; save it as PCM: sox in.wav -e "
                             "signed-integer out.wav",
                             b->file);
    if (status == 0)
        status = reader_binary_begin(b, NULL, (size_t)info.channels, NULL);
    if (status == 0)
        status = read_frames(b, sound, &info);
    b->table->sampling_rate = info.samplerate;
    sf_close(sound);
    return status;
}

int reader_wav_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    reader_binary b = {.table = out,
                       .request = request,
                       .file = bytes->name,
                       .kind = "a WAV file",
                       .error = error};
    unsigned char *data;
    size_t n;
    if (reader_binary_whole(&data, &n, bytes, request->memory, error) != 0)
        return -1;
    wav_memory memory = {data, (sf_count_t)n, 0};
    int status = read_sound(&b, &memory);
    reader_binary_end(&b);
    free(data);
    reader_memory_give(request->memory, n);
    return status;
}

const char *reader_wav_library(void)
{
    return sf_version_string();
}

#else

const char *reader_wav_library(void)
{
    return NULL;
}

int reader_wav_read(reader_table *out, reader_bytes *bytes, const reader_request *request,
                    reader_error *error)
{
    (void)out, (void)request;
    return reader_fail(error, READER_OF_INPUT,
                       "%s: a WAV file, and this program was built without libsndfile; write its "
                       "samples as text: sox in.wav out.dat, then --skip-lines 2 --columns 2",
                       bytes->name);
}
#endif
