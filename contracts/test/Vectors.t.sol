// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";

/// The same file of vectors that the TypeScript tests read: both sides hash, sign and prove alike.
contract VectorsTest is EscrowTest {
    string private json;

    function setUp() public override {
        super.setUp();
        json = vm.readFile("src/protocol/vectors.json");
        vm.deal(publisher, type(uint96).max);
    }

    function test_leaves_hash_alike() public view {
        uint256 i = 0;
        for (string memory entry = entryOf("leaves", i); exists(entry, ".hash"); entry = entryOf("leaves", ++i)) {
            IEscrow.Leaf memory leaf = IEscrow.Leaf({
                account: vm.parseJsonAddress(json, string.concat(entry, ".account")),
                amount: amountOf(string.concat(entry, ".amount")),
                earned: amountOf(string.concat(entry, ".earned")),
                index: uint32(number(entry, ".index"))
            });
            assertEq(escrow.hashLeaf(leaf), word(entry, ".hash"), entry);
        }
        assertTrue(i > 3, "leaves were read");
    }

    function test_nodes_hash_alike() public view {
        uint256 i = 0;
        for (string memory entry = entryOf("nodes", i); exists(entry, ".hash"); entry = entryOf("nodes", ++i)) {
            bytes32 hash = escrow.hashNode(
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
        vm.chainId(vm.parseJsonUint(json, ".domain.chainId"));
        IEscrow there = IEscrow(vm.parseJsonAddress(json, ".domain.escrow"));
        vm.etch(address(there), address(escrow).code);
        uint256 i = 0;
        for (
            string memory entry = entryOf("statements", i); exists(entry, ".hash"); entry = entryOf("statements", ++i)) {
            bytes32 hash = there.hashStatement(readStatement(entry));
            assertEq(hash, word(entry, ".hash"), entry);
            bytes memory signature = vm.parseJsonBytes(json, string.concat(entry, ".signature"));
            address signer = vm.parseJsonAddress(json, string.concat(entry, ".signer"));
            assertTrue(recover(hash, signature) == signer, string.concat(entry, " signer"));
        }
        assertTrue(i > 3, "statements were read");
    }

    /// Every leaf of every tree is claimed with the proof that TypeScript made.
    function test_trees_built_there_are_paid_here() public {
        uint256 i = 0;
        for (string memory entry = entryOf("trees", i); exists(entry, ".root"); entry = entryOf("trees", ++i)) {
            IEscrow.Opening memory opened = opening();
            (opened.salt, opened.budget) = (bytes32(i), amountOf(string.concat(entry, ".total")));
            bytes32 jobId = openJob(opened, plainTerms());
            IEscrow.Statement memory statement = statementOf(jobId, opened.budget);
            (statement.root, statement.depth) = (word(entry, ".root"), uint8(number(entry, ".depth")));
            post(statement);
            vm.warp(block.timestamp + 1 hours);
            claimAll(jobId, entry);
            assertEq(escrow.epoch(jobId, 0).claimed, opened.budget, string.concat(entry, " claimed"));
        }
        assertTrue(i > 3, "trees were read");
    }

    function claimAll(bytes32 jobId, string memory entry) private {
        uint256 size = number(entry, ".size");
        for (uint32 i = 0; i < size; ++i) {
            string memory place = string.concat("[", vm.toString(i), "]");
            IEscrow.Leaf memory leaf = IEscrow.Leaf({
                account: vm.parseJsonAddress(json, string.concat(entry, ".accounts", place)),
                amount: amountOf(string.concat(entry, ".amounts", place)),
                earned: amountOf(string.concat(entry, ".earned", place)),
                index: i
            });
            bytes memory proof = vm.parseJsonBytes(json, string.concat(entry, ".proofs", place));
            uint256 before = leaf.account.balance;
            escrow.claim(jobId, 0, leaf, proof);
            assertEq(leaf.account.balance - before, leaf.amount, string.concat(entry, place));
        }
    }

    function readStatement(string memory entry) private view returns (IEscrow.Statement memory) {
        return IEscrow.Statement({
            jobId: word(entry, ".jobId"),
            epoch: uint32(number(entry, ".epoch")),
            seq: uint24(number(entry, ".seq")),
            last: vm.parseJsonBool(json, string.concat(entry, ".last")),
            depth: uint8(number(entry, ".depth")),
            total: amountOf(string.concat(entry, ".total")),
            units: uint64(number(entry, ".units")),
            root: word(entry, ".root"),
            dataHash: word(entry, ".dataHash")
        });
    }

    function recover(bytes32 hash, bytes memory signature) private pure returns (address) {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        return ecrecover(hash, uint8(signature[64]), r, s);
    }

    function entryOf(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]");
    }

    function exists(string memory entry, string memory field) private view returns (bool) {
        return vm.keyExistsJson(json, string.concat(entry, field));
    }

    function number(string memory entry, string memory field) private view returns (uint256) {
        return vm.parseJsonUint(json, string.concat(entry, field));
    }

    function word(string memory entry, string memory field) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(entry, field));
    }

    function amountOf(string memory path) private view returns (uint88) {
        uint256 amount = vm.parseJsonUint(json, path);
        assertTrue(amount <= type(uint88).max, path);
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint88(amount);
    }
}
