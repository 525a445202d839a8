// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";
import {IEscrow} from "../../src/IEscrow.sol";
import {Reader} from "../Reader.sol";
import {Token} from "../Tokens.sol";

contract TopUpTest is EscrowTest {
    using Reader for IEscrow;

    function topUp(bytes32 jobId, uint256 amount) private {
        vm.deal(stranger, amount);
        vm.prank(stranger);
        escrow.topUp{value: amount}(jobId, amount);
    }

    function test_anybody_adds_to_the_budget() public {
        bytes32 jobId = openJob();
        vm.expectEmit(address(escrow));
        emit JobToppedUp(jobId, stranger, 5 ether);
        topUp(jobId, 5 ether);
        assertEq(escrow.job(jobId).budget, BUDGET + 5 ether, "budget");
        post(statementOf(jobId, BUDGET + 5 ether));
        vm.warp(START + 1 hours);
        escrow.claim(proven(jobId, 0, BUDGET + 5 ether));
        assertEq(payee(0).balance, BUDGET + 5 ether, "all of it can be earned");
    }

    function test_a_top_up_changes_nothing_but_the_budget() public {
        Job memory before = escrow.job(openJob());
        bytes32 jobId = remember(opening());
        vm.prank(publisher);
        escrow.beginClose(opening());
        before = escrow.job(jobId);
        topUp(jobId, 1 ether);
        Job memory found = escrow.job(jobId);
        assertEq(found.budget, before.budget + 1 ether, "budget");
        found.budget = before.budget;
        assertEq(keccak256(abi.encode(found)), keccak256(abi.encode(before)), "neither the close nor anything else");
        vm.warp(START + 2 days);
        uint256 held = publisher.balance;
        escrow.close(opening());
        assertEq(publisher.balance - held, BUDGET + BOND + 1 ether, "what nobody earned goes to the publisher");
    }

    function test_the_deposit_of_a_top_up_is_exact() public {
        bytes32 jobId = openJob();
        vm.deal(stranger, 2 ether);
        expectRefusal(WrongDeposit.selector, 2 ether, 1 ether);
        vm.prank(stranger);
        escrow.topUp{value: 2 ether}(jobId, 1 ether);
    }

    function test_only_what_arrives_of_a_token_is_added() public {
        Token token = new Token(1_000);
        token.mint(publisher, 20 ether);
        Opening memory opened = opening();
        opened.token = address(token);
        bytes32 jobId = remember(opened);
        vm.prank(publisher);
        token.approve(address(escrow), 20 ether);
        vm.prank(publisher);
        escrow.open(opened, "");
        uint256 before = escrow.job(jobId).budget;
        vm.prank(publisher);
        escrow.topUp(jobId, 5 ether);
        assertEq(escrow.job(jobId).budget - before, 4.5 ether, "measured");
        assertEq(token.balanceOf(address(escrow)), before + BOND + 4.5 ether, "and there");
    }

    function test_a_budget_never_outgrows_the_books() public {
        bytes32 jobId = openJob();
        uint256 room = type(uint88).max - BUDGET;
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        topUp(jobId, room + 1);
        expectRefusal(WrongDeposit.selector, 2 ** 88, 2 ** 88 - 1);
        topUp(jobId, 2 ** 88);
        topUp(jobId, room);
        assertEq(escrow.job(jobId).budget, type(uint88).max, "to the brim");
    }

    function test_no_job_and_no_closed_job_takes_a_top_up() public {
        bytes32 jobId = remember(opening());
        expectRefusal(WrongState.selector, 0, uint256(jobId));
        topUp(jobId, 1 ether);
        openJob();
        vm.prank(publisher);
        escrow.beginClose(opening());
        vm.warp(START + 2 days);
        escrow.close(opening());
        expectRefusal(WrongState.selector, 3, uint256(jobId));
        topUp(jobId, 1 ether);
    }
}
