// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeTest} from "./DisputeTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

contract ChallengeTest is DisputeTest {
    using Reader for IEscrow;
    using Signing for IEscrow;
    using Trees for Trees.Tree;

    function test_anybody_shows_a_promise_and_the_time_to_answer_begins() public {
        vm.warp(START + 1 hours);
        vm.expectEmit(address(escrow));
        emit Challenged(jobId, payee(0), 0.5 ether, START + 25 hours);
        challenge(promised(0.5 ether));
        Dispute memory made = escrow.dispute(jobId, payee(0));
        assertEq(made.promised, 0.5 ether, "promised");
        assertEq(made.due, START + 25 hours, "due");
        assertEq(made.proven + made.compensated + made.fee, 0, "nothing else");
        assertEq(escrow.job(jobId).disputes, 1, "disputes");
    }

    function test_a_promise_of_a_pending_epoch_is_answered_after_it_is_final() public {
        postLast(1, 2 ether);
        Challenge memory broken = promised(2.5 ether);
        broken.statement.epoch = 1;
        broken.signature = sign(broken.statement);
        challenge(broken);
        assertEq(escrow.dispute(jobId, payee(0)).due, START + 1 hours + 1 days, "finalAt and a day");
    }

    function test_a_promise_can_be_shown_until_the_delay_is_over() public {
        vm.warp(START + 1 days);
        expectRefusal(TooLate.selector, START + 1 days, START + 1 days);
        challenge(promised(0.5 ether));
        vm.warp(START + 1 days - 1);
        challenge(promised(0.5 ether));
        assertEq(escrow.dispute(jobId, payee(0)).due, START + 2 days - 1, "a whole day to answer");
    }

    function test_a_promise_of_an_epoch_that_is_not_posted_waits_for_it() public {
        Challenge memory broken = promised(0.5 ether);
        broken.statement.epoch = 1;
        broken.signature = sign(broken.statement);
        expectRefusal(WrongEpoch.selector, 1, 1);
        challenge(broken);
        broken.statement.epoch = FORCED;
        expectRefusal(WrongEpoch.selector, FORCED, 1);
        challenge(broken);
    }

    function test_only_what_the_settler_of_the_epoch_signed_is_a_promise() public {
        vm.prank(publisher);
        escrow.setSettler(openings[jobId], vm.addr(0x5EC));
        Challenge memory broken = promised(0.5 ether);
        bytes memory signature = broken.signature;
        bytes32 hash = Signing.hash(broken.statement);
        broken.signature = sign(0x5EC, hash);
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(hash));
        challenge(broken);
        broken.signature = signature;
        challenge(broken);
    }

    function test_a_promise_stands_in_the_tree_of_its_statement() public {
        Challenge memory broken = promised(0.5 ether);
        broken.leaf.earned += 1;
        expectRefusal(NotInTree.selector, uint256(Trees.hash(broken.leaf)), 0.5 ether);
        challenge(broken);
        broken.leaf = leafOf(0.5 ether);
        broken.leaf.account = stranger;
        expectRefusal(NotInTree.selector, uint256(Trees.hash(broken.leaf)), 0.5 ether);
        challenge(broken);
    }

    function test_what_was_earned_counts_not_what_this_epoch_adds() public {
        Challenge memory broken = promised(0.1 ether);
        broken.leaf.earned = 0.6 ether;
        broken.statement.root = Trees.hash(broken.leaf);
        broken.signature = sign(broken.statement);
        challenge(broken);
        assertEq(escrow.dispute(jobId, payee(0)).promised, 0.6 ether, "of the whole job");
    }

    function test_a_higher_promise_takes_the_place_of_a_lower_one() public {
        challenge(promised(0.5 ether));
        expectRefusal(AlreadyProven.selector, 0.5 ether, 0.5 ether);
        challenge(promised(0.5 ether));
        expectRefusal(AlreadyProven.selector, 0.4 ether, 0.5 ether);
        challenge(promised(0.4 ether));
        vm.warp(START + 1 hours);
        challenge(promised(0.7 ether));
        assertEq(escrow.dispute(jobId, payee(0)).promised, 0.7 ether, "promised");
        assertEq(escrow.dispute(jobId, payee(0)).due, START + 25 hours, "its own time to answer");
        assertEq(escrow.job(jobId).disputes, 1, "one dispute");
    }

    function test_more_than_the_budget_is_no_promise() public {
        expectRefusal(AlreadyProven.selector, BUDGET + 1, 0);
        challenge(promised(BUDGET + 1));
        challenge(promised(BUDGET));
        assertEq(escrow.dispute(jobId, payee(0)).promised, BUDGET, "the whole budget may be promised");
    }

    function test_what_an_answer_has_proven_is_not_asked_again() public {
        challenge(promised(0.15 ether));
        answer(one(0.2 ether));
        expectRefusal(AlreadyProven.selector, 0.2 ether, 0.2 ether);
        challenge(promised(0.2 ether));
        challenge(promised(0.2 ether + 1));
    }

    function test_a_promise_goes_with_the_opening_of_its_job() public {
        Opening memory other = opening();
        other.terms.challengeDelay = 100 days;
        expectRefusal(WrongJob.selector, uint256(jobId), uint256(escrow.idOf(other)));
        escrow.challenge(other, promised(0.5 ether));
    }

    function test_a_closed_job_has_no_promises() public {
        closeJob();
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        challenge(promised(0.5 ether));
    }

    function test_a_helper_names_a_fee_that_the_account_has_signed() public {
        Challenge memory broken = helped(0.5 ether, 0.1 ether);
        challenge(broken);
        assertEq(escrow.dispute(jobId, payee(0)).helper, helper, "helper");
        assertEq(escrow.dispute(jobId, payee(0)).fee, 0.1 ether, "fee");
    }

    function test_every_field_of_the_consent_is_signed() public {
        for (uint256 i = 0; i < 5; ++i) {
            Challenge memory broken = helped(0.5 ether, 0.1 ether);
            if (i == 0) broken.helper = stranger;
            if (i == 1) broken.fee += 1;
            if (i == 2) broken.consent = "";
            if (i == 3) broken.consent = helped(0.6 ether, 0.1 ether).consent;
            if (i == 4) broken.consent = sign(SETTLER_KEY, Signing.hashHelp(broken));
            uint256 hash = uint256(Signing.hashHelp(broken));
            expectRefusal(WrongSigner.selector, uint160(payee(0)), hash);
            challenge(broken);
        }
    }

    function test_a_leaf_of_a_large_tree_is_a_promise_too() public {
        uint256[] memory amounts = new uint256[](5);
        for (uint256 i = 0; i < 5; ++i) {
            amounts[i] = (i + 1) * 0.1 ether;
        }
        Leaf[] memory leaves = leavesOf(amounts);
        Trees.Tree memory tree = Trees.build(leaves);
        Challenge memory broken;
        broken.statement = statementOf(jobId, tree);
        (broken.signature, broken.leaf, broken.proof) = (sign(broken.statement), leaves[3], tree.proof(3));
        challenge(broken);
        assertEq(escrow.dispute(jobId, payee(3)).promised, 0.4 ether, "promised");
    }
}
