// One step of a bitonic sort of 2^n words. In step `step` of stage `stage` each thread compares two words that lie
// 2^(stage - step) apart, and puts them into the order of their run of 2^(stage + 1) words.
struct Turn { stage: u32, step: u32, isFalling: u32 }

@group(0) @binding(0) var<uniform> turn: Turn;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(64)
fn compare(@builtin(global_invocation_id) id: vec3u) {
  if (2u * id.x >= arrayLength(&words)) { return; }
  let distance = 1u << (turn.stage - turn.step);
  let at = 2u * id.x - (id.x & (distance - 1u));
  let a = words[at];
  let b = words[at + distance];
  let isRising = ((at >> (turn.stage + 1u)) & 1u) == turn.isFalling;
  if ((a > b) == isRising) {
    words[at] = b;
    words[at + distance] = a;
  }
}
