// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Token} from "../Tokens.sol";

/// Payee 0 has earned 3 ether and buys compute for it.
contract ClaimAndOpenTest is EscrowTest {
    using Reader for IEscrow;

    bytes32 private earnedIn;

    function setUp() public override {
        super.setUp();
        earnedIn = openJob();
        post(statementOf(earnedIn, 3 ether));
        vm.warp(START + 1 hours);
    }

    function next(uint256 budget, uint256 bond) private view returns (Opening memory opened) {
        opened = opening();
        (opened.publisher, opened.budget, opened.bond) = (payee(0), budget, bond);
    }

    function open(Opening memory opened, uint256 value) private returns (bytes32) {
        ProvenLeaf[] memory leaves = listOf(proven(earnedIn, 0, 3 ether));
        vm.deal(payee(0), value);
        vm.prank(payee(0));
        return escrow.claimAndOpen{value: value}(leaves, opened, "contact");
    }

    function test_what_was_earned_opens_a_job() public {
        Opening memory opened = next(2 ether, 1 ether);
        remember(opened);
        vm.expectEmit(address(escrow));
        emit Claimed(earnedIn, 0, payee(0), 0, 3 ether);
        bytes32 jobId = open(opened, 0);
        assertEq(escrow.job(jobId).budget, 2 ether, "budget");
        assertEq(escrow.job(jobId).bond, 1 ether, "bond");
        assertTrue(escrow.isClaimed(earnedIn, 0, 0), "claimed");
        assertEq(escrow.credit(address(0), payee(0)), 0, "nothing is left over");
        assertEq(address(escrow).balance, BUDGET + BOND, "no coin moved");
    }

    function test_what_is_left_over_becomes_credit() public {
        Opening memory opened = next(1.5 ether, 0.5 ether);
        vm.expectEmit(address(escrow));
        emit Credited(address(0), payee(0), 1 ether);
        open(opened, 0);
        escrow.claimCredit(address(0), payee(0));
        assertEq(payee(0).balance, 1 ether, "paid");
    }

    function test_what_is_missing_is_added_exactly() public {
        Opening memory opened = next(4 ether, 1 ether);
        expectRefusal(WrongDeposit.selector, 2 ether - 1, 2 ether);
        open(opened, 2 ether - 1);
        expectRefusal(WrongDeposit.selector, 2 ether + 1, 2 ether);
        open(opened, 2 ether + 1);
        bytes32 jobId = open(opened, 2 ether);
        assertEq(escrow.job(jobId).budget, 4 ether, "budget");
        assertEq(address(escrow).balance, BUDGET + BOND + 2 ether, "only what was missing came");
    }

    function test_credit_counts_and_a_claimed_leaf_does_not() public {
        open(next(1 ether, 0), 0);
        Opening memory second = next(2 ether, 1 ether);
        bytes32 jobId = open(second, 1 ether);
        assertEq(escrow.job(jobId).budget, 2 ether, "two of credit and one of coins");
        assertEq(escrow.credit(address(0), payee(0)), 0, "the credit is used");
    }

    function test_only_the_publisher_spends_what_it_has_earned() public {
        Opening memory opened = next(2 ether, 1 ether);
        expectRefusal(WrongCaller.selector, uint160(stranger), uint160(payee(0)));
        vm.prank(stranger);
        escrow.claimAndOpen(listOf(proven(earnedIn, 0, 3 ether)), opened, "");
        opened.publisher = stranger;
        expectRefusal(WrongAccount.selector, uint160(payee(0)), uint160(stranger));
        vm.prank(stranger);
        escrow.claimAndOpen(listOf(proven(earnedIn, 0, 3 ether)), opened, "");
    }

    function test_coins_do_not_open_a_job_in_a_token() public {
        Opening memory opened = next(2 ether, 1 ether);
        opened.token = address(new Token(0));
        expectRefusal(WrongToken.selector, 0, uint160(opened.token));
        open(opened, 0);
    }

    function test_tokens_that_were_earned_open_a_job_in_them() public {
        Token token = new Token(0);
        token.mint(publisher, BUDGET + BOND);
        Opening memory opened = opening();
        opened.token = address(token);
        earnedIn = remember(opened);
        vm.prank(publisher);
        token.approve(address(escrow), BUDGET + BOND);
        vm.prank(publisher);
        escrow.open(opened, "");
        post(statementOf(earnedIn, 3 ether));
        vm.warp(block.timestamp + 1 hours);

        opened = next(4 ether, 0);
        opened.token = address(token);
        token.mint(payee(0), 1 ether);
        vm.prank(payee(0));
        token.approve(address(escrow), 1 ether);
        bytes32 jobId = open(opened, 0);
        assertEq(escrow.job(jobId).budget, 4 ether, "three earned and one added");
        assertEq(token.balanceOf(payee(0)), 0, "added");
    }
}
