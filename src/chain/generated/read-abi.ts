// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const readAbi = [
  {
    "type": "function",
    "name": "read",
    "inputs": [
      {
        "name": "slots",
        "type": "bytes32[]"
      }
    ],
    "outputs": [
      {
        "name": "",
        "type": "bytes32[]"
      }
    ],
    "stateMutability": "view"
  }
] as const
