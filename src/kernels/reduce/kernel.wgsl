// Sum, exclusive or, least and greatest of many words. Each thread strides through the words alone and meets the others once, in
// four atomics, whose order does not matter to integers; so there is no barrier. The result begins as 0, 0, 2^32 - 1, 0.
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> result: array<atomic<u32>, 4>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var sum = 0u;
  var parity = 0u;
  var least = 4294967295u;
  var greatest = 0u;
  for (var at = id.x; at < arrayLength(&input); at += 64u * groups.x) {
    let word = input[at];
    sum += word;
    parity ^= word;
    least = min(least, word);
    greatest = max(greatest, word);
  }
  atomicAdd(&result[0], sum);
  atomicXor(&result[1], parity);
  atomicMin(&result[2], least);
  atomicMax(&result[3], greatest);
}
