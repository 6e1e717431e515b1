/* gate.h - a gate that holds up the library's own threads: a batch has begun, and computes nothing
 * until the test has done what it must do first. */
#ifndef RQA_TESTS_GATE_H
#define RQA_TESTS_GATE_H

/* Before anything else, in main(): the gate is in the memory hooks. */
void gate_install(void);

/* Whoever allocates waits, but for the calling thread. */
void gate_close(void);
void gate_open(void);

#endif
