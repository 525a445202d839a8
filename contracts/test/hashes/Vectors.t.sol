// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {VectorFile} from "./VectorFile.sol";

/// Leaves, nodes, statements and trees.
contract VectorsTest is VectorFile {
    using Reader for IEscrow;

    function setUp() public override {
        super.setUp();
        vm.deal(publisher, type(uint96).max);
    }

    function test_leaves_hash_alike() public view {
        uint256 i = 0;
        for (string memory entry = entryOf("leaves", i); exists(entry, ".hash"); entry = entryOf("leaves", ++i)) {
            Leaf memory leaf;
            (leaf.account, leaf.index) = (account(entry, ".account"), number(entry, ".index"));
            (leaf.amount, leaf.earned) = (number(entry, ".amount"), number(entry, ".earned"));
            assertEq(HASHER.leaf(leaf), word(entry, ".hash"), entry);
        }
        assertTrue(i > 3, "leaves were read");
    }

    function test_nodes_hash_alike() public view {
        uint256 i = 0;
        for (string memory entry = entryOf("nodes", i); exists(entry, ".hash"); entry = entryOf("nodes", ++i)) {
            bytes32 hash = HASHER.node(
                word(entry, ".leftHash"),
                number(entry, ".leftSum"),
                word(entry, ".rightHash"),
                number(entry, ".rightSum")
            );
            assertEq(hash, word(entry, ".hash"), entry);
        }
        assertTrue(i > 3, "nodes were read");
    }

    function test_statements_hash_alike_and_carry_the_settlers_signature() public {
        uint256 i = 0;
        for (
            string memory entry = entryOf("statements", i); exists(entry, ".hash"); entry = entryOf("statements", ++i)) {
            bytes32 hash = digestThere(HASHER.statement(readStatement(entry)));
            assertEq(hash, word(entry, ".hash"), entry);
            address signer = recover(hash, words(entry, ".signature"));
            assertEq(signer, account(entry, ".signer"), string.concat(entry, " signer"));
        }
        assertTrue(i > 3, "statements were read");
    }

    /// Every leaf of every tree is claimed with the proof that TypeScript made.
    function test_trees_built_there_are_paid_here() public {
        uint256 i = 0;
        for (string memory entry = entryOf("trees", i); exists(entry, ".root"); entry = entryOf("trees", ++i)) {
            Opening memory opened = opening();
            (opened.salt, opened.budget) = (bytes32(i), number(entry, ".total"));
            bytes32 jobId = openJob(opened);
            Statement memory statement = statementOf(jobId, opened.budget);
            (statement.root, statement.depth) = (word(entry, ".root"), number(entry, ".depth"));
            post(statement);
            vm.warp(block.timestamp + 1 hours);
            claimAll(jobId, entry);
            assertEq(escrow.epoch(jobId, 0).claimed, opened.budget, string.concat(entry, " claimed"));
        }
        assertTrue(i > 3, "trees were read");
    }

    function claimAll(bytes32 jobId, string memory entry) private {
        uint256 size = number(entry, ".size");
        for (uint256 i = 0; i < size; ++i) {
            string memory place = string.concat("[", vm.toString(i), "]");
            Leaf memory leaf;
            (leaf.account, leaf.index) = (account(entry, string.concat(".accounts", place)), i);
            leaf.amount = number(entry, string.concat(".amounts", place));
            leaf.earned = number(entry, string.concat(".earned", place));
            bytes memory proof = words(entry, string.concat(".proofs", place));
            uint256 before = leaf.account.balance;
            escrow.claimMany(listOf(ProvenLeaf(jobId, 0, leaf, proof))); // some leaves hold nothing
            assertEq(leaf.account.balance - before, leaf.amount, string.concat(entry, place));
        }
    }

    function readStatement(string memory entry) private view returns (Statement memory statement) {
        (statement.jobId, statement.epoch) = (word(entry, ".jobId"), number(entry, ".epoch"));
        (statement.seq, statement.last) = (number(entry, ".seq"), flag(entry, ".last"));
        (statement.depth, statement.total) = (number(entry, ".depth"), number(entry, ".total"));
        (statement.units, statement.root) = (number(entry, ".units"), word(entry, ".root"));
        statement.dataHash = word(entry, ".dataHash");
    }

    function recover(bytes32 hash, bytes memory signature) private pure returns (address) {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        return ecrecover(hash, uint8(signature[64]), r, s);
    }
}
