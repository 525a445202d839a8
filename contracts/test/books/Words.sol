// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";

/// Many words of the escrow in one call, so that everything can be looked at after every act.
library Words {
    /// The hash of all that is kept of a job, its epochs and their first 256 claims.
    function digestOf(IEscrow escrow, bytes32 jobId, uint256[] memory numbers) internal view returns (bytes32) {
        bytes32[] memory slots = new bytes32[](5 + 3 * numbers.length);
        uint256 job = uint256(_slot(jobId, 0));
        for (uint256 i = 0; i < 5; ++i) {
            slots[i] = bytes32(job + i);
        }
        (bytes32 epochs, bytes32 claims) = (_slot(jobId, 1), _slot(jobId, 2));
        for (uint256 i = 0; i < numbers.length; ++i) {
            slots[5 + 3 * i] = _slot(bytes32(numbers[i]), uint256(epochs));
            slots[6 + 3 * i] = bytes32(uint256(slots[5 + 3 * i]) + 1);
            slots[7 + 3 * i] = _slot(0, uint256(_slot(bytes32(numbers[i]), uint256(claims))));
        }
        return keccak256(abi.encodePacked(escrow.read(slots)));
    }

    function credits(IEscrow escrow, address token, address[] memory accounts)
        internal
        view
        returns (uint256[] memory amounts)
    {
        bytes32[] memory slots = new bytes32[](accounts.length);
        uint256 ofToken = uint256(_slot(bytes32(uint256(uint160(token))), 4));
        for (uint256 i = 0; i < accounts.length; ++i) {
            slots[i] = _slot(bytes32(uint256(uint160(accounts[i]))), ofToken);
        }
        bytes32[] memory words = escrow.read(slots);
        assembly ("memory-safe") {
            amounts := words
        }
    }

    function _slot(bytes32 key, uint256 map) private pure returns (bytes32) {
        return keccak256(abi.encode(key, map));
    }
}
