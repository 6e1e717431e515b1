/* spill_tpl.h - vectors that are alive over code that takes all registers, and that are handed to a function:
 * the compiler has to put them on the stack and back. SPILL names the function, VECTOR the type of its vectors, TAKEN the registers. */

enum { N_WIDE = sizeof(VECTOR) / sizeof(double) };

static VECTOR load(const double *from)
{
    VECTOR v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

static void store(double *to, VECTOR v)
{
    __builtin_memcpy(to, &v, sizeof v);
}

/* On Win64 wide vectors are handed over and back by their address, in a place on the caller's stack, which
 * both sides take for aligned. */
__attribute__((noinline, noclone)) static VECTOR mixed(VECTOR a, VECTOR b, VECTOR c)
{
    __asm__ volatile("");
    return a * b + c;
}

__attribute__((noinline)) void SPILL(const double *in, double *out)
{
    /* Variables, not an array: an array has its own alignment, which gcc provides. */
    VECTOR a = load(in), b = load(in + N_WIDE), c = load(in + 2 * N_WIDE), d = load(in + 3 * N_WIDE);
    for (int round = 0; round < 3; round++) {
        const VECTOR old = a;
        a = mixed(a, b, c);
        b = b * c + d;
        c = c * d + old;
        d = d * old + b;
        __asm__ volatile("" ::: TAKEN, "memory");
    }
    store(out, a);
    store(out + N_WIDE, b);
    store(out + 2 * N_WIDE, c);
    store(out + 3 * N_WIDE, d);
}
