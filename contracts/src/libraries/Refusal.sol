// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Refuses with an error of two words: what was found, and what was needed.
/// @dev One copy of the encoding for all errors: it saves 2 kB of the escrow's code.
library Refusal {
    function unless(bytes4 reason, bool holds, uint256 found, uint256 needed) internal pure {
        if (holds) return;
        assembly ("memory-safe") {
            mstore(0, reason)
            mstore(4, found)
            mstore(36, needed)
            revert(0, 68)
        }
    }
}
