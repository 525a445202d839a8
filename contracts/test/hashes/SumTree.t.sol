// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";
import {Trees} from "../Trees.sol";

contract SumTreeTest is EscrowTest {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    /// Every leaf of a tree of any size is paid exactly once, in any order, and together they are the total.
    function test_fuzz_all_leaves_are_claimable_in_any_order(uint40[21] memory seeds, uint8 size, uint256 order)
        public
    {
        uint256[] memory amounts = new uint256[](bound(size, 1, 21));
        for (uint256 i = 0; i < amounts.length; ++i) {
            amounts[i] = uint256(seeds[i]) + 1;
        }
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        bytes32 jobId = openJob();
        post(statementOf(jobId, tree));
        vm.warp(START + 1 hours);
        uint256 held = address(escrow).balance;

        for (uint256 left = leaves.length; left > 0; --left) {
            uint256 pick = uint256(keccak256(abi.encode(order, left))) % left;
            Leaf memory leaf = leaves[pick];
            leaves[pick] = leaves[left - 1];
            escrow.claim(ProvenLeaf(jobId, 0, leaf, tree.proof(leaf.index)));
            assertEq(leaf.account.balance, leaf.amount, "paid in full");
        }
        assertEq(escrow.epoch(jobId, 0).claimed, tree.total(), "claimed");
        assertEq(address(escrow).balance, held - tree.total(), "held");
    }

    /// A proof with any bit turned proves nothing.
    function test_fuzz_a_turned_bit_breaks_a_proof(uint40[6] memory seeds, uint8 index, uint16 bit) public {
        uint256[] memory amounts = new uint256[](6);
        for (uint256 i = 0; i < 6; ++i) {
            amounts[i] = uint256(seeds[i]) + 1;
        }
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        bytes32 jobId = openJob();
        post(statementOf(jobId, tree));
        vm.warp(START + 1 hours);
        index = uint8(bound(index, 0, 5));
        bytes memory proof = tree.proof(index);
        uint256 place = bound(bit, 0, proof.length * 8 - 1);
        // forge-lint: disable-next-line(unsafe-typecast,incorrect-shift)
        proof[place / 8] ^= bytes1(uint8(1 << (place % 8)));
        (bool isPaid,) =
            address(escrow).call(abi.encodeCall(IEscrow.claim, (ProvenLeaf(jobId, 0, leaves[index], proof))));
        assertTrue(!isPaid, "refused");
    }

    /// The deepest tree: one leaf at the last of 2^32 places, every sibling empty.
    function test_the_deepest_tree_pays_its_last_place() public {
        Leaf memory leaf = leafOf(1 ether);
        leaf.index = type(uint32).max;
        bytes32 root = Trees.hash(leaf);
        for (uint256 level = 0; level < 32; ++level) {
            root = keccak256(abi.encode(0, 0, root, 1 ether));
        }
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        (statement.depth, statement.root) = (32, root);
        post(statement);
        vm.warp(START + 1 hours);
        escrow.claim(ProvenLeaf(jobId, 0, leaf, new bytes(32 * 44)));
        assertEq(leaf.account.balance, 1 ether, "paid");
        assertTrue(escrow.isClaimed(jobId, 0, type(uint32).max), "marked");
    }

    /// A leaf so large that the sum wraps around to the total, as a settler could sign it, is no leaf of the tree.
    function test_a_sum_that_wraps_around_proves_nothing() public {
        Leaf memory leaf = leafOf(type(uint256).max - 4);
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 5);
        (statement.depth, statement.root) = (1, keccak256(abi.encode(Trees.hash(leaf), leaf.amount, 0, 10)));
        post(statement);
        vm.warp(START + 1 hours);
        bytes memory proof = bytes.concat(bytes32(0), bytes12(uint96(10)));
        (bool isPaid, bytes memory reason) =
            address(escrow).call(abi.encodeCall(IEscrow.claim, (ProvenLeaf(jobId, 0, leaf, proof))));
        assertTrue(!isPaid && bytes4(reason) == NotInTree.selector, "not in the tree");
    }
}
