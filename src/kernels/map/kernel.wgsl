// ((a x + b) x + c) x + d of every word, wrapping. One thread takes four words.
@group(0) @binding(0) var<uniform> coefficients: vec4u;
@group(0) @binding(1) var<storage, read> input: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> output: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&output)) { return; }
  let x = input[id.x];
  let k = coefficients;
  output[id.x] = ((k.x * x + k.y) * x + k.z) * x + k.w;
}
