// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const factoryAddress = '0x4e59b44847b379578588920ca78fbf26c0b4956c'
export const escrowAddress = '0x912b5e4a2f7036e4bbbb54198b639f40651dd3f7'
