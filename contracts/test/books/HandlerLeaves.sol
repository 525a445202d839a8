// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {IEscrowTypes} from "../../src/IEscrowTypes.sol";
import {HandlerWorld} from "./HandlerWorld.sol";
import {Reader} from "../Reader.sol";
import {Trees} from "../Trees.sol";

/// Finds jobs and posted leaves to act on, and what is due of them.
abstract contract HandlerLeaves is HandlerWorld {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    uint256 private constant MAX_LEAVES = 6;

    struct Settler {
        uint256 from; // its first epoch
        uint256 key;
    }

    mapping(bytes32 jobId => Settler[]) internal _settlers;

    function _anyJob(uint256 seed) internal returns (bytes32 jobId) {
        jobId = jobIds[_roll(seed, 100, jobIds.length)];
        _plays[jobId].isTouched = true;
    }

    function _settlerKeyOf(bytes32 jobId, uint256 number) internal view returns (uint256 key) {
        Settler[] storage known = _settlers[jobId];
        uint256 from = 0;
        for (uint256 i = 0; i < known.length; ++i) {
            if (known[i].from <= number && known[i].from >= from) (from, key) = (known[i].from, known[i].key);
        }
    }

    function _newLeaves(uint256 seed, uint256 most) internal view returns (IEscrow.Leaf[] memory leaves) {
        leaves = new IEscrow.Leaf[](1 + _roll(seed, 101, 5));
        uint256 first = _roll(seed, 102, KEYS + 2);
        for (uint256 i = 0; i < leaves.length; ++i) {
            uint256 amount = 1 + _roll(seed, 103 + i, most);
            leaves[i] = IEscrowTypes.Leaf(accounts[(first + i) % (KEYS + 2)], amount, amount, i);
        }
    }

    function _keep(bytes32 jobId, uint256 number, IEscrow.Leaf[] memory leaves) internal {
        IEscrow.Leaf[] storage kept = _leaves[jobId][number];
        while (kept.length > 0) kept.pop();
        for (uint256 i = 0; i < leaves.length; ++i) {
            kept.push(leaves[i]);
        }
    }

    function _proven(bytes32 jobId, uint256 number, uint256 index)
        internal
        view
        returns (IEscrow.ProvenLeaf memory proven)
    {
        IEscrow.Leaf[] memory leaves = _leaves[jobId][number];
        proven = IEscrowTypes.ProvenLeaf(jobId, number, leaves[index], Trees.build(leaves).proof(index));
    }

    /// Any leaf there is; false if there is none.
    function _anyLeaf(uint256 seed) internal view returns (bool isFound, IEscrow.ProvenLeaf memory proven) {
        if (jobIds.length == 0) return (false, proven);
        bytes32 jobId = jobIds[_roll(seed, 110, jobIds.length)];
        if (_numbers[jobId].length == 0) return (false, proven);
        uint256 number = _numbers[jobId][_roll(seed, 111, _numbers[jobId].length)];
        return (true, _proven(jobId, number, _roll(seed, 112, _leaves[jobId][number].length)));
    }

    /// Leaves of one account in one token: the final ones, and now and then one that is not.
    function _leavesFor(address account, address token, uint256 seed)
        internal
        view
        returns (IEscrow.ProvenLeaf[] memory found)
    {
        IEscrow.ProvenLeaf[] memory room = new IEscrow.ProvenLeaf[](MAX_LEAVES);
        uint256 size = 0;
        bool isAny = _roll(seed, 113, 8) == 0;
        for (uint256 i = 0; i < jobIds.length; ++i) {
            if (_plays[jobIds[i]].opening.token == token) size = _gather(room, size, jobIds[i], account, isAny);
        }
        found = new IEscrow.ProvenLeaf[](size);
        for (uint256 i = 0; i < size; ++i) {
            found[i] = room[i];
        }
    }

    /// Adds the leaves of an account in one job, as far as there is room, in the order of their epochs.
    function _gather(IEscrow.ProvenLeaf[] memory room, uint256 size, bytes32 jobId, address account, bool isAny)
        internal
        view
        returns (uint256)
    {
        for (uint256 i = 0; i < _numbers[jobId].length; ++i) {
            uint256 number = _numbers[jobId][i];
            if (!isAny && !_isFinal(jobId, number)) continue;
            for (uint256 j = 0; j < _leaves[jobId][number].length && size < room.length; ++j) {
                if (_leaves[jobId][number][j].account == account) room[size++] = _proven(jobId, number, j);
            }
        }
        return size;
    }

    function _isFinal(bytes32 jobId, uint256 number) internal view returns (bool) {
        uint256 finalAt = ESCROW.epoch(jobId, number).finalAt;
        return finalAt != 0 && finalAt <= block.timestamp;
    }

    function _isDue(IEscrow.ProvenLeaf memory proven) internal view returns (bool) {
        return _isFinal(proven.jobId, proven.epoch) && !ESCROW.isClaimed(proven.jobId, proven.epoch, proven.leaf.index);
    }

    /// What these leaves still pay, and whether all of them are final.
    function _due(IEscrow.ProvenLeaf[] memory leaves) internal view returns (uint256 sum, bool isFinal) {
        isFinal = true;
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (_isDue(leaves[i]) && !_isRepeated(leaves, i)) sum += leaves[i].leaf.amount;
            isFinal = isFinal && _isFinal(leaves[i].jobId, leaves[i].epoch);
        }
    }

    function _isRepeated(IEscrow.ProvenLeaf[] memory leaves, uint256 place) internal pure returns (bool) {
        bytes32 hash = keccak256(abi.encode(leaves[place]));
        for (uint256 i = 0; i < place; ++i) {
            if (keccak256(abi.encode(leaves[i])) == hash) return true;
        }
        return false;
    }

    /// Notes that leaves were paid: those that had not been at the last look.
    function _paid(IEscrow.ProvenLeaf[] memory leaves) internal {
        for (uint256 i = 0; i < leaves.length; ++i) {
            IEscrow.ProvenLeaf memory proven = leaves[i];
            _plays[proven.jobId].isTouched = true;
            if (_isNoted[proven.jobId][proven.epoch][proven.leaf.index]) continue;
            _isNoted[proven.jobId][proven.epoch][proven.leaf.index] = true;
            _plays[proven.jobId].paid += proven.leaf.amount;
        }
    }

    mapping(bytes32 jobId => mapping(uint256 number => mapping(uint256 index => bool))) private _isNoted;
}
