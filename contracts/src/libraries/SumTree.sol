// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrowTypes} from "../IEscrowTypes.sol";
import {Refusal} from "./Refusal.sol";
import {Words} from "./Words.sol";

/// @notice A Merkle tree in which every node also carries the sum of the amounts below it, so that any set of
/// leaves that can be proven adds up to at most the total. Each child's sum is hashed on its own.
library SumTree {
    using Refusal for bytes4;

    uint256 internal constant MAX_DEPTH = 32;
    uint256 internal constant STEP_BYTES = 44;
    bytes32 internal constant LEAF_TYPEHASH =
        keccak256("Leaf(address account,uint256 amount,uint256 earned,uint256 index)");

    /// @notice The hash of a leaf: 160 bytes go in, so that no leaf can be read as a node.
    function hashLeaf(IEscrowTypes.Leaf calldata leaf) internal pure returns (bytes32) {
        return Words.hash(LEAF_TYPEHASH, Words.startOf(leaf), 4);
    }

    /// @notice The hash of a node: each child's hash and sum, 128 bytes.
    function hashNode(bytes32 hashL, uint256 sumL, bytes32 hashR, uint256 sumR) internal pure returns (bytes32) {
        return keccak256(abi.encode(hashL, sumL, hashR, sumR));
    }

    function requireIn(
        bytes32 root,
        uint256 total,
        uint256 depth,
        IEscrowTypes.Leaf calldata leaf,
        bytes calldata proof
    ) internal pure {
        (bytes32 hash, uint256 sum) = climb(leaf, depth, proof);
        bool isIn = hash == root && sum == total && leaf.amount <= total;
        IEscrowTypes.NotInTree.selector.unless(isIn, uint256(hash), sum);
    }

    /// @notice Climbs from a leaf to the root. The sum wraps around where the leaf's amount is larger than any total.
    /// @dev In assembly: 830 gas a level, 1 460 in Solidity.
    function climb(IEscrowTypes.Leaf calldata leaf, uint256 depth, bytes calldata proof)
        internal
        pure
        returns (bytes32 hash, uint256 sum)
    {
        IEscrowTypes.WrongLength.selector.unless(proof.length == depth * STEP_BYTES, proof.length, depth * STEP_BYTES);
        IEscrowTypes.TooDeep.selector.unless(leaf.index >> depth == 0, leaf.index, depth);

        uint256 index = leaf.index;
        (hash, sum) = (hashLeaf(leaf), leaf.amount);
        assembly ("memory-safe") {
            let node := mload(0x40)
            let end := add(proof.offset, proof.length)
            for { let step := proof.offset } lt(step, end) { step := add(step, STEP_BYTES) } {
                let own := shl(6, and(index, 1)) // the right half of the node where the index is odd
                let other := xor(own, 64)
                let siblingSum := shr(160, calldataload(add(step, 32)))
                mstore(add(node, own), hash)
                mstore(add(node, add(own, 32)), sum)
                mstore(add(node, other), calldataload(step))
                mstore(add(node, add(other, 32)), siblingSum)
                hash := keccak256(node, 128)
                sum := add(sum, siblingSum)
                index := shr(1, index)
            }
        }
    }
}
