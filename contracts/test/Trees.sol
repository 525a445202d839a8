// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";

/// Builds sum trees the plain way, level by level, without the code under test.
library Trees {
    struct Tree {
        uint256 depth;
        bytes32[][] hashes;
        uint256[][] sums;
    }

    function build(IEscrow.Leaf[] memory leaves) internal pure returns (Tree memory tree) {
        while (uint256(1) << tree.depth < leaves.length) ++tree.depth;
        tree.hashes = new bytes32[][](tree.depth + 1);
        tree.sums = new uint256[][](tree.depth + 1);
        tree.hashes[0] = new bytes32[](uint256(1) << tree.depth);
        tree.sums[0] = new uint256[](uint256(1) << tree.depth);
        for (uint256 i = 0; i < leaves.length; ++i) {
            (tree.hashes[0][i], tree.sums[0][i]) = (hash(leaves[i]), leaves[i].amount);
        }
        for (uint256 level = 1; level <= tree.depth; ++level) {
            _join(tree, level);
        }
    }

    function hash(IEscrow.Leaf memory leaf) internal pure returns (bytes32) {
        bytes32 kind = keccak256("Leaf(address account,uint256 amount,uint256 earned,uint256 index)");
        return keccak256(bytes.concat(kind, abi.encode(leaf)));
    }

    function root(Tree memory tree) internal pure returns (bytes32) {
        return tree.hashes[tree.depth][0];
    }

    function total(Tree memory tree) internal pure returns (uint256) {
        return tree.sums[tree.depth][0];
    }

    function proof(Tree memory tree, uint256 index) internal pure returns (bytes memory steps) {
        for (uint256 level = 0; level < tree.depth; ++level) {
            uint256 sibling = (index >> level) ^ 1;
            // forge-lint: disable-next-line(unsafe-typecast)
            uint96 sum = uint96(tree.sums[level][sibling]);
            steps = bytes.concat(steps, tree.hashes[level][sibling], bytes12(sum));
        }
    }

    function _join(Tree memory tree, uint256 level) private pure {
        uint256 size = tree.hashes[level - 1].length / 2;
        tree.hashes[level] = new bytes32[](size);
        tree.sums[level] = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) {
            (bytes32 left, bytes32 right) = (tree.hashes[level - 1][2 * i], tree.hashes[level - 1][2 * i + 1]);
            (uint256 sumL, uint256 sumR) = (tree.sums[level - 1][2 * i], tree.sums[level - 1][2 * i + 1]);
            tree.hashes[level][i] = keccak256(bytes.concat(left, bytes32(sumL), right, bytes32(sumR)));
            tree.sums[level][i] = sumL + sumR;
        }
    }
}
