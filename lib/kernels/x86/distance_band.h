/* distance_band.h - band() of a level, by band_norm() of the including file, compiled for each norm. */
static void band(const rqa__distance_space *s, size_t i, size_t j, uint64_t cells,
                 rqa__distance_band *band)
{
    if (s->norm == 0)
        band_norm(s, i, j, cells, band, 0);
    else if (s->norm == 1)
        band_norm(s, i, j, cells, band, 1);
    else
        band_norm(s, i, j, cells, band, 2);
}
