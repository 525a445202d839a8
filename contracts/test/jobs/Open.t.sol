// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

contract OpenTest is EscrowTest {
    using Reader for IEscrow;
    using Signing for IEscrow;

    function test_a_job_is_kept_and_told_as_it_was_opened() public {
        Opening memory opened = opening();
        opened.terms.postReserve = 2 ether;
        bytes32 expected = escrow.idOf(opened);
        vm.expectEmit(address(escrow));
        emit JobOpened(expected, publisher, opened, BUDGET);
        vm.expectEmit(address(escrow));
        emit ContactGiven(expected, "contact");
        bytes32 jobId = openJob(opened);

        assertEq(jobId, expected, "id");
        Job memory job = escrow.job(jobId);
        assertEq(job.state, 1, "state");
        assertEq(job.settler, settler, "settler");
        assertEq(job.token, address(0), "token");
        assertEq(job.budget, BUDGET, "budget");
        assertEq(job.bond, BOND, "bond");
        assertEq(job.committed + job.epochs + job.closeAt + job.finalBy + job.repaid, 0, "nothing is posted");
        assertEq(uint256(job.forcedEpochs) + job.disputes + job.settlerFrom + job.forced, 0, "nothing else");
        assertEq(address(escrow).balance, BUDGET + BOND, "balance");
    }

    function test_one_opening_opens_one_job() public {
        bytes32 jobId = openJob();
        expectRefusal(JobExists.selector, uint256(jobId), 1);
        openJob();
    }

    function test_every_field_of_an_opening_makes_another_job() public {
        bytes32 jobId = openJob();
        Opening[4] memory others = [opening(), opening(), opening(), opening()];
        (others[0].salt, others[1].publisher, others[2].manifest) = ("other", payee(1), "other");
        others[3].terms.forceCap = 1;
        vm.deal(payee(1), 100 ether);
        for (uint256 i = 0; i < others.length; ++i) {
            bytes32 other = openJob(others[i]);
            assertTrue(other != jobId, "another id");
            assertEq(escrow.job(other).state, 1, "another job");
        }
    }

    function test_nobody_opens_a_job_under_another_name() public {
        vm.deal(stranger, 100 ether);
        expectRefusal(WrongCaller.selector, uint160(stranger), uint160(publisher));
        vm.prank(stranger);
        escrow.open{value: BUDGET + BOND}(opening(), "");
    }

    function test_a_job_keeps_its_id_when_the_chain_forks() public {
        bytes32 jobId = openJob();
        vm.chainId(5);
        expectRefusal(JobExists.selector, uint256(jobId), 1);
        vm.prank(publisher);
        escrow.open{value: BUDGET + BOND}(opening(), "");
    }

    function test_one_opening_makes_another_id_in_another_escrow() public {
        bytes32 here = openJob();
        escrow = deployEscrow();
        assertTrue(openJob() != here, "another escrow, another job");
    }

    function test_fuzz_the_deposit_must_be_exact(uint96 sent) public {
        uint256 due = BUDGET + BOND;
        uint256 value = sent == due ? due - 1 : sent;
        vm.deal(publisher, value);
        expectRefusal(WrongDeposit.selector, value, due);
        vm.prank(publisher);
        escrow.open{value: value}(opening(), "");
    }

    function test_a_deposit_that_the_books_cannot_count_is_refused() public {
        Opening memory opened = opening();
        (opened.budget, opened.bond) = (uint256(type(uint88).max) + 1, 0);
        vm.deal(publisher, 2 ** 89);
        expectRefusal(WrongDeposit.selector, opened.budget, type(uint88).max);
        openJob(opened);
        (opened.budget, opened.bond) = (0, uint256(type(uint88).max) + 1);
        expectRefusal(WrongDeposit.selector, opened.bond, type(uint88).max);
        openJob(opened);
        (opened.budget, opened.bond) = (type(uint88).max, type(uint88).max);
        bytes32 jobId = openJob(opened);
        assertEq(escrow.job(jobId).budget, type(uint88).max, "the largest budget");
        assertEq(escrow.job(jobId).bond, type(uint88).max, "the largest bond");
    }

    function test_sums_that_wrap_around_are_refused() public {
        Opening memory opened = opening();
        (opened.budget, opened.bond) = (type(uint256).max, 2);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vm.prank(publisher);
        escrow.open{value: 1}(opened, "");
    }

    function test_a_challenge_delay_of_nothing_is_refused() public {
        Opening memory opened = opening();
        opened.terms.challengeDelay = 0;
        refuseTerms(opened, 2, 0);
    }

    function test_a_close_faster_than_a_post_is_refused() public {
        Opening memory opened = opening();
        opened.terms.closeDelay = opened.terms.postDelay - 1;
        refuseTerms(opened, 3, opened.terms.closeDelay);
    }

    function test_a_reserve_beyond_the_budget_is_refused() public {
        Opening memory opened = opening();
        opened.terms.postReserve = BUDGET + 1;
        refuseTerms(opened, 5, BUDGET + 1);
        opened.terms.postReserve = BUDGET;
        openJob(opened);
    }

    function test_delays_beyond_a_century_are_refused() public {
        for (uint256 i = 0; i < 4; ++i) {
            Opening memory opened = opening();
            uint256 longest = uint256(type(uint32).max) + 1;
            if (i == 0) opened.terms.challengeDelay = longest;
            if (i == 1) opened.terms.forceDelay = longest;
            if (i == 2) opened.terms.closeDelay = longest;
            if (i == 3) (opened.terms.postDelay, opened.terms.closeDelay) = (longest, longest);
            (bool isDone, bytes memory reason) = tryOpen(opened);
            assertTrue(!isDone && bytes4(reason) == UnsoundTerms.selector, "refused");
        }
    }

    function refuseTerms(Opening memory opened, uint256 field, uint256 value) private {
        expectRefusal(UnsoundTerms.selector, field, value);
        openJob(opened);
    }

    function tryOpen(Opening memory opened) private returns (bool, bytes memory) {
        vm.prank(publisher);
        return address(escrow).call{value: BUDGET + BOND}(abi.encodeCall(IEscrow.open, (opened, "")));
    }
}
