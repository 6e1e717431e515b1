// emulator_selftest.cu - the plugin of the emulator's own tests: runs a case by name.
#include <string.h>

#include "emulator_cases.h"

extern "C" __attribute__((visibility("default"))) int emulator_selftest(const char *name);

int emulator_selftest(const char *name)
{
    const emulator_case *const lists[] = {meeting_cases};
    for (const emulator_case *list : lists)
        for (const emulator_case *c = list; c->name; c++)
            if (!strcmp(c->name, name))
                return c->run();
    printf("no case is called %s\n", name);
    return 2;
}
