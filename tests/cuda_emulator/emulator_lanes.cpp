// emulator_lanes.cpp - the results of warp collectives.
#include "emulator_lanes.h"

namespace rqa_emulator
{

const char *name_of(meeting what)
{
    static const char *const names[] = {
        "__syncwarp",        "__ballot_sync",     "__any_sync",        "__all_sync",
        "__match_any_sync",  "__shfl_sync",       "__shfl_up_sync",    "__shfl_down_sync",
        "__shfl_xor_sync",   "__reduce_add_sync", "__reduce_min_sync", "__reduce_max_sync",
        "__reduce_min_sync", "__reduce_max_sync", "__reduce_and_sync", "__reduce_or_sync",
        "__reduce_xor_sync"};
    return names[static_cast<int>(what)];
}

namespace
{

unsigned lanes_of_width(unsigned l, int width)
{
    return l & ~static_cast<unsigned>(width - 1);
}

// The lane whose value a shuffle gives to lane l.
unsigned shuffle_source(const lane &self, unsigned l)
{
    const int first = static_cast<int>(lanes_of_width(l, self.width)), own = static_cast<int>(l);
    int from = own;
    if (self.what == meeting::shfl)
        return static_cast<unsigned>(first + (self.source & (self.width - 1)));
    if (self.what == meeting::shfl_up)
        from = own - self.source < first ? own : own - self.source;
    else if (self.what == meeting::shfl_down)
        from = self.source >= first + self.width - own ? own : own + self.source;
    else if ((own ^ self.source) < first + self.width)
        from = own ^ self.source;
    return static_cast<unsigned>(from);
}

unsigned long long reduced(meeting what, unsigned long long x, unsigned long long y)
{
    const int a = static_cast<int>(x), b = static_cast<int>(y);
    switch (what) {
    case meeting::add:
        return static_cast<unsigned>(x + y);
    case meeting::min_unsigned:
        return x < y ? x : y;
    case meeting::max_unsigned:
        return x > y ? x : y;
    case meeting::min_signed:
        return static_cast<unsigned>(a < b ? a : b);
    case meeting::max_signed:
        return static_cast<unsigned>(a > b ? a : b);
    case meeting::bit_and:
    case meeting::all:
        return x & y;
    case meeting::bit_xor:
        return x ^ y;
    default:
        return x | y;
    }
}

} // namespace

void settle(lane *lanes, meeting what, unsigned mask)
{
    const unsigned first = static_cast<unsigned>(__builtin_ctz(mask));
    unsigned long long common = what == meeting::ballot ? 0 : lanes[first].value;
    for (unsigned left = mask; left; left &= left - 1) {
        const unsigned l = static_cast<unsigned>(__builtin_ctz(left));
        lane &self = lanes[l];
        if (what == meeting::ballot) {
            common |= self.value << l;
        } else if (what == meeting::match_any) {
            self.result = 0;
            for (unsigned k = 0; k < 32; k++)
                if ((mask >> k & 1) && lanes[k].value == self.value)
                    self.result |= 1u << k;
        } else if (what >= meeting::shfl && what <= meeting::shfl_xor) {
            // A lane outside the mask gives nothing defined.
            const unsigned from = shuffle_source(self, l);
            self.result = (mask >> from & 1) ? lanes[from].value : 0xa5a5a5a5a5a5a5a5u;
        } else if (what != meeting::syncwarp && l != first) {
            common = reduced(what, common, self.value);
        }
    }
    if (what == meeting::match_any || (what >= meeting::shfl && what <= meeting::shfl_xor))
        return;
    for (unsigned left = mask; left; left &= left - 1)
        lanes[__builtin_ctz(left)].result = common;
}

} // namespace rqa_emulator
