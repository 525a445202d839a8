// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {GenerousToken, MeddlingToken, OldToken, Token} from "../Tokens.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

/// What tokens do that are not plain.
contract DepositsTest is EscrowTest {
    using Reader for IEscrow;

    function inToken(address token) private returns (Opening memory opened, bytes32 jobId) {
        opened = opening();
        opened.token = token;
        jobId = remember(opened);
    }

    function open(Opening memory opened) private {
        vm.prank(publisher);
        escrow.open(opened, "");
    }

    function approve(Token token, uint256 amount) private {
        token.mint(publisher, amount);
        vm.prank(publisher);
        token.approve(address(escrow), amount);
    }

    function test_a_token_is_taken_exactly_and_no_coins_with_it() public {
        Token token = new Token(0);
        approve(token, 11 ether);
        (Opening memory opened, bytes32 jobId) = inToken(address(token));
        expectRefusal(WrongDeposit.selector, 1, 0);
        vm.prank(publisher);
        escrow.open{value: 1}(opened, "");
        open(opened);
        assertEq(token.balanceOf(address(escrow)), 11 ether, "deposit");
        assertEq(token.balanceOf(publisher), 0, "left");
        assertEq(escrow.job(jobId).token, address(token), "token");
    }

    function test_of_a_token_that_keeps_a_part_the_budget_is_what_arrives() public {
        Token token = new Token(100);
        approve(token, 11 ether);
        (Opening memory opened, bytes32 jobId) = inToken(address(token));
        vm.expectEmit(address(escrow));
        emit JobOpened(jobId, publisher, opened, 9.89 ether);
        open(opened);
        assertEq(escrow.job(jobId).budget, 9.89 ether, "budget");
        assertEq(escrow.job(jobId).bond, BOND, "the bond is whole");
        expectRefusal(OverBudget.selector, 9.89 ether + 1, 9.89 ether);
        post(statementOf(jobId, 9.89 ether + 1));
        post(statementOf(jobId, 9.89 ether));
        vm.warp(START + 1 hours);
        escrow.claim(proven(jobId, 0, 9.89 ether));
        assertEq(token.balanceOf(address(escrow)), BOND, "every job can be paid out of what it brought");
    }

    function test_a_bond_that_does_not_arrive_opens_nothing() public {
        Token token = new Token(9_500);
        approve(token, 11 ether);
        (Opening memory opened,) = inToken(address(token));
        expectRefusal(WrongDeposit.selector, 0.55 ether, BOND);
        open(opened);
    }

    function test_of_a_token_that_adds_a_part_no_more_than_asked_is_counted() public {
        GenerousToken token = new GenerousToken();
        token.mint(publisher, 11 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 11 ether);
        (Opening memory opened, bytes32 jobId) = inToken(address(token));
        open(opened);
        assertEq(token.balanceOf(address(escrow)), 12.1 ether, "more arrived");
        assertEq(escrow.job(jobId).budget, BUDGET, "the budget is what was opened");
    }

    function test_a_token_without_approval_opens_nothing() public {
        Token token = new Token(0);
        token.mint(publisher, 11 ether);
        (Opening memory opened, bytes32 jobId) = inToken(address(token));
        vm.expectRevert(
            abi.encodeWithSignature("ERC20InsufficientAllowance(address,uint256,uint256)", escrow, 0, 11 ether)
        );
        open(opened);
        assertEq(escrow.job(jobId).state, 0, "no job");
    }

    function test_an_address_without_a_token_opens_nothing() public {
        (Opening memory opened, bytes32 jobId) = inToken(address(0x70CE));
        vm.prank(publisher);
        (bool isOpened,) = address(escrow).call(abi.encodeCall(IEscrow.open, (opened, "")));
        assertTrue(!isOpened, "refused");
        assertEq(escrow.job(jobId).state, 0, "no job");
    }

    function test_an_old_token_that_returns_nothing_works() public {
        OldToken token = new OldToken();
        token.mint(publisher, 11 ether);
        (Opening memory opened, bytes32 jobId) = inToken(address(token));
        open(opened);
        post(statementOf(jobId, 3 ether));
        vm.warp(START + 1 hours);
        escrow.claim(proven(jobId, 0, 3 ether));
        assertEq(token.balanceOf(payee(0)), 3 ether, "paid");
    }

    function test_no_way_of_depositing_is_let_into_a_deposit() public {
        for (uint256 way = 0; way < 4; ++way) {
            MeddlingToken token = new MeddlingToken();
            token.mint(publisher, 11 ether);
            token.mint(address(token), 100 ether);
            (Opening memory opened, bytes32 jobId) = inToken(address(token));
            token.arm(address(escrow), depositIn(way, address(token), jobId));
            vm.prank(publisher);
            token.approve(address(escrow), 11 ether);
            open(opened);
            assertTrue(!token.isDone() && bytes4(token.reason()) == expected(way), "refused inside the other");
            assertEq(token.balanceOf(address(escrow)), 11 ether, "one deposit");
            assertEq(escrow.job(jobId).budget, BUDGET, "counted once");
        }
    }

    /// A call by the token itself that would deposit 11 ether more.
    function depositIn(uint256 way, address token, bytes32 jobId) private view returns (bytes memory) {
        Opening memory nested = opening();
        (nested.publisher, nested.token, nested.salt) = (token, token, "nested");
        if (way == 0) return abi.encodeCall(IEscrow.open, (nested, ""));
        if (way == 1) return abi.encodeCall(IEscrow.claimAndOpen, (new ProvenLeaf[](0), nested, ""));
        if (way == 2) return abi.encodeCall(IEscrow.topUp, (jobId, 11 ether));
        SignedOpening memory signed;
        nested.publisher = vm.addr(0x5EC);
        (signed.opening, signed.deadline) = (nested, block.timestamp + 1);
        signed.signature = sign(0x5EC, Signing.hash(signed));
        return abi.encodeCall(IEscrow.openFor, (signed));
    }

    /// The job of the outer deposit is not there yet.
    function expected(uint256 way) private pure returns (bytes4) {
        return way == 2 ? WrongState.selector : DrawInDraw.selector;
    }

    function test_a_top_up_of_another_job_is_not_let_into_a_deposit() public {
        MeddlingToken token = new MeddlingToken();
        token.mint(publisher, 22 ether);
        token.mint(address(token), 5 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 22 ether);
        (Opening memory opened, bytes32 first) = inToken(address(token));
        open(opened);
        token.arm(address(escrow), abi.encodeCall(IEscrow.topUp, (first, 5 ether)));
        opened.salt = "second";
        open(opened);
        assertTrue(!token.isDone() && bytes4(token.reason()) == DrawInDraw.selector, "refused");
        assertEq(escrow.job(first).budget, BUDGET, "nothing was added");
        assertEq(token.balanceOf(address(escrow)), 22 ether, "two deposits, twice counted");
        vm.prank(address(token));
        escrow.topUp(first, 5 ether);
        assertEq(escrow.job(first).budget, BUDGET + 5 ether, "after it a top-up is welcome");
    }

    function test_a_payment_inside_a_deposit_makes_the_deposit_smaller_not_larger() public {
        MeddlingToken token = new MeddlingToken();
        token.mint(publisher, 22 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 22 ether);
        (Opening memory opened, bytes32 first) = inToken(address(token));
        open(opened);
        post(statementOf(first, 3 ether));
        vm.warp(START + 1 hours);
        token.arm(address(escrow), abi.encodeCall(IEscrow.claim, (proven(first, 0, 3 ether))));
        opened.salt = "second";
        bytes32 second = remember(opened);
        open(opened);
        assertTrue(token.isDone(), "the claim went through");
        assertEq(escrow.job(second).budget, BUDGET - 3 ether, "the deposit is what the balance grew by");
    }
}
