// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {NestingToken, Token} from "./Tokens.sol";

contract OpenTest is EscrowTest {
    function test_a_job_is_kept_as_it_was_opened() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.postReserve = 2 ether;
        bytes32 expected = keccak256(abi.encode(block.chainid, address(escrow), publisher, bytes32("salt")));
        vm.expectEmit(address(escrow));
        emit IEscrow.JobOpened(expected, publisher, opening(), terms, "contact");
        bytes32 jobId = openJob(opening(), terms);

        assertEq(jobId, expected, "id");
        IEscrow.Job memory job = escrow.job(jobId);
        assertTrue(job.publisher == publisher && job.settler == settler, "parties");
        assertTrue(job.state == IEscrow.State.Open, "state");
        assertEq(job.budget, BUDGET, "budget");
        assertEq(job.bond, BOND, "bond");
        assertEq(job.manifest, "manifest", "manifest");
        assertEq(keccak256(abi.encode(job.terms)), keccak256(abi.encode(terms)), "terms");
        assertEq(job.committed + job.epochs + job.closeAt + job.finalBy + job.repaid, 0, "nothing else");
        assertEq(escrow.available(jobId), BUDGET - 2 ether, "available");
        assertEq(address(escrow).balance, uint256(BUDGET) + BOND, "balance");
    }

    function test_one_salt_opens_one_job_per_publisher() public {
        bytes32 jobId = openJob();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.JobExists.selector, jobId));
        openJob();

        publisher = address(0xB0B2);
        vm.deal(publisher, 100 ether);
        assertTrue(openJob() != jobId, "another publisher, another job");
    }

    function test_one_salt_makes_another_id_on_another_chain() public {
        bytes32 jobId = openJob();
        vm.chainId(5);
        assertTrue(openJob() != jobId, "another chain, another job");
    }

    function test_the_deposit_must_be_exact(uint96 sent) public {
        uint256 due = uint256(BUDGET) + BOND;
        uint256 value = sent == due ? due - 1 : sent;
        vm.deal(publisher, value);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongDeposit.selector, value, due));
        vm.prank(publisher);
        escrow.open{value: value}(opening(), plainTerms(), "");
    }

    function test_an_expiry_in_the_past_is_refused() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.expiry = uint64(block.timestamp);
        refuseTerms(terms, "expiry", block.timestamp);
    }

    function test_a_challenge_delay_of_nothing_is_refused() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.challengeDelay = 0;
        refuseTerms(terms, "challengeDelay", 0);
    }

    function test_a_close_faster_than_a_post_is_refused() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.closeDelay = terms.postDelay - 1;
        refuseTerms(terms, "closeDelay", terms.closeDelay);
    }

    function test_shares_beyond_the_whole_are_refused() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.postReserve = BUDGET + 1;
        refuseTerms(terms, "postReserve", BUDGET + 1);
        (terms.postReserve, terms.forceCap) = (BUDGET, BUDGET + 1);
        refuseTerms(terms, "forceCap", BUDGET + 1);
        (terms.forceCap, terms.quorumBps) = (BUDGET, 10_001);
        refuseTerms(terms, "quorumBps", 10_001);
        terms.quorumBps = 10_000;
        openJob(opening(), terms);
    }

    function test_a_token_is_taken_exactly() public {
        Token token = new Token(0);
        token.mint(publisher, 11 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 11 ether);
        IEscrow.Opening memory opened = opening();
        opened.token = address(token);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongDeposit.selector, 1, 0));
        vm.prank(publisher);
        escrow.open{value: 1}(opened, plainTerms(), "");

        vm.prank(publisher);
        escrow.open(opened, plainTerms(), "");
        assertEq(token.balanceOf(address(escrow)), 11 ether, "deposit");
        assertEq(token.balanceOf(publisher), 0, "left");
    }

    function test_a_token_that_keeps_a_part_is_refused() public {
        Token token = new Token(100);
        token.mint(publisher, 11 ether);
        vm.prank(publisher);
        token.approve(address(escrow), 11 ether);
        IEscrow.Opening memory opened = opening();
        opened.token = address(token);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongDeposit.selector, 10.89 ether, 11 ether));
        vm.prank(publisher);
        escrow.open(opened, plainTerms(), "");
    }

    function test_a_deposit_inside_a_deposit_is_refused() public {
        NestingToken token = new NestingToken();
        IEscrow.Opening memory opened = opening();
        (opened.token, opened.bond) = (address(token), 0);
        token.arm(escrow, opened, plainTerms());
        token.mint(publisher, opened.budget);
        vm.prank(publisher);
        token.approve(address(escrow), opened.budget);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongDeposit.selector, uint256(BUDGET) * 2, uint256(BUDGET)));
        vm.prank(publisher);
        escrow.open(opened, plainTerms(), "");
    }

    function refuseTerms(IEscrow.Terms memory terms, string memory field, uint256 value) private {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.BadTerms.selector, field, value));
        vm.prank(publisher);
        escrow.open{value: uint256(BUDGET) + BOND}(opening(), terms, "");
    }
}
