import { fixedOf } from './digits.ts'

/** A place in the Mandelbrot set and how to paint it. Places are decimal text, as a zoom needs more digits than a number has. */
export type View = {
  readonly name: string
  readonly x: string
  readonly y: string
  /** Width of the picture in units of 2^-70. */
  readonly width: bigint
  /** Where the colours begin, in sixteenths of the palette. */
  readonly shift: number
  readonly palette: readonly number[]
}

/** View number `index`: round after round through the places, each round a little deeper and in other colours. */
export function viewAt(index: number): View {
  const round = Math.floor(index / places.length) % 10_000
  const place = places[index % places.length] ?? places[0]
  const width = (fixedOf(place.width) * 8n) / BigInt(8 + 3 * round)
  return { ...place, width, shift: (place.shift + 5 * round) % 16, palette: palettes[place.colours] }
}

/** The most iterations of a point in any view; the few that need more count as inside. */
export const ITERATIONS = 6000

const palettes = {
  dusk: [
    0x0b1026, 0x14214a, 0x1d3a73, 0x2a5f9e, 0x4a90c2, 0x8cc3dd, 0xd6ecef, 0xfff7df, 0xffe3a1, 0xffc15e,
    0xf6903d, 0xd95c2b, 0xa5342a, 0x6c1f33, 0x3a1432, 0x190f2c,
  ],
  aurora: [
    0x04121f, 0x06303a, 0x0a5a55, 0x1b8a6b, 0x58b985, 0xa9dfa6, 0xeaf7d8, 0xfff3e6, 0xf9c9c4, 0xe08bb0,
    0xb2599f, 0x7a3a8c, 0x4a2a73, 0x2a1f57, 0x151538, 0x080e26,
  ],
  ember: [
    0x0d0706, 0x2b0f0a, 0x571a0d, 0x8c2b10, 0xc24a17, 0xe87a26, 0xf9ad4b, 0xfddb8c, 0xfff6da, 0xd9ecec,
    0x97c6cf, 0x5896ab, 0x2f6680, 0x1b4058, 0x102436, 0x0a111c,
  ],
  orchid: [
    0x0a0718, 0x1d1140, 0x3a1d6e, 0x65309b, 0x9a4fbd, 0xcf82d2, 0xf2bfe2, 0xfff0f2, 0xffe6c2, 0xf7c07a,
    0xd98f4a, 0x9f6136, 0x5f3f37, 0x33283c, 0x1a1733, 0x0d0a22,
  ],
} as const

/** Each centre is a copy of the whole set, far too small to be seen, whose surroundings are symmetric. */
const places = [
  {
    name: 'four galaxies',
    x: '0.33615182979110561725120075',
    y: '0.05852939016970140140906922',
    width: '9.8e-13',
    colours: 'aurora',
    shift: 0,
  },
  {
    name: 'Elephant Valley, twin whirls',
    x: '0.28458117444269679643461139',
    y: '0.01365220486985573933125325',
    width: '8e-14',
    colours: 'dusk',
    shift: 6,
  },
  {
    name: 'the glowing spine',
    x: '-0.55416985825213545649253421',
    y: '0.63126668910713326909533224',
    width: '7e-14',
    colours: 'ember',
    shift: 0,
  },
  {
    name: 'Sceptre Valley, night lightning',
    x: '-1.25804337546784804569494790',
    y: '0.37998999738495246831591615',
    width: '1.1e-12',
    colours: 'orchid',
    shift: 5,
  },
  {
    name: 'Elephant Valley, the wave',
    x: '0.28433484572064866516682708',
    y: '0.01345398756263596257021544',
    width: '6.8e-13',
    colours: 'aurora',
    shift: 0,
  },
  {
    name: 'frost and fire',
    x: '-1.31915197782952014994509976',
    y: '0.06211656160877655679650226',
    width: '1.5e-13',
    colours: 'ember',
    shift: 0,
  },
  {
    name: 'the frozen forest',
    x: '-1.30731336205353588192786595',
    y: '0.06338475401828498416198835',
    width: '2e-12',
    colours: 'dusk',
    shift: 0,
  },
  {
    name: 'coral flowers',
    x: '0.33552297993810431443500117',
    y: '0.05384012283126553214937606',
    width: '8.7e-13',
    colours: 'orchid',
    shift: 0,
  },
] as const
