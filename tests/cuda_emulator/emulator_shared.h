// emulator_shared.h - the shared memory of the block that runs: arrays with guarded gaps between
// them, filled with poison before each block.
#ifndef RQA_EMULATOR_SHARED_H
#define RQA_EMULATOR_SHARED_H

#include <stddef.h>
#include <vector>

namespace rqa_emulator
{

class shared_memory
{
  public:
    ~shared_memory();
    // A launch begins: forgets the arrays of the last one. Array 0 is the dynamic one.
    void begin_launch(size_t dynamic_bytes, unsigned char poison);
    void begin_block();
    // Name of an array next to which something was written, or NULL. AddressSanitizer, where it is
    // built in, stops the culprit itself.
    const char *damaged() const;
    void *dynamic() const;
    // The array of that declaration, laid out when first asked for; NULL when it does not fit.
    void *array(const void *site, const char *name, size_t bytes, size_t alignment);

  private:
    struct span {
        const void *site;
        const char *name;
        size_t begin, bytes;
    };

    void map_anew(size_t bytes);
    void fill(const span &s);
    void close_gap(size_t begin, size_t end);

    std::vector<span> spans;
    char *memory = nullptr;
    size_t end = 0;
    size_t static_bytes = 0;
    unsigned char poison = 0;
};

} // namespace rqa_emulator

#endif
