// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "../IEscrowTypes.sol";

/// @notice Hashes and logs words straight from the calldata. A struct without dynamic parts lies there just as EIP-712
/// hashes it and as events carry it; encoding it again, field by field, would cost 2 kB of code and 1 000 gas a post.
library Words {
    function startOf(IEscrowTypes.Opening calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    function startOf(IEscrowTypes.Statement calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    function startOf(IEscrowTypes.Leaf calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    function startOf(IEscrowTypes.Forced calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    function startOf(IEscrowTypes.Veto calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    function startOf(IEscrowTypes.Cashout calldata words) internal pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := words
        }
    }

    /// @notice keccak256(kind, calldata[start : start + 32 * count])
    function hash(bytes32 kind, uint256 start, uint256 count) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, kind)
            calldatacopy(add(free, 32), start, shl(5, count))
            digest := keccak256(free, add(32, shl(5, count)))
        }
    }

    /// @notice Emits an event with two indexed arguments, `count` words of calldata and one word more.
    function log(bytes32 kind, bytes32 jobId, uint256 topic, uint256 start, uint256 count, uint256 last) internal {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, start, shl(5, count))
            mstore(add(free, shl(5, count)), last)
            log3(free, add(32, shl(5, count)), kind, jobId, topic)
        }
    }
}
