// What TutorialKit needs of C: GitHub's Markdown library, and calls that Swift can't make itself.

#ifndef NEURONIKA_MARKGFM_SHIM_H
#define NEURONIKA_MARKGFM_SHIM_H

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/// Ends this process when the one that started it ends. Elsewhere than on Linux: nothing.
static inline void neuronika_die_with_parent(void) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

/// Handles a signal that ends programs, also if whoever started this one blocks it, as the threads of
/// a dispatch queue do. One that is ignored, as by `nohup`, stays ignored.
static inline void neuronika_handle(int number, void (*handler)(int)) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
    signal(number, handler);
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

/// Standard output hands over every whole line at once, though it is a pipe.
static inline void neuronika_line_buffer_stdout(void) { setvbuf(stdout, NULL, _IOLBF, 1 << 16); }

/// Flushes both streams and keeps other threads' `print` off them until the release.
static inline void neuronika_hold_output(void) {
  fflush(stdout);
  flockfile(stdout);
  flockfile(stderr);
  fflush(stdout);
}

static inline void neuronika_release_output(void) {
  funlockfile(stderr);
  funlockfile(stdout);
}

#endif
