// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {Token} from "./Tokens.sol";

contract CloseTest is EscrowTest {
    function begin(bytes32 jobId) private {
        vm.prank(publisher);
        escrow.beginClose(jobId);
    }

    function test_the_publisher_begins_the_close_at_any_time() public {
        bytes32 jobId = openJob();
        vm.expectEmit(address(escrow));
        emit IEscrow.JobClosing(jobId, uint40(START + 2 days));
        begin(jobId);
        assertEq(escrow.job(jobId).closeAt, START + 2 days, "closeAt");
        assertTrue(escrow.job(jobId).state == IEscrow.State.Closing, "state");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, jobId, uint8(2)));
        begin(jobId);
    }

    function test_anybody_begins_the_close_of_an_expired_job() public {
        bytes32 jobId = openJob();
        vm.warp(START + 30 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotExpired.selector, jobId, START + 30 days));
        vm.prank(stranger);
        escrow.beginClose(jobId);
        vm.warp(START + 30 days);
        vm.prank(stranger);
        escrow.beginClose(jobId);
        assertEq(escrow.job(jobId).closeAt, START + 32 days, "closeAt");
    }

    function test_the_close_pays_back_what_is_not_earmarked_and_the_bond() public {
        bytes32 jobId = openJob();
        uint256 before = publisher.balance;
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        vm.expectEmit(address(escrow));
        emit IEscrow.JobClosed(jobId, 7 ether, BOND);
        vm.prank(stranger);
        escrow.close(jobId);
        assertEq(publisher.balance, before + 8 ether, "refund and bond");
        assertEq(address(escrow).balance, 3 ether, "earmarked for ever");
        assertEq(escrow.available(jobId), 0, "available");

        vm.warp(START + 3650 days);
        escrow.claim(jobId, 0, leafOf(3 ether), "");
        assertEq(payee(0).balance, 3 ether, "a closed job still pays");
        assertEq(address(escrow).balance, 0, "to the wei");
    }

    function test_what_posters_got_is_not_refunded() public {
        IEscrow.Terms memory terms = plainTerms();
        (terms.postReserve, terms.postBounty) = (1 ether, 0.4 ether);
        bytes32 jobId = openJob(opening(), terms);
        uint256 before = publisher.balance;
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        escrow.close(jobId);
        assertEq(publisher.balance, before + 10 ether + 1 ether - 3 ether - 0.4 ether, "refund");
        assertEq(stranger.balance, 0.4 ether, "bounty");
    }

    function test_no_close_before_its_time() public {
        bytes32 jobId = openJob();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, jobId, uint8(1)));
        escrow.close(jobId);
        begin(jobId);
        vm.warp(START + 2 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, jobId, START + 2 days));
        escrow.close(jobId);
        vm.warp(START + 2 days);
        escrow.close(jobId);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, jobId, uint8(3)));
        escrow.close(jobId);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, jobId, uint8(3)));
        begin(jobId);
    }

    function test_statements_are_posted_while_closing_and_a_pending_one_delays_the_end() public {
        bytes32 jobId = openJob();
        begin(jobId);
        vm.warp(START + 2 days - 1 minutes);
        post(statementOf(jobId, 1 ether));
        uint256 due = START + 2 days + 59 minutes;
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, jobId, due));
        escrow.close(jobId);
        vm.warp(due);
        escrow.close(jobId);
        IEscrow.Statement memory late = statementOf(jobId, 1 ether);
        late.epoch = 1;
        refusePost(late, abi.encodeWithSelector(IEscrow.WrongState.selector, jobId, uint8(3)));
    }

    function test_a_job_that_is_not_there_cannot_be_closed() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, bytes32("none"), uint8(0)));
        escrow.beginClose("none");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, bytes32("none"), uint8(0)));
        escrow.close("none");
    }

    function test_a_job_in_a_token_pays_everybody_in_it() public {
        Token token = new Token(0);
        token.mint(publisher, 11 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 11 ether);
        IEscrow.Opening memory opened = opening();
        opened.token = address(token);
        IEscrow.Terms memory terms = plainTerms();
        (terms.postReserve, terms.postBounty) = (1 ether, 0.4 ether);
        vm.prank(publisher);
        bytes32 jobId = escrow.open(opened, terms, "");
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        escrow.claim(jobId, 0, leafOf(3 ether), "");
        escrow.close(jobId);
        assertEq(token.balanceOf(payee(0)), 3 ether, "payee");
        assertEq(token.balanceOf(stranger), 0.4 ether, "poster");
        assertEq(token.balanceOf(publisher), 7.6 ether, "publisher");
        assertEq(token.balanceOf(address(escrow)), 0, "nothing is left");
    }

    function test_coins_that_belong_to_no_job_are_not_taken() public {
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        (bool isTaken,) = address(escrow).call{value: 1 ether}("");
        assertTrue(!isTaken, "no job, no deposit");
    }
}
