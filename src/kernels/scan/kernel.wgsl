// Running sums of words, wrapping: each word and all before it. A thread sums up a block of 64; the sums of the blocks become
// running sums in as many turns as their number has binary digits; then each thread goes through its block once more.
struct Turn { number: u32 }

@group(0) @binding(0) var<uniform> turn: Turn;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;
@group(0) @binding(3) var<storage, read_write> next: array<u32>;
@group(0) @binding(4) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) { return; }
  var total = 0u;
  for (var at = 64u * id.x; at < 64u * id.x + 64u; at++) { total += input[at]; }
  sums[id.x] = total;
}

@compute @workgroup_size(64)
fn spread(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) { return; }
  let distance = 1u << turn.number;
  var total = sums[id.x];
  if (id.x >= distance) { total += sums[id.x - distance]; }
  next[id.x] = total;
}

@compute @workgroup_size(64)
fn scan(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&sums)) { return; }
  var total = 0u;
  if (id.x > 0u) { total = sums[id.x - 1u]; }
  for (var at = 64u * id.x; at < 64u * id.x + 64u; at++) {
    total += input[at];
    output[at] = total;
  }
}
