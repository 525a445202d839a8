// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const factoryAddress = '0x4e59b44847b379578588920ca78fbf26c0b4956c'
export const escrowAddress = '0xd7b692afd089a54de2847e9b2c1fb6adac16a2aa'
