// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "./IEscrow.sol";

/// @notice A Merkle tree in which every node also carries the sum of the amounts below it, so that any set of
/// leaves that can be proven adds up to at most the total. Each child's sum is hashed on its own.
library SumTree {
    uint8 internal constant MAX_DEPTH = 32;
    uint256 internal constant STEP_BYTES = 44;
    bytes32 internal constant LEAF_TYPEHASH =
        keccak256("Leaf(address account,uint256 amount,uint256 earned,uint256 index)");

    function hashLeaf(IEscrow.Leaf calldata leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(LEAF_TYPEHASH, leaf.account, leaf.amount, leaf.earned, leaf.index));
    }

    function hashNode(bytes32 hashL, uint256 sumL, bytes32 hashR, uint256 sumR) internal pure returns (bytes32) {
        return keccak256(abi.encode(hashL, sumL, hashR, sumR));
    }

    /// @notice Climbs from a leaf to the root. Sums cannot overflow: 88 bits and at most 32 times 96 bits.
    function climb(IEscrow.Leaf calldata leaf, uint8 depth, bytes calldata proof)
        internal
        pure
        returns (bytes32 hash, uint256 sum)
    {
        if (proof.length != depth * STEP_BYTES) revert IEscrow.WrongLength(proof.length, depth * STEP_BYTES);
        if (uint256(leaf.index) >> depth != 0) revert IEscrow.IndexOutside(leaf.index, depth);

        (hash, sum) = (hashLeaf(leaf), leaf.amount);
        for (uint256 level = 0; level < depth; ++level) {
            bytes calldata step = proof[level * STEP_BYTES:(level + 1) * STEP_BYTES];
            bytes32 sibling = bytes32(step[:32]);
            uint256 siblingSum = uint96(bytes12(step[32:]));
            bool isRight = (leaf.index >> level) & 1 == 1;
            hash = isRight ? hashNode(sibling, siblingSum, hash, sum) : hashNode(hash, sum, sibling, siblingSum);
            sum += siblingSum;
        }
    }
}
