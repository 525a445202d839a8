// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";
import {Token} from "../Tokens.sol";

contract CloseTest is EscrowTest {
    using Reader for IEscrow;

    function begin(bytes32 jobId) private {
        vm.prank(publisher);
        escrow.beginClose(openings[jobId]);
    }

    function test_the_publisher_begins_the_close_at_any_time() public {
        bytes32 jobId = openJob();
        vm.expectEmit(address(escrow));
        emit JobClosing(jobId, START + 2 days);
        begin(jobId);
        assertEq(escrow.job(jobId).closeAt, START + 2 days, "closeAt");
        assertEq(escrow.job(jobId).state, 2, "state");
        expectRefusal(WrongState.selector, 2, uint256(jobId));
        begin(jobId);
    }

    function test_anybody_begins_the_close_of_an_expired_job() public {
        bytes32 jobId = openJob();
        vm.warp(START + 30 days - 1);
        expectRefusal(TooEarly.selector, START + 30 days - 1, START + 30 days);
        vm.prank(stranger);
        escrow.beginClose(openings[jobId]);
        vm.warp(START + 30 days);
        vm.prank(stranger);
        escrow.beginClose(openings[jobId]);
        assertEq(escrow.job(jobId).closeAt, START + 32 days, "closeAt");
    }

    function test_the_close_pays_back_what_is_not_earmarked_and_the_bond() public {
        bytes32 jobId = openJob();
        uint256 before = publisher.balance;
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        vm.expectEmit(address(escrow));
        emit JobClosed(jobId, 7 ether, BOND);
        vm.prank(stranger);
        escrow.close(openings[jobId]);
        assertEq(publisher.balance, before + 8 ether, "refund and bond");
        assertEq(address(escrow).balance, 3 ether, "earmarked for ever");

        vm.warp(START + 3650 days);
        escrow.claim(proven(jobId, 0, 3 ether));
        assertEq(payee(0).balance, 3 ether, "a closed job still pays");
        assertEq(address(escrow).balance, 0, "to the wei");
    }

    function test_what_posters_got_is_not_refunded() public {
        Opening memory opened = opening();
        (opened.terms.postReserve, opened.terms.postBounty) = (1 ether, 0.4 ether);
        bytes32 jobId = openJob(opened);
        uint256 before = publisher.balance;
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        escrow.close(opened);
        assertEq(publisher.balance, before + 10 ether + 1 ether - 3 ether - 0.4 ether, "refund");
        assertEq(stranger.balance, 0.4 ether, "bounty");
    }

    function test_no_close_before_its_time() public {
        bytes32 jobId = openJob();
        Opening memory opened = openings[jobId];
        expectRefusal(WrongState.selector, 1, uint256(jobId));
        escrow.close(opened);
        begin(jobId);
        vm.warp(START + 2 days - 1);
        expectRefusal(TooEarly.selector, START + 2 days - 1, START + 2 days);
        escrow.close(opened);
        vm.warp(START + 2 days);
        escrow.close(opened);
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        escrow.close(opened);
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        begin(jobId);
    }

    function test_a_promise_can_be_challenged_until_the_close_is_over() public {
        bytes32 jobId = openJob();
        begin(jobId);
        vm.warp(START + 2 days - 1 minutes);
        post(statementOf(jobId, 1 ether));
        uint256 due = START + 3 days + 59 minutes;
        vm.warp(due - 1);
        expectRefusal(TooEarly.selector, due - 1, due);
        escrow.close(openings[jobId]);
        vm.warp(due);
        escrow.close(openings[jobId]);
        Statement memory late = statementOf(jobId, 1 ether);
        late.epoch = 1;
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        post(late);
    }

    function test_a_pending_epoch_is_mended_even_when_the_delay_of_the_close_is_over() public {
        bytes32 jobId = openJob();
        begin(jobId);
        vm.warp(START + 2 days - 1 minutes);
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 2 days);
        Statement memory better = statementOf(jobId, 2 ether);
        better.seq = 2;
        post(better);
        assertEq(escrow.epoch(jobId, 0).total, 2 ether, "mended");
        assertEq(escrow.epoch(jobId, 0).finalAt, START + 2 days + 59 minutes, "and no later");
    }

    function test_a_job_that_is_not_there_cannot_be_closed() public {
        uint256 jobId = uint256(remember(opening()));
        expectRefusal(WrongState.selector, 0, jobId);
        escrow.beginClose(opening());
        expectRefusal(WrongState.selector, 0, jobId);
        escrow.close(opening());
    }

    function test_a_job_in_a_token_pays_everybody_in_it() public {
        Token token = new Token(0);
        token.mint(publisher, 11 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 11 ether);
        Opening memory opened = opening();
        opened.token = address(token);
        (opened.terms.postReserve, opened.terms.postBounty) = (1 ether, 0.4 ether);
        bytes32 jobId = remember(opened);
        vm.prank(publisher);
        escrow.open(opened, "");
        post(statementOf(jobId, 3 ether));
        begin(jobId);
        vm.warp(START + 2 days);
        escrow.claim(proven(jobId, 0, 3 ether));
        escrow.close(opened);
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
