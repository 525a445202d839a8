// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeTest} from "./DisputeTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

contract AnswerTest is DisputeTest {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    function test_leaves_that_add_up_to_the_promise_end_the_challenge() public {
        challenge(promised(0.5 ether));
        postLast(1, 0.3 ether);
        vm.expectEmit(address(escrow));
        emit Answered(jobId, payee(0), 0.5 ether, true);
        answer(two(0.2 ether, 0.3 ether));
        assertEq(escrow.job(jobId).disputes, 0, "no dispute is open");
        assertEq(escrow.dispute(jobId, payee(0)).due, 0, "over");
        assertEq(escrow.dispute(jobId, payee(0)).proven, 0.5 ether, "proven");
        vm.warp(START + 2 days);
        expectRefusal(NoDispute.selector, uint160(payee(0)), uint256(jobId));
        resolve();
        assertEq(escrow.job(jobId).bond, BOND, "the bond is whole");
    }

    function test_leaves_that_do_not_add_up_lessen_what_is_missing() public {
        challenge(promised(0.5 ether));
        vm.expectEmit(address(escrow));
        emit Answered(jobId, payee(0), 0.2 ether, false);
        answer(one(0.2 ether));
        assertEq(escrow.dispute(jobId, payee(0)).proven, 0.2 ether, "proven");
        assertEq(escrow.job(jobId).disputes, 1, "still open");
        vm.warp(START + 1 days);
        resolve();
        assertEq(payee(0).balance, 0.3 ether, "only what is missing is paid");
    }

    function test_claimed_leaves_prove_as_well() public {
        escrow.claim(proven(jobId, 0, 0.2 ether));
        challenge(promised(0.2 ether));
        answer(one(0.2 ether));
        assertEq(escrow.job(jobId).disputes, 0, "answered");
    }

    function test_several_leaves_of_one_epoch_count_together() public {
        Leaf[] memory leaves = new Leaf[](2);
        leaves[0] = Leaf(payee(0), 0.1 ether, 0.3 ether, 0);
        leaves[1] = Leaf(payee(0), 0.2 ether, 0.5 ether, 1);
        Trees.Tree memory tree = Trees.build(leaves);
        Statement memory statement = statementOf(jobId, tree);
        (statement.epoch, statement.last) = (1, true);
        post(statement);
        challenge(promised(0.5 ether));
        ProvenLeaf[] memory list = new ProvenLeaf[](3);
        list[0] = proven(jobId, 0, 0.2 ether);
        (list[1], list[2]) = (proven(statement, tree, leaves[0]), proven(statement, tree, leaves[1]));
        escrow.answer(jobId, payee(0), list);
        assertEq(escrow.job(jobId).disputes, 0, "answered");
    }

    function test_no_leaf_counts_twice() public {
        challenge(promised(0.4 ether));
        ProvenLeaf[] memory list = new ProvenLeaf[](2);
        (list[0], list[1]) = (proven(jobId, 0, 0.2 ether), proven(jobId, 0, 0.2 ether));
        expectRefusal(OutOfOrder.selector, 0, 1);
        answer(list);
        postLast(1, 0.1 ether);
        list[0] = proven(jobId, 1, 0.1 ether);
        expectRefusal(OutOfOrder.selector, 0, (1 << 32) + 1);
        answer(list);
    }

    function test_an_index_cannot_name_another_epoch() public {
        challenge(promised(0.4 ether));
        ProvenLeaf[] memory list = new ProvenLeaf[](2);
        (list[0], list[1]) = (proven(jobId, 0, 0.2 ether), proven(jobId, 0, 0.2 ether));
        list[1].leaf.index = 1 << 32;
        expectRefusal(TooDeep.selector, 1 << 32, 0);
        answer(list);
    }

    function test_leaves_of_others_do_not_count() public {
        challenge(promised(0.4 ether));
        ProvenLeaf[] memory list = listOf(proven(jobId, 0, 0.2 ether));
        list[0].leaf.account = stranger;
        expectRefusal(WrongAccount.selector, uint160(stranger), uint160(payee(0)));
        answer(list);
    }

    function test_leaves_of_another_job_do_not_count() public {
        challenge(promised(0.4 ether));
        bytes32 here = jobId;
        Opening memory other = opening();
        other.salt = "other";
        jobId = openJob(other);
        postLast(0, 0.4 ether);
        ProvenLeaf[] memory list = listOf(proven(jobId, 0, 0.4 ether));
        jobId = here;
        expectRefusal(OutOfOrder.selector, 0, 0);
        answer(list);
    }

    function test_pending_and_forced_leaves_do_not_count() public {
        challenge(promised(0.4 ether));
        postLast(1, 2 ether);
        expectRefusal(NotFinal.selector, 1, START + 1 hours);
        answer(listOf(proven(jobId, 1, 2 ether)));
        expectRefusal(OutOfOrder.selector, FORCED << 32, 0);
        answer(listOf(proven(jobId, FORCED, 2 ether)));
        vm.warp(START + 1 hours);
        answer(two(0.2 ether, 2 ether));
        assertEq(escrow.job(jobId).disputes, 0, "final in time");
    }

    function test_an_answer_has_its_time() public {
        challenge(promised(0.2 ether));
        vm.warp(START + 1 days);
        expectRefusal(TooLate.selector, START + 1 days, START + 1 days);
        answer(leavesOfEpochs(one(0.2 ether)));
        vm.warp(START + 1 days - 1);
        answer(one(0.2 ether));
    }

    function test_nothing_is_answered_that_nobody_asked() public {
        expectRefusal(NoDispute.selector, uint160(payee(0)), uint256(jobId));
        answer(leavesOfEpochs(one(0.2 ether)));
    }

    function test_a_higher_promise_must_be_answered_whole() public {
        challenge(promised(0.2 ether));
        challenge(promised(0.3 ether));
        answer(one(0.2 ether));
        assertEq(escrow.job(jobId).disputes, 1, "the lower answer is not enough any more");
        postLast(1, 0.1 ether);
        answer(two(0.2 ether, 0.1 ether));
        assertEq(escrow.job(jobId).disputes, 0, "answered");
    }
}
