// Kernels of the kind that publishers bring, for the metric `meter`. Input: the number of a kernel and its size; output: a checksum.
// Compiled by Debian's clang 14 to generated/kernels.ts, in base64:
// clang --target=wasm32 -O2 -msimd128 -mbulk-memory -nostdlib -Wl,--no-entry -Wl,--strip-all -o kernels.wasm kernels.c
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
#define N 160
static u8 heap[4 << 20];
static float a[N * N], b[N * N], c[N * N];

__attribute__((noinline)) static u32 matmul(u32 turns) {
  for (u32 i = 0; i < N * N; i++) a[i] = i % 7, b[i] = i % 5;
  for (u32 t = 0; t < turns; t++)
    for (u32 i = 0; i < N; i++)
      for (u32 j = 0; j < N; j++) {
        float sum = 0;
        for (u32 k = 0; k < N; k++) sum += a[i * N + k] * b[k * N + j];
        c[i * N + j] = sum;
      }
  u32 check = 0;
  for (u32 i = 0; i < N * N; i++) check = check * 31 + (u32)c[i];
  return check;
}

typedef float f4 __attribute__((vector_size(16)));
__attribute__((noinline)) static u32 matmulSimd(u32 turns) {
  for (u32 i = 0; i < N * N; i++) a[i] = i % 7, b[i] = i % 5;
  for (u32 t = 0; t < turns; t++)
    for (u32 i = 0; i < N; i += 4)
      for (u32 j = 0; j < N; j += 4) {
        f4 s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (u32 k = 0; k < N; k++) {
          f4 row = *(f4 *)(b + k * N + j);
          s0 += a[i * N + k] * row, s1 += a[i * N + N + k] * row;
          s2 += a[i * N + 2 * N + k] * row, s3 += a[i * N + 3 * N + k] * row;
        }
        *(f4 *)(c + i * N + j) = s0, *(f4 *)(c + i * N + N + j) = s1;
        *(f4 *)(c + i * N + 2 * N + j) = s2, *(f4 *)(c + i * N + 3 * N + j) = s3;
      }
  u32 check = 0;
  for (u32 i = 0; i < N * N; i++) check = check * 31 + (u32)c[i];
  return check;
}

__attribute__((noinline)) static u32 mandelbrot(u32 size) {
  u32 check = 0;
  for (u32 y = 0; y < size; y++)
    for (u32 x = 0; x < size; x++) {
      double cr = 3.0 * x / size - 2, ci = 3.0 * y / size - 1.5, zr = 0, zi = 0;
      u32 n = 0;
      while (n < 256 && zr * zr + zi * zi < 4) {
        double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci, zr = next, n++;
      }
      check = check * 31 + n;
    }
  return check;
}

__attribute__((noinline)) static u32 hash(u32 count) {
  u32 check = 0;
  for (u32 i = 0; i < count; i++) {
    u32 x = i;
    for (u32 round = 0; round < 64; round++) x ^= x << 13, x ^= x >> 17, x ^= x << 5, x += 0x9e3779b9u * round;
    check ^= x;
  }
  return check;
}

__attribute__((noinline)) static u32 sieve(u32 size) {
  for (u32 i = 0; i < size; i++) heap[i] = 1;
  for (u32 i = 2; i * i < size; i++)
    if (heap[i]) for (u32 j = i * i; j < size; j += i) heap[j] = 0;
  u32 count = 0;
  for (u32 i = 2; i < size; i++) count += heap[i];
  return count;
}

__attribute__((noinline)) static u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

__attribute__((noinline)) static u32 bytes(u32 turns) {
  const u32 size = 1 << 20;
  u32 counts[256] = {0}, check = 0;
  for (u32 i = 0; i < size; i++) heap[i] = i * 2654435761u >> 24;
  for (u32 t = 0; t < turns; t++) {
    for (u32 i = 0; i < size; i++) counts[heap[i]]++;
    for (u32 i = 1; i < size; i++) heap[i] ^= heap[i - 1];
  }
  for (u32 i = 0; i < 256; i++) check = check * 31 + counts[i];
  return check;
}

static u32 search(u32 turns) {
  const u32 size = 1 << 20;
  u32 check = 0;
  for (u32 i = 0; i < size; i++) heap[i] = 1 + (i % 250);
  heap[size - 1] = 0;
  for (u32 t = 0; t < turns; t++) {
    u8 *p = heap + t;
    while (*p) p++;
    check += p - heap;
  }
  return check;
}

static u32 sortHeap(u32 size) {
  u32 *keys = (u32 *)heap, x = 1;
  for (u32 i = 0; i < size; i++) x ^= x << 13, x ^= x >> 17, x ^= x << 5, keys[i] = x;
  for (u32 end = size, start = size / 2; end > 1;) {
    u32 key;
    if (start) key = keys[--start];
    else key = keys[--end], keys[end] = keys[0];
    u32 hole = start;
    for (u32 child; (child = 2 * hole + 1) < end; hole = child) {
      if (child + 1 < end && keys[child + 1] > keys[child]) child++;
      if (keys[child] <= key) break;
      keys[hole] = keys[child];
    }
    keys[hole] = key;
  }
  u32 check = 0;
  for (u32 i = 0; i < size; i++) check = check * 31 + keys[i];
  return check;
}

__attribute__((export_name("alloc"))) u8 *alloc(u32 size) { static u8 input[64]; return input; }
__attribute__((export_name("run"))) u64 run(u32 *input, u32 size) {
  static u32 out;
  switch (input[0]) {
    case 0: out = matmul(input[1]); break;
    case 1: out = matmulSimd(input[1]); break;
    case 2: out = mandelbrot(input[1]); break;
    case 3: out = hash(input[1]); break;
    case 4: out = sieve(input[1]); break;
    case 5: out = fib(input[1]); break;
    case 6: out = bytes(input[1]); break;
    case 7: out = search(input[1]); break;
    case 8: out = sortHeap(input[1]); break;
  }
  return (u64)(u32)&out << 32 | 4;
}
