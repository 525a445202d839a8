// SHA-256 (FIPS 180-4) of many messages of the same length, a multiple of 64 bytes. One thread takes one message.
const K = array<u32, 64>(
  0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u,
  0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u,
  0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
  0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u,
  0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u,
  0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
  0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu, 0x682e6ff3u,
  0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u);
const START = array<u32, 8>(
  0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u);

struct Message { words: u32 }

@group(0) @binding(0) var<uniform> message: Message;
@group(0) @binding(1) var<storage, read> input: array<u32>;
@group(0) @binding(2) var<storage, read_write> digests: array<u32>;

fn turn(x: u32, by: u32) -> u32 { return (x >> by) | (x << (32u - by)); }

fn swapBytes(x: u32) -> u32 {
  return (x << 24u) | ((x & 0xff00u) << 8u) | ((x >> 8u) & 0xff00u) | (x >> 24u);
}

/// The word at `at` of the padded message: a one bit and the length in bits follow the message.
fn wordAt(start: u32, at: u32) -> u32 {
  if (at < message.words) { return swapBytes(input[start + at]); }
  if (at == message.words) { return 0x80000000u; }
  return select(0u, 32u * message.words, at == message.words + 15u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (8u * id.x >= arrayLength(&digests)) { return; }
  let start = id.x * message.words;
  var state = START;
  var w: array<u32, 16>;
  for (var offset = 0u; offset <= message.words; offset += 16u) {
    var s = state;
    for (var round = 0u; round < 64u; round++) {
      let at = round & 15u;
      if (round < 16u) {
        w[at] = wordAt(start, offset + at);
      } else {
        let a = w[(at + 1u) & 15u];
        let b = w[(at + 14u) & 15u];
        w[at] += (turn(a, 7u) ^ turn(a, 18u) ^ (a >> 3u)) + w[(at + 9u) & 15u] + (turn(b, 17u) ^ turn(b, 19u) ^ (b >> 10u));
      }
      let e = s[4];
      let a = s[0];
      let t = s[7] + (turn(e, 6u) ^ turn(e, 11u) ^ turn(e, 25u)) + ((e & s[5]) ^ (~e & s[6])) + K[round] + w[at];
      let u = (turn(a, 2u) ^ turn(a, 13u) ^ turn(a, 22u)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
      s = array<u32, 8>(t + u, a, s[1], s[2], s[3] + t, e, s[5], s[6]);
    }
    for (var n = 0u; n < 8u; n++) { state[n] += s[n]; }
  }
  for (var n = 0u; n < 8u; n++) { digests[8u * id.x + n] = swapBytes(state[n]); }
}
