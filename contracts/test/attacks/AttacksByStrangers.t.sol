// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CashoutTest} from "../payouts/CashoutTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Refuser} from "../Accounts.sol";
import {Signing} from "../Signing.sol";
import {Token} from "../Tokens.sol";
import {Trees} from "../Trees.sol";

/// What relayers and passers-by try with what others have signed.
contract AttacksByStrangersTest is CashoutTest {
    using Reader for IEscrow;
    using Signing for IEscrow;

    /// A relayer spends the order on the smallest leaf, and takes the whole fee of it.
    function test_a_relayer_cannot_spend_a_cash_out_on_the_smallest_leaf() public {
        CashoutCall memory call = callOf(0);
        ProvenLeaf memory smallest = call.leaves[0];
        call.leaves = listOf(smallest);
        expectRefusal(TooLittle.selector, 1 ether, 2.9 ether + 0.1 ether);
        cashout(call);
        call.leaves = new ProvenLeaf[](2);
        (call.leaves[0], call.leaves[1]) = (smallest, smallest);
        expectRefusal(TooLittle.selector, 1 ether, 3 ether);
        cashout(call);
        cashout(callOf(0));
        assertEq(target.balance, 2.9 ether, "all that the account has asked for");
    }

    /// It claims the leaves for the account in the same block, so that the order finds nothing.
    function test_a_claim_before_a_cash_out_leaves_the_order_unspent() public {
        escrow.claim(leafAt(0));
        escrow.claim(leafAt(1));
        expectRefusal(TooLittle.selector, 0, 3 ether);
        cashout(callOf(0));
        assertEq(payee(0).balance, 3 ether, "the account has the money itself");
        assertTrue(!escrow.isNonceUsed(payee(0), 7), "unspent");
    }

    /// Whoever sends a signed opening changes its terms, its settler or its contact.
    function test_a_submitter_cannot_choose_anything_of_a_signed_opening() public {
        Token token = new Token(0);
        token.mint(publisher, 100 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 100 ether);
        for (uint256 i = 0; i < 16; ++i) {
            SignedOpening memory signed;
            signed.opening = opening();
            (signed.opening.token, signed.contact, signed.deadline) = (address(token), "contact", START + 1 days);
            signed.signature = sign(PUBLISHER_KEY, Signing.hash(signed));
            alter(signed, i);
            expectRefusal(WrongSigner.selector, uint160(publisher), uint256(Signing.hash(signed)));
            vm.prank(stranger);
            escrow.openFor(signed);
        }
        assertEq(token.balanceOf(publisher), 100 ether, "nothing was drawn");
    }

    function alter(SignedOpening memory signed, uint256 field) private view {
        Terms memory terms = signed.opening.terms;
        if (field == 0) terms.expiry += 1;
        if (field == 1) terms.postDelay += 1;
        if (field == 2) terms.challengeDelay += 1;
        if (field == 3) terms.closeDelay += 1;
        if (field == 4) terms.settlerCap += 1;
        if (field == 5) terms.postReserve += 1;
        if (field == 6) terms.postBounty += 1;
        if (field == 7) terms.quorumBps += 1;
        if (field == 8) terms.minSigners += 1;
        if (field == 9) terms.forceDelay += 1;
        if (field == 10) terms.forceCap += 1;
        if (field == 11) signed.opening.settler = stranger;
        if (field == 12) signed.opening.budget += 1;
        if (field == 13) signed.contact = "mine";
        if (field == 14) signed.deadline += 1;
        if (field == 15) signed.opening.salt = "other";
    }

    /// A wei from a stranger reopens a closing job or moves its end.
    function test_a_strangers_top_up_does_not_touch_the_close() public {
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
        uint256 closeAt = escrow.job(jobId).closeAt;
        vm.warp(closeAt - 1);
        vm.deal(stranger, 1);
        vm.prank(stranger);
        escrow.topUp{value: 1}(jobId, 1);
        assertEq(escrow.job(jobId).state, 2, "still closing");
        assertEq(escrow.job(jobId).closeAt, closeAt, "at the same time");
        vm.warp(closeAt);
        escrow.close(openings[jobId]);
    }

    /// What was signed for one chain is sent on another, after the chain has split.
    function test_nothing_that_was_signed_counts_on_another_chain() public {
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.epoch = 1;
        bytes memory signature = sign(statement);
        CashoutCall memory call = callOf(0);
        vm.chainId(5);
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(statement)));
        escrow.post(openings[jobId], statement, signature);
        expectRefusal(WrongSigner.selector, uint160(payee(0)), uint256(Signing.hash(call.cashout)));
        cashout(call);
        post(statement); // signed anew
        cashout(callOf(0));
        assertEq(target.balance, 2.9 ether, "what is signed there counts there");
    }

    /// What was signed for one escrow is sent to another that holds the same opening.
    function test_nothing_that_was_signed_counts_in_another_escrow() public {
        Statement memory statement = statementOf(jobId, 1 ether);
        bytes memory signature = sign(statement);
        CashoutCall memory call = callOf(1);
        escrow = deployEscrow();
        bytes32 there = openJob();
        expectRefusal(WrongJob.selector, uint256(jobId), uint256(there));
        escrow.post(openings[there], statement, signature);
        statement.jobId = there;
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(statement)));
        escrow.post(openings[there], statement, signature);
        jobId = there;
        postLeaves(there);
        call.leaves = listOf(leafAt(2));
        expectRefusal(WrongSigner.selector, uint160(payee(1)), uint256(Signing.hash(call.cashout)));
        cashout(call);
    }

    /// A payee that refuses its coins stands in every batch that the settler sends.
    function test_a_payee_that_refuses_coins_stops_no_batch_and_loses_nothing() public {
        Refuser refuser = new Refuser();
        vm.etch(payee(0), address(refuser).code);
        ProvenLeaf[] memory list = new ProvenLeaf[](3);
        for (uint256 i = 0; i < 3; ++i) {
            list[i] = leafAt(i);
        }
        escrow.claimMany(list);
        assertEq(payee(1).balance, 3 ether, "the other is paid");
        assertEq(escrow.credit(address(0), payee(0)), 3 ether, "both of its leaves are kept");
        Refuser(payable(payee(0))).agree();
        escrow.claimCredit(address(0), payee(0));
        assertEq(payee(0).balance, 3 ether, "for the day it is willing");
    }

    /// Somebody posts first, with the bounty, what a payee was about to post: the payee loses only the bounty.
    function test_a_copied_post_does_the_payees_work() public {
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.epoch = 1;
        post(statement);
        expectRefusal(StaleSeq.selector, 1, 1);
        post(statement);
        vm.warp(block.timestamp + 1 hours);
        escrow.claim(ProvenLeaf(jobId, 1, leafOf(1 ether), ""));
        assertEq(payee(0).balance, 1 ether, "paid");
    }

    /// An unknown account has no credit, and credit goes to nobody but its account.
    function test_credit_cannot_be_taken_by_others() public {
        vm.prank(stranger);
        escrow.claimCredit(address(0), stranger);
        Cashout memory order = orderOf(1);
        (order.account, order.minOut) = (stranger, 0);
        CashoutCall memory call = signed(order, payeeKey(1));
        expectRefusal(WrongSigner.selector, uint160(stranger), uint256(Signing.hash(order)));
        cashout(call);
        assertEq(stranger.balance + target.balance, 0, "nothing");
    }
}
