// Written by contracts/tools/abi.mjs from contracts/src/Escrow.sol.
export const factoryAddress = '0x4e59b44847b379578588920ca78fbf26c0b4956c'
export const escrowAddress = '0xc4dc115beb3ef24e4354e345d73e85b38f104a03'
