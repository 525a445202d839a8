// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";

/// What the escrow keeps, as typed values: read from its storage slots, as `IEscrow.read` describes them.
library Reader {
    function job(IEscrow escrow, bytes32 jobId) internal view returns (IEscrow.Job memory found) {
        uint256[] memory words = _words(escrow, keccak256(abi.encode(jobId, 0)), 6);
        (uint256 first, uint256 posts, uint256 rare) = (words[0], words[2], words[4]);
        (found.state, found.budget, found.settler) = (uint8(first), uint88(first >> 8), address(uint160(first >> 96)));
        (found.token, found.bond) = (address(uint160(words[1])), uint88(words[1] >> 160));
        (found.committed, found.epochs, found.settlerFrom) = (uint88(posts), uint32(posts >> 88), uint32(posts >> 120));
        (found.closeAt, found.finalBy) = (uint40(posts >> 152), uint40(posts >> 192));
        (found.window, found.isComplete) = (uint16(posts >> 232), posts >> 248 == 1);
        (found.atWindow, found.atFormer) = (uint88(words[3]), uint88(words[3] >> 88));
        (found.changedAt, found.disputes) = (uint40(words[3] >> 176), uint32(words[3] >> 216));
        (found.forced, found.forcedBy) = (uint88(rare), uint40(rare >> 88));
        (found.forcedEpochs, found.repaid, found.day) = (uint16(rare >> 128), uint88(rare >> 144), uint24(rare >> 232));
        found.dayPosted = uint88(words[5]);
    }

    function epoch(IEscrow escrow, bytes32 jobId, uint256 number) internal view returns (IEscrow.Epoch memory found) {
        bytes32 ofJob = keccak256(abi.encode(jobId, 1));
        uint256[] memory words = _words(escrow, keccak256(abi.encode(number, ofJob)), 2);
        uint256 facts = words[1];
        found.root = bytes32(words[0]);
        (found.total, found.claimed, found.finalAt) = (uint88(facts), uint88(facts >> 88), uint40(facts >> 176));
        (found.seq, found.depth, found.flags) = (uint24(facts >> 216), uint8(facts >> 240), uint8(facts >> 248));
    }

    function isClaimed(IEscrow escrow, bytes32 jobId, uint256 number, uint256 index) internal view returns (bool) {
        bytes32 ofJob = keccak256(abi.encode(jobId, 2));
        return _bit(escrow, keccak256(abi.encode(number, ofJob)), index);
    }

    function credit(IEscrow escrow, address token, address account) internal view returns (uint256) {
        bytes32 ofToken = keccak256(abi.encode(token, 4));
        return _words(escrow, keccak256(abi.encode(account, ofToken)), 1)[0];
    }

    function isNonceUsed(IEscrow escrow, address account, uint256 nonce) internal view returns (bool) {
        return _bit(escrow, keccak256(abi.encode(account, 5)), nonce);
    }

    function dispute(IEscrow escrow, bytes32 jobId, address account)
        internal
        view
        returns (IEscrow.Dispute memory found)
    {
        bytes32 ofJob = keccak256(abi.encode(jobId, 6));
        uint256[] memory words = _words(escrow, keccak256(abi.encode(account, ofJob)), 3);
        (found.promised, found.proven) = (uint88(words[0]), uint88(words[0] >> 88));
        found.due = uint40(words[0] >> 176);
        (found.compensated, found.helper) = (uint88(words[1]), address(uint160(words[1] >> 88)));
        found.fee = uint88(words[2]);
    }

    function _bit(IEscrow escrow, bytes32 map, uint256 index) private view returns (bool) {
        bytes32 word = keccak256(abi.encode(index >> 8, map));
        return _words(escrow, word, 1)[0] >> (index & 255) & 1 == 1;
    }

    function _words(IEscrow escrow, bytes32 first, uint256 count) private view returns (uint256[] memory words) {
        bytes32[] memory slots = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            slots[i] = bytes32(uint256(first) + i);
        }
        bytes32[] memory found = escrow.read(slots);
        words = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            words[i] = uint256(found[i]);
        }
    }
}
