// Counts random points of a cube that lie in the ball around one corner: 6 / pi of them in the long run. The random numbers are a
// function of seed and number of the point, so any part of the work can be done anywhere: pcg3d of Jarzynski and Olano (JCGT 2020).
struct Points { first: u32, count: u32, seed: u32 }

@group(0) @binding(0) var<uniform> points: Points;
@group(0) @binding(1) var<storage, read_write> hits: atomic<u32>;

fn random(number: u32) -> vec3u {
  var v = vec3u(number, points.seed, 1u) * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var inside = 0u;
  for (var at = id.x; at < points.count; at += 64u * groups.x) {
    let p = random(points.first + at) >> vec3u(17u);
    if (dot(p, p) < 1073741824u) { inside += 1u; }
  }
  atomicAdd(&hits, inside);
}
