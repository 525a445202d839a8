// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeTest} from "../disputes/DisputeTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

contract AttacksInDisputesTest is DisputeTest {
    using Reader for IEscrow;

    /// Somebody copies a helper's challenge out of the mempool and sends it first: the fee is still the helper's.
    function test_a_copied_challenge_pays_the_helper_that_the_account_named() public {
        Challenge memory seen = helped(0.3 ether, 0.1 ether);
        Challenge memory copy = helped(0.3 ether, 0.1 ether);
        copy.helper = stranger;
        expectRefusal(WrongSigner.selector, uint160(payee(0)), uint256(Signing.hashHelp(copy)));
        challenge(copy);
        challenge(seen); // by the stranger
        vm.warp(START + 1 days);
        resolve();
        assertEq(helper.balance, 0.1 ether, "the helper");
        assertEq(stranger.balance, 0, "the copier gets nothing");
    }

    /// The publisher challenges the smallest promise of an account itself, so that the large one finds no place.
    function test_a_small_challenge_does_not_occupy_the_place_of_a_large_one() public {
        challenge(promised(1));
        vm.warp(START + 12 hours);
        challenge(promised(0.4 ether));
        vm.warp(START + 36 hours);
        resolve();
        assertEq(payee(0).balance, 0.4 ether, "the large one counts");
    }

    /// The same, answered at once: what was answered is no answer to more.
    function test_a_small_challenge_that_was_answered_does_not_shield_from_a_large_one() public {
        challenge(promised(0.1 ether));
        answer(one(0.2 ether));
        challenge(promised(0.4 ether));
        vm.warp(START + 1 days);
        resolve();
        assertEq(payee(0).balance, 0.2 ether, "the dispute began anew: nothing that was shown is paid again");
    }

    /// A stranger answers with a part, in the hope that the publisher can answer no more or that its answer counts less.
    function test_a_strangers_partial_answer_does_not_spoil_the_publishers() public {
        postLast(1, 0.3 ether);
        challenge(promised(0.5 ether));
        answer(new uint256[](0));
        answer(one(0.2 ether));
        assertEq(escrow.job(jobId).disputes, 1, "open");
        answer(two(0.2 ether, 0.3 ether));
        assertEq(escrow.job(jobId).disputes, 0, "the whole answer ends it");
    }

    /// Or answers with less after the publisher has shown more.
    function test_a_lower_answer_does_not_take_back_a_higher_one() public {
        challenge(promised(0.5 ether));
        answer(one(0.2 ether));
        answer(new uint256[](0));
        assertEq(escrow.dispute(jobId, payee(0)).proven, 0.2 ether, "the best answer counts");
    }

    /// Two partial answers do not add up: the same leaf could be in both.
    function test_partial_answers_do_not_add_up() public {
        challenge(promised(0.4 ether));
        answer(one(0.2 ether));
        answer(one(0.2 ether));
        assertEq(escrow.job(jobId).disputes, 1, "0.2 was shown, twice");
    }

    /// A publisher raises what it has promised by a wei a day, each time in a new epoch, so that the time to answer begins
    /// anew: it ends with the close, which anybody begins once the job has expired.
    function test_a_publisher_that_raises_its_promise_delays_a_dispute_only_until_the_close() public {
        Challenge memory raised = promised(0.4 ether);
        challenge(raised);
        uint256 number = 1;
        while (escrow.job(jobId).closeAt == 0 || block.timestamp + 1 days - 1 < escrow.job(jobId).closeAt) {
            vm.warp(block.timestamp + 1 days - 1);
            if (number == 31) beginClose();
            postLast(number, 0);
            raised.statement.epoch = number++;
            raised.leaf.earned += 1;
            raised.statement.root = Trees.hash(raised.leaf);
            raised.signature = sign(raised.statement);
            challenge(raised);
        }
        vm.warp(block.timestamp + 1 days);
        Statement memory more = statementOf(jobId, 0);
        more.epoch = number;
        expectRefusal(TooLate.selector, block.timestamp, escrow.job(jobId).closeAt);
        post(more);
        raised.leaf.earned += 1;
        raised.statement.root = Trees.hash(raised.leaf);
        raised.signature = sign(raised.statement);
        expectRefusal(TooLate.selector, block.timestamp, block.timestamp);
        challenge(raised);
        resolve();
        assertEq(payee(0).balance, 0.4 ether + number - 1, "and each day has cost it");
    }

    function beginClose() private {
        vm.warp(START + 30 days);
        vm.prank(stranger);
        escrow.beginClose(openings[jobId]);
    }

    /// A publisher that owes half its bond promises all of its budget to itself, and challenges that first, to carry the
    /// bond out before its victim comes. It saves half of the bond and loses the other: as much as it owed.
    function test_a_publisher_that_challenges_itself_gains_nothing() public {
        uint256 owed = BOND / 2;
        uint256 lie = afterwards(true, owed);
        uint256 honest = afterwards(false, owed);
        assertTrue(lie <= honest, "a lie never pays more than it costs");
        assertEq(honest, BUDGET - 0.2 ether + BOND - owed, "an honest publisher has paid what it owed");
    }

    /// What the publisher and its other name have once the job is closed.
    function afterwards(bool isLying, uint256 owed) private returns (uint256) {
        Opening memory opened = opening();
        opened.salt = isLying ? bytes32("lying") : bytes32("honest");
        jobId = openJob(opened);
        postLast(0, 0.2 ether);
        uint256 before = publisher.balance + payee(8).balance;
        if (isLying) {
            challenge(promisedTo(payee(8), BUDGET));
            challenge(promisedTo(payee(9), owed));
        } else {
            postLast(1, owed);
        }
        vm.warp(block.timestamp + 2 days);
        if (isLying) {
            escrow.resolve(jobId, payee(8));
            escrow.resolve(jobId, payee(9));
        }
        closeJob();
        return publisher.balance + payee(8).balance - before;
    }

    function promisedTo(address account, uint256 earned) private view returns (Challenge memory broken) {
        broken = promised(earned);
        broken.leaf.account = account;
        broken.statement.root = Trees.hash(broken.leaf);
        broken.signature = sign(broken.statement);
    }

    /// A settler shows one account one truth and posts another: the account is made whole from the bond.
    function test_equivocation_is_paid_for_by_the_bond() public {
        uint256[] memory amounts = new uint256[](2);
        (amounts[0], amounts[1]) = (0.2 ether, 0.25 ether);
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        Challenge memory broken;
        broken.statement = statementOf(jobId, tree); // the same epoch and seq as what was posted
        (broken.signature, broken.leaf) = (sign(broken.statement), leaves[1]);
        broken.proof = Trees.proof(tree, 1);
        challenge(broken);
        vm.warp(START + 1 days);
        escrow.resolve(jobId, payee(1));
        assertEq(payee(1).balance, 0.25 ether, "whole");
        assertEq(escrow.job(jobId).bond, 0.5 ether, "and the settler's publisher has lost twice that");
    }

    /// An epoch is made final at once under a `last` that nobody was shown, so that the promised, higher statement can be
    /// posted no more.
    function test_a_hidden_last_does_not_escape_the_bond() public {
        Statement memory better = statementOf(jobId, 0.4 ether);
        better.seq = 2;
        expectRefusal(TooLate.selector, START, START);
        post(better);
        challenge(promised(0.4 ether));
        answer(one(0.2 ether));
        vm.warp(START + 1 days);
        escrow.claim(proven(jobId, 0, 0.2 ether));
        resolve();
        assertEq(payee(0).balance, 0.4 ether, "the leaf and the rest of the promise");
    }
}
