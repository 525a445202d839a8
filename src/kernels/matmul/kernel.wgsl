// C = A * B; rows, inner and columns are multiples of 4. Two ways to cut it: `registers` holds a tile in registers and has no
// barriers, for adapters where those are dear; `tiles` shares tiles of A and B in workgroup memory.
// `matmul-integer` is this text with the other type: build.mjs writes it.
alias Vector = vec4f;

struct Shape { rows: u32, inner: u32, columns: u32 }

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> a: array<Vector>;
@group(0) @binding(2) var<storage, read> b: array<Vector>;
@group(0) @binding(3) var<storage, read_write> c: array<Vector>;

/// One thread makes 4 rows by 4 columns.
@compute @workgroup_size(8, 8)
fn registers(@builtin(global_invocation_id) id: vec3u) {
  let width = shape.columns / 4u;
  let depth = shape.inner / 4u;
  if (id.x >= width || 4u * id.y >= shape.rows) { return; }
  var s0 = Vector(); var s1 = Vector(); var s2 = Vector(); var s3 = Vector();
  var at = 4u * id.y * depth;
  var first = id.x;
  for (var k = 0u; k < depth; k++) {
    let a0 = a[at]; let a1 = a[at + depth]; let a2 = a[at + 2u * depth]; let a3 = a[at + 3u * depth];
    let b0 = b[first]; let b1 = b[first + width]; let b2 = b[first + 2u * width]; let b3 = b[first + 3u * width];
    s0 += a0.x * b0; s0 += a0.y * b1; s0 += a0.z * b2; s0 += a0.w * b3;
    s1 += a1.x * b0; s1 += a1.y * b1; s1 += a1.z * b2; s1 += a1.w * b3;
    s2 += a2.x * b0; s2 += a2.y * b1; s2 += a2.z * b2; s2 += a2.w * b3;
    s3 += a3.x * b0; s3 += a3.y * b1; s3 += a3.z * b2; s3 += a3.w * b3;
    at += 1u;
    first += 4u * width;
  }
  let to = 4u * id.y * width + id.x;
  c[to] = s0; c[to + width] = s1; c[to + 2u * width] = s2; c[to + 3u * width] = s3;
}

// A tile of C is 64 x 64; 16 x 16 threads make 4 x 4 of it each, and bring 64 x 16 of A and 16 x 64 of B at a time.
var<workgroup> tileA: array<array<Vector, 4>, 64>;
var<workgroup> tileB: array<array<Vector, 16>, 16>;

@compute @workgroup_size(16, 16)
fn tiles(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let width = shape.columns / 4u;
  let depth = shape.inner / 4u;
  let thread = 16u * id.y + id.x;
  let rowA = 64u * tile.y + thread / 4u;
  let columnB = 16u * tile.x + id.x;
  var s0 = Vector(); var s1 = Vector(); var s2 = Vector(); var s3 = Vector();
  for (var k = 0u; k < depth; k += 4u) {
    var partA = Vector();
    if (rowA < shape.rows && k + thread % 4u < depth) { partA = a[rowA * depth + k + thread % 4u]; }
    var partB = Vector();
    if (columnB < width && 4u * k + id.y < shape.inner) { partB = b[(4u * k + id.y) * width + columnB]; }
    tileA[thread / 4u][thread % 4u] = partA;
    tileB[id.y][id.x] = partB;
    workgroupBarrier();
    for (var n = 0u; n < 4u; n++) {
      let a0 = tileA[4u * id.y][n]; let a1 = tileA[4u * id.y + 1u][n];
      let a2 = tileA[4u * id.y + 2u][n]; let a3 = tileA[4u * id.y + 3u][n];
      let b0 = tileB[4u * n][id.x]; let b1 = tileB[4u * n + 1u][id.x];
      let b2 = tileB[4u * n + 2u][id.x]; let b3 = tileB[4u * n + 3u][id.x];
      s0 += a0.x * b0; s0 += a0.y * b1; s0 += a0.z * b2; s0 += a0.w * b3;
      s1 += a1.x * b0; s1 += a1.y * b1; s1 += a1.z * b2; s1 += a1.w * b3;
      s2 += a2.x * b0; s2 += a2.y * b1; s2 += a2.z * b2; s2 += a2.w * b3;
      s3 += a3.x * b0; s3 += a3.y * b1; s3 += a3.z * b2; s3 += a3.w * b3;
    }
    workgroupBarrier();
  }
  let row = 64u * tile.y + 4u * id.y;
  if (row >= shape.rows || columnB >= width) { return; }
  let to = row * width + columnB;
  c[to] = s0; c[to + width] = s1; c[to + 2u * width] = s2; c[to + 3u * width] = s3;
}
