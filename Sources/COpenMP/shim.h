// The few entry points of libgomp that the thread team needs. oneDNN runs on the same team.
#ifndef CNEURONIKAOPENMP_H
#define CNEURONIKAOPENMP_H

void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
/// The processors that the affinity mask allows.
int omp_get_num_procs(void);
void omp_set_num_threads(int threads);
void omp_set_dynamic(int dynamic);

#endif
