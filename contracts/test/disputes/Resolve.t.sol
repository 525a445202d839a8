// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DisputeTest} from "./DisputeTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Refuser} from "../Accounts.sol";
import {Token} from "../Tokens.sol";
import {Trees} from "../Trees.sol";

contract ResolveTest is DisputeTest {
    using Reader for IEscrow;

    function lose(Challenge memory broken) private {
        challenge(broken);
        vm.warp(block.timestamp + 1 days);
        resolve();
    }

    function test_the_bond_pays_what_is_missing_and_loses_as_much_again() public {
        challenge(promised(0.3 ether));
        vm.warp(START + 1 days);
        vm.expectEmit(address(escrow));
        emit Resolved(jobId, payee(0), 0.3 ether, 0.3 ether);
        resolve();
        assertEq(payee(0).balance, 0.3 ether, "the account");
        assertEq(escrow.credit(address(0), NOBODY), 0.3 ether, "nobody gets the penalty");
        assertEq(escrow.job(jobId).bond, 0.4 ether, "the bond");
        assertEq(escrow.dispute(jobId, payee(0)).compensated, 0.3 ether, "compensated");
        assertEq(escrow.job(jobId).disputes, 0, "over");
        uint256 before = publisher.balance;
        closeJob();
        assertEq(publisher.balance - before, BUDGET - 0.2 ether + 0.4 ether, "the publisher has lost both");
        assertEq(address(escrow).balance, 0.2 ether + 0.3 ether, "the leaf and the penalty");
    }

    function test_a_bond_pays_at_most_half_of_itself() public {
        lose(promised(3 ether));
        assertEq(payee(0).balance, BOND / 2, "half the bond");
        assertEq(escrow.credit(address(0), NOBODY), BOND / 2, "the other half is lost");
        assertEq(escrow.dispute(jobId, payee(0)).compensated, BOND / 2, "compensated");
        assertEq(escrow.job(jobId).bond, 0, "all gone");
        assertEq(address(escrow).balance, BUDGET + BOND / 2, "the budget is untouched");
    }

    function test_fuzz_promises_within_half_the_bond_are_all_kept(uint64[4] memory earned) public {
        uint256 left = BOND / 2;
        for (uint256 i = 0; i < 4; ++i) {
            Challenge memory broken = promised(bound(earned[i], 1, left / 2));
            left -= broken.leaf.earned;
            broken.leaf.account = payee(10 + i);
            broken.statement.root = Trees.hash(broken.leaf);
            broken.signature = sign(broken.statement);
            challenge(broken);
            vm.warp(START + 1 days - 1);
        }
        vm.warp(START + 3 days);
        for (uint256 i = 0; i < 4; ++i) {
            uint256 owed = escrow.dispute(jobId, payee(10 + i)).promised;
            escrow.resolve(jobId, payee(10 + i));
            assertEq(payee(10 + i).balance, owed, "whole, whoever came first");
        }
        assertEq(escrow.job(jobId).bond, 2 * left, "and the bond has lost twice as much");
    }

    function test_nothing_is_resolved_before_its_time_or_twice() public {
        expectRefusal(NoDispute.selector, uint160(payee(0)), uint256(jobId));
        resolve();
        challenge(promised(0.3 ether));
        vm.warp(START + 1 days - 1);
        expectRefusal(TooEarly.selector, START + 1 days - 1, START + 1 days);
        resolve();
        vm.warp(START + 1 days);
        resolve();
        expectRefusal(NoDispute.selector, uint160(payee(0)), uint256(jobId));
        resolve();
        assertEq(payee(0).balance, 0.3 ether, "once");
    }

    function test_an_open_dispute_keeps_the_job_from_closing() public {
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
        postLast(1, 3 ether);
        Challenge memory broken = promised(3.6 ether);
        broken.statement.epoch = 1;
        broken.signature = sign(broken.statement);
        vm.warp(START + 1 hours + 1 days - 1);
        challenge(broken);
        vm.warp(START + 2 days);
        expectRefusal(DisputeOpen.selector, 1, uint256(jobId));
        escrow.close(openings[jobId]);
        vm.warp(START + 1 hours + 2 days - 1);
        resolve();
        escrow.close(openings[jobId]);
        assertEq(escrow.job(jobId).state, 3, "closed");
    }

    function test_a_helper_gets_the_fee_out_of_what_the_account_gets() public {
        lose(helped(0.3 ether, 0.1 ether));
        assertEq(payee(0).balance, 0.2 ether, "the account");
        assertEq(helper.balance, 0.1 ether, "the helper");
        assertEq(stranger.balance, 0, "whoever sends it gets nothing");
    }

    function test_a_fee_is_never_more_than_what_is_paid() public {
        challenge(helped(0.3 ether, 0.25 ether));
        answer(one(0.2 ether));
        vm.warp(START + 1 days);
        resolve();
        assertEq(helper.balance, 0.1 ether, "all that was missing");
        assertEq(payee(0).balance, 0, "no debt");
    }

    function test_an_account_or_helper_that_refuses_gets_credit() public {
        challenge(helped(0.3 ether, 0.1 ether));
        vm.etch(payee(0), address(new Refuser()).code);
        vm.etch(helper, address(new Refuser()).code);
        vm.warp(START + 1 days);
        resolve();
        assertEq(escrow.credit(address(0), payee(0)), 0.2 ether, "the account");
        assertEq(escrow.credit(address(0), helper), 0.1 ether, "the helper");
        assertEq(escrow.job(jobId).disputes, 0, "and the dispute is over");
    }

    function test_what_was_compensated_counts_against_a_higher_promise() public {
        lose(promised(0.3 ether));
        vm.warp(START + 4 days);
        postLast(1, 0.05 ether);
        expectRefusal(AlreadyProven.selector, 0.3 ether, 0.3 ether);
        challenge(promisedIn(1, 0.3 ether));
        challenge(promisedIn(1, 0.6 ether));
        answer(two(0.2 ether, 0.05 ether));
        vm.warp(block.timestamp + 1 days);
        resolve();
        // Promised 0.6, shown 0.25, paid 0.3 before.
        assertEq(payee(0).balance, 0.35 ether, "only the rest");
        assertEq(escrow.job(jobId).bond, 0.3 ether, "and its penalty");
    }

    function test_what_was_compensated_helps_to_answer() public {
        lose(promised(0.3 ether));
        postLast(1, 0.05 ether);
        challenge(promisedIn(1, 0.5 ether));
        answer(one(0.2 ether));
        assertEq(escrow.job(jobId).disputes, 0, "0.3 paid and 0.2 shown");
    }

    function test_disputes_of_several_accounts_share_the_bond() public {
        challenge(promised(0.3 ether));
        Challenge memory second = promised(0.2 ether);
        second.leaf = Leaf(payee(1), 0.2 ether, 0.2 ether, 0);
        second.statement.root = Trees.hash(second.leaf);
        second.signature = sign(second.statement);
        challenge(second);
        assertEq(escrow.job(jobId).disputes, 2, "two disputes");
        vm.warp(START + 1 days);
        resolve();
        escrow.resolve(jobId, payee(1));
        assertEq(payee(1).balance, 0.2 ether, "the second is whole too");
        assertEq(escrow.job(jobId).bond, BOND - 1 ether, "twice what was paid is gone");
        assertEq(escrow.job(jobId).disputes, 0, "over");
    }

    function test_a_smaller_bond_covers_less_at_once() public {
        lose(promised(0.3 ether));
        vm.warp(START + 10 days);
        postLast(1, 0.2 ether + 1);
        assertEq(escrow.epoch(jobId, 1).finalAt, START + 10 days + 1 hours, "half of what is left is 0.2");
        vm.warp(START + 20 days);
        postLast(2, 0.2 ether);
        assertEq(escrow.epoch(jobId, 2).finalAt, START + 20 days, "final at once");
    }

    function test_a_job_in_a_token_compensates_in_it() public {
        Token token = new Token(0);
        token.mint(publisher, BUDGET + BOND);
        Opening memory opened = opening();
        opened.token = address(token);
        jobId = remember(opened);
        vm.prank(publisher);
        token.approve(address(escrow), BUDGET + BOND);
        vm.prank(publisher);
        escrow.open(opened, "");
        postLast(0, 0.2 ether);
        lose(promised(0.3 ether));
        assertEq(token.balanceOf(payee(0)), 0.3 ether, "paid");
        assertEq(escrow.credit(address(token), NOBODY), 0.3 ether, "penalty");
    }

    function promisedIn(uint256 number, uint256 earned) private view returns (Challenge memory broken) {
        broken = promised(earned);
        broken.statement.epoch = number;
        broken.signature = sign(broken.statement);
    }
}
