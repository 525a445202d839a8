// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {QuorumTest} from "./QuorumTest.sol";
import {Reader} from "../Reader.sol";

/// What was posted lately, and what is final at once beside it.
contract WindowsTest is QuorumTest {
    using Reader for IEscrow;

    uint256 private constant WINDOW = 25 hours; // postDelay and challengeDelay

    /// The first second of a window after the start.
    function begin(uint256 window) private pure returns (uint256) {
        return (START / WINDOW + 1 + window) * WINDOW;
    }

    function postNext(uint256 total, bool isLast) private returns (uint256 number) {
        number = escrow.job(jobId).epochs;
        Statement memory statement = statementOf(jobId, total);
        (statement.epoch, statement.last) = (number, isLast);
        post(statement);
    }

    function postAgain(uint256 number, uint256 total, bool isLast) private {
        Statement memory statement = statementOf(jobId, total);
        (statement.epoch, statement.last) = (number, isLast);
        statement.seq = escrow.epoch(jobId, number).seq + 1;
        post(statement);
    }

    function isFinal(uint256 number) private view returns (bool) {
        return escrow.epoch(jobId, number).finalAt <= block.timestamp;
    }

    function test_what_was_posted_counts_to_the_end_of_the_next_window() public {
        vm.warp(begin(0) - 1);
        assertTrue(isFinal(postNext(0.3 ether, true)), "covered");
        vm.warp(begin(0));
        assertTrue(!isFinal(postNext(0.3 ether, true)), "the first counts in the next window");
        vm.warp(begin(1) - 1);
        assertTrue(isFinal(1) && !isFinal(postNext(0.01 ether, true)), "to its last second");
        vm.warp(begin(2));
        assertTrue(isFinal(postNext(0.5 ether, true)), "and then no more");
        assertTrue(!isFinal(postNext(1, true)), "beside what was posted in the window before");
    }

    function test_windows_without_a_post_are_passed_over() public {
        vm.warp(begin(0));
        postNext(0.5 ether, true);
        vm.warp(begin(2));
        assertTrue(isFinal(postNext(0.5 ether, true)), "two windows later");
        vm.warp(begin(70));
        assertTrue(isFinal(postNext(0.5 ether, true)), "many later");
    }

    /// Their numbers are kept modulo 2^16.
    function test_a_window_that_is_taken_for_one_long_ago_only_makes_payees_wait() public {
        vm.warp(begin(0));
        postNext(0.3 ether, true);
        vm.warp(begin(65_536));
        assertTrue(!isFinal(postNext(0.3 ether, true)), "as if the first had just been posted");
    }

    function test_each_part_of_an_epoch_counts_from_when_it_was_posted() public {
        vm.warp(begin(1) - 1);
        uint256 number = postNext(0.2 ether, false);
        vm.warp(begin(1));
        postAgain(number, 0.4 ether, true);
        assertTrue(isFinal(number), "what was there is not counted twice");
        assertTrue(isFinal(postNext(0.1 ether, true)), "half the bond");
        assertTrue(!isFinal(postNext(1, true)), "not a wei more");
        vm.warp(begin(2));
        assertTrue(!isFinal(postNext(0.3 ether, true)), "what was added later counts for longer");
        vm.warp(begin(2) + 1 hours);
        assertTrue(!isFinal(postNext(1, true)), "and the part posted before it does no more");
    }

    function test_what_is_pending_counts_as_it_will_once_it_is_final() public {
        vm.warp(begin(0));
        uint256 number = postNext(0.4 ether, false);
        vm.warp(begin(0) + 1 hours);
        assertTrue(isFinal(number) && !isFinal(postNext(0.2 ether, true)), "final by waiting");
    }

    /// A quorum weighs by the latest final epoch, and counts on all before it being final.
    function test_no_epoch_overtakes_the_one_before_although_it_is_covered() public {
        vm.warp(begin(0));
        postNext(0.2 ether, true);
        vm.warp(begin(2) - 1);
        assertTrue(!isFinal(postNext(0.4 ether, true)), "not covered");
        vm.warp(begin(2));
        uint256 number = postNext(0.05 ether, true);
        assertTrue(!isFinal(number), "covered by now, but the one before is pending");
        postAgain(number, 0.06 ether, true);
        assertTrue(!isFinal(number), "also when it is replaced");
        vm.warp(begin(2) - 1 + 1 hours);
        assertTrue(isFinal(1), "the one before");
        postAgain(number, 0.07 ether, true);
        assertTrue(isFinal(number), "and at once the one after");
    }

    function test_a_veto_makes_no_room() public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.forceDelay) = ("slow", 10 days);
        jobId = openJob(opened);
        vm.warp(begin(0));
        postWeights(0, equal(3, 3 ether));
        Forced memory forced = forcedOf(0, 0.4 ether);
        force(forced, 3);
        vm.warp(begin(2));
        assertTrue(isFinal(postNext(0.3 ether, true)), "covered");
        veto(forced);
        assertEq(escrow.job(jobId).committed, 3.3 ether, "freed");
        assertTrue(!isFinal(postNext(0.3 ether, true)), "what was vetoed had not been counted");
        vm.warp(begin(3));
        assertTrue(!isFinal(postNext(0.3 ether, true)), "nor is it later");
    }

    function test_an_epoch_that_is_forced_meanwhile_counts_too() public {
        vm.warp(begin(0));
        postWeights(0, equal(3, 3 ether));
        vm.warp(begin(2));
        postNext(0.1 ether, false);
        Forced memory forced = forcedOf(0, 0.4 ether);
        force(forced, 3);
        postAgain(1, 0.1 ether + 1, true);
        assertTrue(!isFinal(1), "more than half the bond, with the forced one");
        veto(forced);
        postAgain(1, 0.1 ether + 2, true);
        assertTrue(!isFinal(1), "also after the veto");
    }

    function test_a_close_waits_for_the_newest_epoch_also_where_an_older_one_is_replaced() public {
        postNext(3 ether, true);
        vm.warp(START + 30 minutes);
        postNext(3 ether, true);
        vm.warp(START + 40 minutes);
        postAgain(0, 3 ether, false);
        assertEq(escrow.job(jobId).finalBy, START + 90 minutes, "of the newest");
        assertTrue(!isFinal(postNext(1 ether, true)), "the newest is still complete, so that another may come");
    }

    function test_an_epoch_that_is_replaced_by_one_that_may_grow_ends_later() public {
        postNext(3 ether, true);
        postAgain(0, 3 ether, false);
        Statement memory next = statementOf(jobId, 1 ether);
        next.epoch = 1;
        expectRefusal(TooEarly.selector, START, START + 1 hours);
        post(next);
    }

    /// However posts fall in time, and however epochs grow, what became final at once is covered together with all that
    /// became final lately.
    function test_fuzz_final_at_once_is_always_covered(uint32[12] memory gaps, uint64[12] memory totals) public {
        Opening memory opened = opening();
        (opened.salt, opened.terms.postDelay) = ("fuzz", bound(gaps[0], 1, 2 days));
        jobId = openJob(opened);
        for (uint256 i = 0; i < 12; ++i) {
            vm.warp(block.timestamp + (gaps[i] % 3 == 0 ? bound(gaps[i], 0, 2 days) : bound(gaps[i], 0, 3 hours)));
            Job memory job = escrow.job(jobId);
            bool isPending = job.finalBy > block.timestamp;
            bool isLast = totals[i] % 4 > 0;
            uint256 added = bound(totals[i], 0, 0.3 ether);
            if (isPending && (!job.isComplete || gaps[i] % 2 == 0)) {
                uint256 newest = job.epochs - 1;
                postAgain(newest, escrow.epoch(jobId, newest).total + added, isLast);
            } else {
                postNext(added, isLast);
            }
            checkCover();
        }
    }

    /// All that became final within the challenge delay, where the newest did so this second and without its delay.
    function checkCover() private view {
        uint256 newest = escrow.job(jobId).epochs - 1;
        if (escrow.epoch(jobId, newest).finalAt != block.timestamp) return;
        uint256 recent = 0;
        for (uint256 i = 0; i <= newest; ++i) {
            Epoch memory epoch = escrow.epoch(jobId, i);
            assertTrue(epoch.finalAt <= block.timestamp, "in their order");
            if (epoch.finalAt + 1 days > block.timestamp) recent += epoch.total;
        }
        assertTrue(recent <= BOND / 2, "covered by half the bond");
    }
}
