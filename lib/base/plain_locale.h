/* plain_locale.h - doubles are written and read with a point, whatever locale the host has set. */
#ifndef RQA_BASE_PLAIN_LOCALE_H
#define RQA_BASE_PLAIN_LOCALE_H

/* What leave() gives back; NULL: nothing. */
typedef void *rqa__plain_locale;

/* Around the printf of one double, and any strtod of its text. The calling thread alone is touched: the
 * locale of the process, and those of its other threads, are the host's. After leave() the text has a
 * point. */
rqa__plain_locale rqa__plain_locale_enter(void);
void rqa__plain_locale_leave(rqa__plain_locale before, char *text);

#endif
