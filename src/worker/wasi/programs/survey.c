// A program as people write them for a shell: arguments, a variable, standard input, a file to read, one to write, a clock, random numbers.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: survey UNIT\n");
    return 3;
  }
  FILE *table = fopen("/data/table.txt", "r");
  if (table == NULL) {
    perror("/data/table.txt");
    return 4;
  }
  double values[64];
  int count = 0;
  while (count < 64 && fscanf(table, "%lf", &values[count]) == 1) count += 1;
  fclose(table);
  qsort(values, count, sizeof *values, ascending);

  uint32_t seed = 0;
  if (fread(&seed, sizeof seed, 1, stdin) != 1) return 5;
  uint64_t random = 0;
  getentropy(&random, sizeof random);
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);

  printf("unit %s of %s: input %u, median %.3f of %d\n", argv[1], getenv("JOB"), seed, values[count / 2], count);
  printf("random %016llx at %lld.%09ld\n", (unsigned long long)random, (long long)now.tv_sec, now.tv_nsec);

  FILE *report = fopen("report", "w");
  for (int i = count - 1; i >= 0; i -= 1) fprintf(report, "%g\n", values[i]);
  return fclose(report);
}
