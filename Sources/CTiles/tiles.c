// The table, and what the interpreter needs of the thread it runs on.

#include "kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#define NK_DECLARE(NAME, name) void nk_##name(NK_PARAMETERS);
NK_LIST(NK_DECLARE)

#define NK_ENTRY(NAME, name) [NK_##NAME] = nk_##name,
const nk_kernel nk_kernels[NK_OPCODE_COUNT] = {NK_LIST(NK_ENTRY)};

#define NK_ONE(NAME, name) +1
_Static_assert(0 NK_LIST(NK_ONE) == NK_OPCODE_COUNT, "an opcode has no kernel");

void nk_fence(void) {
#if defined(__x86_64__)
  _mm_sfence();
#else
  __sync_synchronize();
#endif
}

unsigned nk_flush_denormals(void) {
#if defined(__x86_64__)
  const unsigned state = _mm_getcsr();
  _mm_setcsr(state | 0x8040);  // FTZ (results) and DAZ (operands)
  return state;
#elif defined(__aarch64__)
  unsigned long state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  __asm__ volatile("msr fpcr, %0" : : "r"(state | 1ul << 24));
  return (unsigned)state;
#else
  return 0;
#endif
}

void nk_restore_denormals(unsigned state) {
#if defined(__x86_64__)
  _mm_setcsr(state);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"((unsigned long)state));
#else
  (void)state;
#endif
}

static _Thread_local void *slot;

void **nk_thread_slot(void) { return &slot; }
