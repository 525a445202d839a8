// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GasTest} from "./GasTest.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// What relayers spend on cash-outs, and payees on what is left to them when a settler falls silent or lies.
contract GasOfOrdersTests is GasTest {
    using Trees for Trees.Tree;

    address private purse = address(0x9045E);
    address private relayer = address(0x4E1A);

    /// Leaves of as many jobs, each of which has paid others before.
    /// forge-config: default.isolate = true
    function test_cash_outs_of_1_5_and_30_leaves() external {
        vm.deal(relayer, 1 ether);
        vm.deal(purse, 1 ether);
        High memory high = highTree(2, 10);
        bytes32[] memory jobs = new bytes32[](36);
        for (uint256 i = 0; i < jobs.length; ++i) {
            jobs[i] = newJob(bytes32(i));
            postHigh(jobs[i], 0, high);
        }
        vm.warp(block.timestamp + 1 hours);
        for (uint256 i = 0; i < jobs.length; ++i) {
            escrow.claim(leafIn(jobs[i], 0, high, 0));
        }
        uint256 next = 0;
        uint256[3] memory sizes = [uint256(1), 5, 30];
        string[3] memory names = ["cashout.1.first", "cashout.5", "cashout.30"];
        for (uint256 i = 0; i < 3; ++i) {
            CashoutCall memory call = _order(1, sizes[i], i + 1);
            for (uint256 j = 0; j < sizes[i]; ++j) {
                call.leaves[j] = leafIn(jobs[next++], 0, high, 1);
            }
            vm.prank(relayer);
            escrow.cashout(call);
            record(names[i]);
        }
    }

    /// Thirty keys, each for the first time, of one epoch, to one purse.
    /// forge-config: default.isolate = true
    function test_a_cash_out_of_30_burners() external {
        vm.deal(relayer, 1 ether);
        vm.deal(purse, 1 ether);
        bytes32 jobId = newJob("burners");
        High memory high = highTree(31, 10);
        postHigh(jobId, 0, high);
        vm.warp(block.timestamp + 1 hours);
        escrow.claim(leafIn(jobId, 0, high, 30));
        CashoutCall[] memory calls = new CashoutCall[](30);
        for (uint256 i = 0; i < 30; ++i) {
            calls[i] = _order(i, 1, 1);
            calls[i].leaves[0] = leafIn(jobId, 0, high, i);
        }
        vm.prank(relayer);
        escrow.cashoutMany(calls);
        record("cashoutMany.30", used());
        record("cashoutMany.each", used() / 30);
    }

    /// forge-config: default.isolate = true
    function test_forced_epochs_of_3_8_and_16_signers() external {
        uint256[3] memory counts = [uint256(3), 8, 16];
        string[3] memory names = ["force.3", "force.8", "force.16"];
        for (uint256 i = 0; i < 3; ++i) {
            Opening memory opened = opening();
            (opened.salt, opened.budget, opened.bond) = (bytes32(i), JOB_BUDGET, 1);
            (opened.terms.forceCap, opened.terms.quorumBps) = (JOB_BUDGET, 1);
            bytes32 jobId = openJob(opened);
            High memory high = highTree(counts[i], 10);
            postHigh(jobId, 0, high);
            vm.warp(block.timestamp + 1 hours);
            Forced memory forced = Forced(jobId, FORCED, 0, AMOUNT, Trees.hash(leafOf(AMOUNT)), keccak256("data"));
            Attestation[] memory list = _attest(forced, high, counts[i]);
            escrow.force(opened, forced, list);
            record(names[i]);
        }
    }

    /// forge-config: default.isolate = true
    function test_a_challenge_its_answer_and_its_end() external {
        bytes32 jobId = newJob("disputed");
        High memory high = highTree(2, 10);
        postHigh(jobId, 0, high);
        vm.warp(block.timestamp + 1 hours);
        _challenge(jobId, highTree(1, 10), AMOUNT);
        record("challenge.first");
        ProvenLeaf[] memory leaves = listOf(leafIn(jobId, 0, high, 0));
        escrow.answer(jobId, payee(0), leaves);
        record("answer.1");
        Leaf[] memory lie = new Leaf[](1);
        lie[0] = Leaf(payee(0), AMOUNT, 2 * AMOUNT, 0);
        _challenge(jobId, highTree(lie, 10), 2 * AMOUNT);
        vm.warp(block.timestamp + 1 days);
        escrow.resolve(jobId, payee(0));
        record("resolve");
    }

    function _challenge(bytes32 jobId, High memory high, uint256 earned) private {
        Challenge memory broken;
        broken.statement = statementOf(jobId, high.total);
        (broken.statement.root, broken.statement.depth, broken.statement.seq) = (high.root, high.depth, 9);
        broken.signature = sign(broken.statement);
        broken.leaf = Leaf(payee(0), AMOUNT, earned, 0);
        broken.proof = high.upper;
        escrow.challenge(openings[jobId], broken);
    }

    function _order(uint256 index, uint256 leaves, uint256 nonce) private view returns (CashoutCall memory call) {
        Cashout memory order = call.cashout;
        (order.account, order.to) = (payee(index), purse);
        (order.maxFee, order.minOut) = (AMOUNT / 10, AMOUNT / 2);
        (order.nonce, order.deadline) = (nonce, block.timestamp + 1 days);
        (call.signature, call.fee) = (sign(payeeKey(index), Signing.hash(order)), AMOUNT / 20);
        call.leaves = new ProvenLeaf[](leaves);
    }

    /// Everybody of the lowest part of the tree, in rising order.
    function _attest(Forced memory forced, High memory high, uint256 count)
        private
        view
        returns (Attestation[] memory list)
    {
        list = new Attestation[](count);
        for (uint256 i = 0; i < count; ++i) {
            ProvenLeaf memory own = leafIn(forced.jobId, 0, high, i);
            list[i] = Attestation(own.leaf, own.proof, sign(payeeKey(i), Signing.hash(forced)));
            for (uint256 j = i; j > 0 && list[j].leaf.account < list[j - 1].leaf.account; --j) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
    }
}
