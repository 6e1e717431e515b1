/* reader_foreign.c - files of kinds that are not read: their name, and one way out. */
#include "reader_foreign.h"

#include <string.h>

typedef struct foreign_kind {
    size_t at, n; /* where the magic bytes are, and how many */
    const char *magic;
    const char *inside; /* text that is somewhere in the first block too; NULL = none */
    const char *name, *way_out;
} foreign_kind;

#define FROM_HDF5 "numpy.save('x.npy', h5py.File('x.h5')['NAME'])"
#define HDF5 "an HDF5 file that is not MATLAB's"
#define SHEET "save the sheet as CSV"

/* In this order: what is told by more stands first. */
static const foreign_kind kinds[] = {
    {0, 8, "\x89HDF\r\n\x1a\n", NULL, HDF5, FROM_HDF5},
    {512, 8, "\x89HDF\r\n\x1a\n", NULL, HDF5, FROM_HDF5},
    {0, 4, "PAR1", NULL, "a Parquet file", "pandas.read_parquet('x').to_csv('x.csv', index=False)"},
    {0, 6, "ARROW1", NULL, "an Arrow (Feather) file",
     "pandas.read_feather('x').to_csv('x.csv', index=False)"},
    {0, 4, "FEA1", NULL, "a Feather file", "pandas.read_feather('x').to_csv('x.csv', index=False)"},
    {0, 4, "PK\3\4", "xl/", "an Excel workbook", SHEET},
    {0, 4, "PK\3\4", "opendocument", "an OpenDocument file", SHEET},
    {0, 4, "PK\3\4", NULL, "a ZIP archive", "unzip it, and give the folder"},
    {0, 4, "PK\5\6", NULL, "a ZIP archive", "it holds nothing"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NULL, "an old Office file (.xls)", SHEET},
    {0, 2, "\2P", NULL, "a C3D file", "save its points as .trc or as CSV"},
    {0, 2, "\x1f\x8b", NULL, "a gzip file within gzip", "unpack it once: gunzip"},
    {0, 3, "BZh", NULL, "a bzip2 file", "unpack it: bunzip2"},
    {0, 6, "\xfd\x37zXZ", NULL, "an xz file", "unpack it: unxz"},
    {0, 4, "\x28\xb5\x2f\xfd", NULL, "a Zstandard file", "unpack it: unzstd"},
    {0, 6, "7z\xbc\xaf\x27\x1c", NULL, "a 7-Zip archive", "unpack it: 7z x, and give the folder"},
    {257, 5, "ustar", NULL, "a tar archive", "unpack it: tar -xf, and give the folder"},
    {0, 16, "SQLite format 3", NULL, "an SQLite database",
     "rqa export writes a store of rqa as CSV, sqlite3 -csv a table"},
    {0, 4, "fLaC", NULL, "a FLAC file", "decode it: flac -d"},
    {0, 4, "OggS", NULL, "an Ogg file", "decode it: ffmpeg -i x.ogg x.wav"},
    {0, 3, "ID3", NULL, "an MP3 file", "decode it: ffmpeg -i x.mp3 x.wav"},
    {0, 4, "FORM", "AIF", "an AIFF file", "convert it: sox x.aiff x.wav"},
    {0, 2, "\x80\4", NULL, "a Python pickle", "write the array with numpy.save"},
    {0, 2, "\x80\5", NULL, "a Python pickle", "write the array with numpy.save"},
    {0, 4, "RDX2", NULL, "an R workspace", "write.csv(x, 'x.csv', row.names = FALSE)"},
    {0, 4, "RDX3", NULL, "an R workspace", "write.csv(x, 'x.csv', row.names = FALSE)"},
    {0, 8, "$FL2@(#)", NULL, "an SPSS file", "save it as CSV"},
    {0, 8, "\x89PNG\r\n\x1a\n", NULL, "a PNG picture", "a recording is expected"},
    {0, 5, "%PDF-", NULL, "a PDF file", "a recording is expected"},
};

static int holds(const unsigned char *data, size_t n, const char *text)
{
    size_t length = strlen(text);
    for (size_t k = 0; k + length <= n; k++)
        if (memcmp(data + k, text, length) == 0)
            return 1;
    return 0;
}

int reader_foreign_refuse(const reader_bytes *bytes, reader_error *error)
{
    const unsigned char *data = bytes->data + bytes->position;
    size_t n = bytes->length - bytes->position;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const foreign_kind *kind = &kinds[k];
        if (n >= kind->at + kind->n && memcmp(data + kind->at, kind->magic, kind->n) == 0 &&
            (!kind->inside || holds(data, n, kind->inside)))
            return reader_fail(error, READER_OF_INPUT, "%s: %s, which is not read; %s", bytes->name,
                               kind->name, kind->way_out);
    }
    return 0;
}
