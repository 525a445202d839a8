type Vector = readonly [number, number, number]

/**
 * A turntable in a photo studio, turned by `turn` of a whole turn: the camera, two softboxes, and the colours of sky and ground.
 * The 48 reals that the kernel reads: eye, right, up, forward; key light and rim light (direction, half width, half height,
 * colour); zenith, horizon and ground colour; squared radii where the ground begins and ends to fade; gloss of the ground.
 */
export function encodeScene(turn: number): Uint8Array<ArrayBuffer> {
  const spin = spinner(turn)
  const eye = spin([0, 0.82, 3.3])
  const forward = unit(minus(spin([0, 0.445, 0]), eye))
  const right = unit(cross(forward, [0, 1, 0]))
  const reals = [
    ...[eye, scale(right, VIEW), scale(cross(right, forward), VIEW), forward].flat(),
    ...softbox(spin([-0.8, 0.75, 0.5]), { wide: 0.3, high: 0.42, colour: [8.4, 7.1, 5.5] }),
    ...softbox(spin([0.95, 0.45, -0.6]), { wide: 0.16, high: 0.7, colour: [7, 9.5, 14] }),
    ...[0.5, 0.62, 0.85],
    ...[0.058, 0.064, 0.084],
    ...[0.28, 0.275, 0.27],
    ...[0.3, 9, 0.04],
  ]
  return new Uint8Array(Float32Array.from(reals).buffer)
}

/** Half the picture's side at distance 1. */
const VIEW = 0.207

function softbox(
  towards: Vector,
  { wide, high, colour }: { wide: number; high: number; colour: Vector },
): number[] {
  const ahead = unit(towards)
  const side = unit(cross([0, 1, 0], ahead))
  return [ahead, scale(side, wide), scale(cross(ahead, side), high), colour].flat()
}

/** Turns the camera and the lights instead of the mesh, so that every view shares one mesh input. */
function spinner(turn: number): (vector: Vector) => Vector {
  const angle = 2 * Math.PI * turn
  const [sine, cosine] = [Math.fround(Math.sin(angle)), Math.fround(Math.cos(angle))]
  return ([x, y, z]) => [x * cosine + z * sine, y, z * cosine - x * sine]
}

function minus([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ax - bx, ay - by, az - bz]
}

function cross([ax, ay, az]: Vector, [bx, by, bz]: Vector): Vector {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

function scale([x, y, z]: Vector, by: number): Vector {
  return [x * by, y * by, z * by]
}

function unit(vector: Vector): Vector {
  const [x, y, z] = vector
  return scale(vector, 1 / Math.sqrt(x * x + y * y + z * z))
}
