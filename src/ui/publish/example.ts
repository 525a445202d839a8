/** A manifest to begin with: squares 16 numbers a unit, with a `kernel1` module. */
export const exampleManifest = `{
  "weft": 1,
  "app": {
    "name": "My job",
    "version": "1.0.0",
    "licence": "Apache-2.0",
    "author": "",
    "purpose": "What it is for, in a sentence for visitors."
  },
  "programs": [
    {
      "kind": "wasm",
      "wasm": { "abi": "kernel1", "memoryPages": 16, "stdin": [{ "u32": ["$i"] }] }
    }
  ],
  "params": [],
  "inputs": [],
  "units": { "kind": "range", "name": "i", "from": 0, "to": 100 },
  "outputs": [{ "name": "out", "type": "u32", "bytes": 64 }],
  "reduce": { "kind": "concat" },
  "view": "none",
  "verify": { "mode": "exact-quorum", "quorum": 2 },
  "price": { "replica": "1000000000000" }
}
`
