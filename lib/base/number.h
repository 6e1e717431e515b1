/* number.h - doubles as text in messages: with a point, whatever locale the host has set. */
#ifndef RQA_BASE_NUMBER_H
#define RQA_BASE_NUMBER_H

/* By value, so that `.text` may stand among the arguments of a call. Nothing in lib/ gives a double
 * to a printf itself; tests/law/number_law.sh looks. */
typedef struct rqa__number {
    char text[32];
} rqa__number;

/* The fewest digits that read back as the same double. "nan", "inf", "-inf". */
rqa__number rqa__shortest(double value);

/* As "%.*g", for figures that are rounded on purpose. digits: 1..17 */
rqa__number rqa__rounded(double value, int digits);

/* As "%.*f" for what is less than 1e15. decimals: 0..9 */
rqa__number rqa__decimals(double value, int decimals);

#endif
